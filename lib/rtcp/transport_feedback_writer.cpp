// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>

#include "rtcp/messages.hpp"
#include "rtcp/transport_feedback.hpp"

namespace sfu::rtcp {
namespace {

using namespace std::chrono_literals;

constexpr Duration kDeltaTick = 250us;
constexpr std::int64_t kReferenceTicks = 256;
constexpr std::size_t kBeforeChunks = 20;  // RTCP header, two SSRCs, and the fixed part
constexpr std::int64_t kMaxStatuses = 0x7fff;

std::int64_t to_ticks(Instant arrival) {
  const Duration time = arrival.time_since_epoch();
  return (time + kDeltaTick / 2) / kDeltaTick;
}

bool is_small(std::int64_t delta) {
  return delta >= 0 && delta <= 0xff;
}
bool is_representable(std::int64_t delta) {
  return delta >= -0x8000 && delta <= 0x7fff;
}

// Packs symbols (0 lost, 1 small delta, 2 large delta) into chunks, each the longest that holds what comes next: a run
// of one symbol, 14 symbols of one bit, or 7 of two. Without a writer it only counts.
class ChunkPacker {
 public:
  explicit ChunkPacker(ByteWriter* writer) : writer_(writer) {}

  void add(unsigned symbol) {
    while (!fits(symbol)) emit();
    if (size_ < symbols_.size()) symbols_[size_] = static_cast<std::uint8_t>(symbol);
    all_same_ = size_ == 0 || (all_same_ && symbol == symbols_[0]);
    has_large_ = has_large_ || symbol == 2;
    ++size_;
  }
  void add(unsigned symbol, std::int64_t times) {
    for (; times > 0; --times) add(symbol);
  }
  void finish() {
    if (size_ == 0) return;
    if (all_same_) {
      put_run();
    } else if (size_ <= kTwoBits) {
      put_two_bits();
    } else {
      put_one_bit();
    }
    size_ = 0;
  }
  // The bytes that all chunks take if nothing more is added: what is pending always fits into one.
  std::size_t bytes() const { return 2 * (emitted_ + (size_ > 0 ? 1 : 0)); }

 private:
  static constexpr std::size_t kOneBit = 14;
  static constexpr std::size_t kTwoBits = 7;
  static constexpr std::size_t kRun = 0x1fff;

  bool fits(unsigned symbol) const {
    if (size_ < kTwoBits) return true;
    if (size_ < kOneBit && !has_large_ && symbol != 2) return true;
    return size_ < kRun && all_same_ && symbol == symbols_[0];
  }
  // Makes room: writes a full chunk and keeps what it could not hold.
  void emit() {
    if (all_same_) {
      put_run();
      size_ = 0;
    } else if (size_ == kOneBit) {
      put_one_bit();
      size_ = 0;
    } else {
      put_two_bits();
      const std::size_t kept = size_ - kTwoBits;
      std::copy_n(symbols_.begin() + kTwoBits, kept, symbols_.begin());
      size_ = 0;
      has_large_ = false;
      for (std::size_t i = 0; i < kept; ++i) add(symbols_[i]);
    }
    if (size_ == 0) has_large_ = false;
  }
  void put_run() { put(static_cast<std::uint16_t>(symbols_[0] << 13 | size_)); }
  void put_one_bit() {
    std::uint16_t chunk = 0x8000;
    for (std::size_t i = 0; i < size_; ++i) chunk = static_cast<std::uint16_t>(chunk | symbols_[i] << (13 - i));
    put(chunk);
  }
  void put_two_bits() {
    std::uint16_t chunk = 0xc000;
    for (std::size_t i = 0; i < std::min(size_, kTwoBits); ++i) {
      chunk = static_cast<std::uint16_t>(chunk | symbols_[i] << (12 - 2 * i));
    }
    put(chunk);
  }
  void put(std::uint16_t chunk) {
    ++emitted_;
    if (writer_ != nullptr) writer_->u16(chunk);
  }

