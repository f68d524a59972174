// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "payload/annexb.hpp"
#include "payload/codecs.hpp"
#include "payload/nal_packetizer.hpp"

namespace sfu::payload {
namespace {

enum : std::uint8_t { kLastSingle = 23, kStapA = 24, kFuA = 28 };
enum : std::uint8_t { kDelimiter = 9, kFiller = 12 };
constexpr std::size_t kFuHeaders = 2;
constexpr std::uint8_t kTypeBits = 0x1f;

// Packetization mode 1 (RFC 6184 6.3): STAP-A and FU-A.
class H264Packetizer final : public NalPacketizer {
 public:
  H264Packetizer() : NalPacketizer(1, kFuHeaders) {}

 private:
  // Delimiters, ends of sequence and filler say nothing that RTP's marker and timestamp do not.
  bool is_sent(ByteView unit) const override {
    const std::uint8_t type = unit[0] & kTypeBits;
    return type < kDelimiter || type > kFiller;
  }

  void put_aggregate_header(std::span<const ByteView> units, Payloads& out) const override {
    std::uint8_t importance = 0;  // RFC 6184 5.7: the highest NRI of those inside
    for (const ByteView unit : units) importance = std::max<std::uint8_t>(importance, unit[0] & 0x60);
    out.put(importance | kStapA);
  }

  void put_fragment_headers(ByteView unit, std::uint8_t bits, Payloads& out) const override {
    out.put(static_cast<std::uint8_t>((unit[0] & ~kTypeBits) | kFuA));
    out.put(static_cast<std::uint8_t>(bits | (unit[0] & kTypeBits)));
  }
};

class H264Depacketizer final : public Depacketizer {
 public:
  void start() override { inside_ = false; }

  bool add(ByteView payload, std::vector<std::uint8_t>& frame) override {
    if (payload.size() < 2) return false;
    const std::uint8_t type = payload[0] & kTypeBits;
    if (type == kFuA) return add_fragment(payload, frame);
    if (inside_ || type == 0) return false;
    if (type == kStapA) return add_aggregate(payload.subspan(1), frame);
    if (type > kLastSingle) return false;  // interleaved modes are never negotiated
    append_nal_unit(payload, frame);
    return true;
  }

  bool finish(std::vector<std::uint8_t>&) override { return !inside_; }

 private:
  static bool add_aggregate(ByteView units, std::vector<std::uint8_t>& frame) {
    ByteReader reader(units);
    while (reader.remaining() > 0) {
      const ByteView unit = reader.bytes(reader.u16());
      if (!reader.ok() || unit.empty()) return false;
      append_nal_unit(unit, frame);
    }
    return true;
  }

  bool add_fragment(ByteView payload, std::vector<std::uint8_t>& frame) {
    if (payload.size() <= kFuHeaders) return false;
    const bool starts = (payload[1] & kFragmentStart) != 0;
    if (starts == inside_) return false;
    if (starts) {
      const auto header = static_cast<std::uint8_t>((payload[0] & ~kTypeBits) | (payload[1] & kTypeBits));
      append_nal_unit(ByteView(&header, 1), frame);
    }
    inside_ = (payload[1] & kFragmentEnd) == 0;
    frame.insert(frame.end(), payload.begin() + kFuHeaders, payload.end());
    return true;
  }

  bool inside_ = false;  // a fragmented unit
};

}  // namespace

std::unique_ptr<Packetizer> make_h264_packetizer() {
  return std::make_unique<H264Packetizer>();
}
std::unique_ptr<Depacketizer> make_h264_depacketizer() {
  return std::make_unique<H264Depacketizer>();
}

}  // namespace sfu::payload
