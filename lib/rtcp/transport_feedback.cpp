// SPDX-License-Identifier: Apache-2.0
// Reading. Writing is in transport_feedback_writer.cpp.
#include "rtcp/transport_feedback.hpp"

namespace sfu::rtcp {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kFixedPart = 8;
constexpr Duration kTick = 250us;
constexpr std::int64_t kTicksPerReference = 256;  // 64 ms

// Draft 3.1.1: what a packet's symbol says. 3 is reserved; it appears as "received, but the time is unknown".
enum Symbol : unsigned { kNotReceived = 0, kSmallDelta = 1, kLargeDelta = 2, kNoDelta = 3 };

// Draft 3.1.3 and 3.1.4: how many packets a chunk is about, and the symbol of one of them.
unsigned symbols_in(std::uint16_t chunk) {
  if ((chunk & 0x8000) == 0) return chunk & 0x1fff;
  return (chunk & 0x4000) == 0 ? 14 : 7;
}
unsigned symbol_at(std::uint16_t chunk, unsigned index) {
  if ((chunk & 0x8000) == 0) return chunk >> 13 & 3;
  if ((chunk & 0x4000) == 0) return chunk >> (13 - index) & 1;
  return chunk >> (12 - 2 * index) & 3;
}

constexpr std::size_t delta_size(unsigned symbol) {
  return symbol == kSmallDelta ? 1 : symbol == kLargeDelta ? 2 : 0;
}

}  // namespace

Result<TransportFeedback> TransportFeedback::parse(std::uint32_t sender, std::uint32_t media, ByteView body) {
  if (body.size() < kFixedPart) return fail(Errc::kTruncated);
  TransportFeedback feedback;
  feedback.sender_ = sender;
  feedback.media_ = media;
  feedback.body_ = body;
  if (feedback.status_count() == 0) return fail(Errc::kMalformed);

  ByteReader chunks(body.subspan(kFixedPart));
  std::size_t deltas = 0;
  for (unsigned left = feedback.status_count(); left > 0;) {
    const std::uint16_t chunk = chunks.u16();
    if (!chunks.ok()) return fail(Errc::kTruncated);
    const unsigned count = symbols_in(chunk) < left ? symbols_in(chunk) : left;
    if ((chunk & 0x8000) == 0) {
      deltas += delta_size(symbol_at(chunk, 0)) * count;
    } else {
      for (unsigned i = 0; i < count; ++i) deltas += delta_size(symbol_at(chunk, i));
    }
    left -= count;
  }
  if (chunks.remaining() < deltas) return fail(Errc::kTruncated);
  feedback.chunks_size_ = chunks.position();
  return feedback;
}

std::int32_t TransportFeedback::reference_time() const {
  return static_cast<std::int32_t>(load_be24(body_.data() + 4) << 8) >> 8;  // sign extended
}

TransportFeedback::Cursor::Cursor(const TransportFeedback& feedback)
    : chunks_(feedback.body_.subspan(kFixedPart, feedback.chunks_size_)),
      deltas_(feedback.body_.subspan(kFixedPart + feedback.chunks_size_)),
      left_(feedback.status_count()),
      sequence_(feedback.base_sequence()),
      ticks_(feedback.reference_time() * kTicksPerReference) {}

unsigned TransportFeedback::Cursor::next_symbol() {
  while (chunk_left_ == 0) {  // a run of length zero is legal
    chunk_ = chunks_.u16();
    chunk_left_ = symbols_in(chunk_);
  }
  return symbol_at(chunk_, symbols_in(chunk_) - chunk_left_--);
}

bool TransportFeedback::Cursor::next(Status& out) {
  if (left_ == 0) return false;
  --left_;
  const unsigned symbol = next_symbol();
  if (symbol == kSmallDelta) ticks_ += deltas_.u8();
  if (symbol == kLargeDelta) ticks_ += static_cast<std::int16_t>(deltas_.u16());
  out.sequence = sequence_++;
  out.received = symbol != kNotReceived;
  out.has_time = symbol == kSmallDelta || symbol == kLargeDelta;
  out.arrival = ticks_ * kTick;
  return true;
}

}  // namespace sfu::rtcp