  ByteWriter* writer_;
  std::array<std::uint8_t, kOneBit> symbols_{};
  std::size_t size_ = 0;  // above 14 only in a run
  std::size_t emitted_ = 0;
  bool all_same_ = true;
  bool has_large_ = false;
};

// How many arrivals fit, and how many bytes of chunks and deltas they take.
struct Plan {
  std::size_t taken = 0;
  std::size_t bytes = 0;
};

Plan plan(std::int64_t base, std::int64_t reference_ticks, std::span<const PacketArrival> arrivals, std::size_t room) {
  Plan result;
  ChunkPacker packer(nullptr);
  std::int64_t next = base;
  std::int64_t ticks = reference_ticks;
  std::size_t deltas = 0;
  for (const PacketArrival& packet : arrivals) {
    const std::int64_t delta = to_ticks(packet.arrival) - ticks;
    if (!is_representable(delta) || packet.sequence < next || packet.sequence - base >= kMaxStatuses) break;
    packer.add(0, packet.sequence - next);
    packer.add(is_small(delta) ? 1 : 2);
    deltas += is_small(delta) ? 1 : 2;
    const std::size_t bytes = packer.bytes() + deltas;
    if ((bytes + 3) / 4 * 4 > room) break;
    result = {result.taken + 1, bytes};
    next = packet.sequence + 1;
    ticks += delta;
  }
  return result;
}

}  // namespace

std::size_t write_transport_feedback(ByteWriter& writer, std::uint32_t sender, std::uint32_t media,
                                     std::uint8_t feedback_count, std::int64_t first_sequence,
                                     std::span<const PacketArrival> arrivals) {
  if (arrivals.empty() || !writer.ok() || writer.remaining() < kBeforeChunks + 4) return 0;
  const std::int64_t base = std::clamp(first_sequence, arrivals[0].sequence - (kMaxStatuses - 1), arrivals[0].sequence);
  const std::int64_t first_ticks = to_ticks(arrivals[0].arrival);
  // Rounded down, so that the first delta is small.
  const std::int64_t reference =
      (first_ticks - (first_ticks % kReferenceTicks + kReferenceTicks) % kReferenceTicks) / kReferenceTicks;
  const Plan fit = plan(base, reference * kReferenceTicks, arrivals, writer.remaining() - kBeforeChunks);
  if (fit.taken == 0) return 0;
  arrivals = arrivals.first(fit.taken);

  const std::size_t padding = (4 - fit.bytes % 4) % 4;
  writer.u8(static_cast<std::uint8_t>(0x80 | (padding > 0 ? 0x20 : 0) | kFormatTransportCc));
  writer.u8(kTypeTransportFeedback);
  writer.u16(static_cast<std::uint16_t>((kBeforeChunks + fit.bytes + padding) / 4 - 1));
  writer.u32(sender);
  writer.u32(media);
  writer.u16(static_cast<std::uint16_t>(base));
  writer.u16(static_cast<std::uint16_t>(arrivals.back().sequence - base + 1));
  writer.u24(static_cast<std::uint32_t>(reference) & 0xffffff);
  writer.u8(feedback_count);

  const auto for_each_delta = [&](auto&& visit) {
    std::int64_t ticks = reference * kReferenceTicks;
    for (const PacketArrival& packet : arrivals) {
      const std::int64_t delta = to_ticks(packet.arrival) - ticks;
      visit(packet, delta);
      ticks += delta;
    }
  };
  ChunkPacker packer(&writer);
  std::int64_t next = base;
  for_each_delta([&](const PacketArrival& packet, std::int64_t delta) {
    packer.add(0, packet.sequence - next);
    packer.add(is_small(delta) ? 1 : 2);
    next = packet.sequence + 1;
  });
  packer.finish();
  for_each_delta([&](const PacketArrival&, std::int64_t delta) {
    if (is_small(delta)) {
      writer.u8(static_cast<std::uint8_t>(delta));
    } else {
      writer.u16(static_cast<std::uint16_t>(delta));
    }
  });
  if (padding > 0) {
    writer.fill(padding - 1, 0);
    writer.u8(static_cast<std::uint8_t>(padding));
  }
  return fit.taken;
}

std::size_t write_transport_feedback(ByteWriter& writer, std::uint32_t sender, std::uint32_t media,
                                     std::uint8_t feedback_count, std::span<const PacketArrival> arrivals) {
  const std::int64_t first = arrivals.empty() ? 0 : arrivals[0].sequence;
  return write_transport_feedback(writer, sender, media, feedback_count, first, arrivals);
}

}  // namespace sfu::rtcp
