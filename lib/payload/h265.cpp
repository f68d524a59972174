// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "payload/annexb.hpp"
#include "payload/codecs.hpp"
#include "payload/nal_packetizer.hpp"

namespace sfu::payload {
namespace {

// NAL unit types (H.265 table 7-1), and RTP's own (RFC 7798 4.4).
enum : std::uint8_t {
  kFirstIrap = 16,
  kLastIrap = 21,
  kVps = 32,
  kSps = 33,
  kPps = 34,
  kDelimiter = 35,
  kFiller = 38,
  kLastStandard = 47,
  kAggregation = 48,
  kFragmentation = 49,
};
constexpr std::size_t kNalHeader = 2;
constexpr std::size_t kFuHeaders = 3;
constexpr std::uint8_t kTypeBits = 0x7e;  // of the header's first byte

std::uint8_t type_of(ByteView unit) {
  return unit[0] >> 1 & 0x3f;
}

// Of the header's first byte, with another type.
std::uint8_t with_type(std::uint8_t first, std::uint8_t type) {
  return static_cast<std::uint8_t>((first & ~kTypeBits) | type << 1);
}

// Aggregation packets (4.4.2) and fragmentation units (4.4.3). Without DONL: units are sent in decoding order.
class H265Packetizer final : public NalPacketizer {
 public:
  H265Packetizer() : NalPacketizer(kNalHeader, kFuHeaders) {}

 private:
  // Delimiters, ends of sequence and filler say nothing that RTP's marker and timestamp do not.
  bool is_sent(ByteView unit) const override {
    if (unit.size() <= kNalHeader) return false;
    const std::uint8_t type = type_of(unit);
    return type <= kLastStandard && (type < kDelimiter || type > kFiller);
  }

  // The lowest layer and the lowest temporal id of those inside, and F if any has it.
  void put_aggregate_header(std::span<const ByteView> units, Payloads& out) const override {
    unsigned forbidden = 0;
    unsigned layer = 0x3f;
    unsigned temporal = 7;
    for (const ByteView unit : units) {
      const unsigned header = load_be16(unit.data());
      forbidden |= header & 0x8000;
      layer = std::min(layer, header >> 3 & 0x3f);
      temporal = std::min(temporal, header & 7);
    }
    const unsigned header = forbidden | unsigned{kAggregation} << 9 | layer << 3 | temporal;
    out.put(static_cast<std::uint8_t>(header >> 8));
    out.put(static_cast<std::uint8_t>(header));
  }

  void put_fragment_headers(ByteView unit, std::uint8_t bits, Payloads& out) const override {
    out.put(with_type(unit[0], kFragmentation));
    out.put(unit[1]);
    out.put(static_cast<std::uint8_t>(bits | type_of(unit)));
  }
};

class H265Depacketizer final : public Depacketizer {
 public:
  void start() override { inside_ = false; }

  bool add(ByteView payload, std::vector<std::uint8_t>& frame) override {
    if (payload.size() <= kNalHeader) return false;
    const std::uint8_t type = type_of(payload);
    if (type == kFragmentation) return add_fragment(payload, frame);
    if (inside_) return false;
    if (type == kAggregation) return add_aggregate(payload.subspan(kNalHeader), frame);
    if (type > kLastStandard) return false;  // PACI carries what nobody here negotiates
    append_nal_unit(payload, frame);
    return true;
  }

  bool finish(std::vector<std::uint8_t>&) override { return !inside_; }

 private:
  static bool add_aggregate(ByteView units, std::vector<std::uint8_t>& frame) {
    ByteReader reader(units);
    while (reader.remaining() > 0) {
      const ByteView unit = reader.bytes(reader.u16());
      if (!reader.ok() || unit.size() < kNalHeader || type_of(unit) > kLastStandard) return false;
      append_nal_unit(unit, frame);
    }
    return true;
  }

  bool add_fragment(ByteView payload, std::vector<std::uint8_t>& frame) {
    if (payload.size() <= kFuHeaders) return false;
    const std::uint8_t header = payload[2];
    const bool starts = (header & kFragmentStart) != 0;
    if (starts == inside_) return false;
    if (starts) {
      const std::uint8_t type = header & 0x3f;
      if (type > kLastStandard) return false;
      const std::uint8_t unit[] = {with_type(payload[0], type), payload[1]};
      append_nal_unit(unit, frame);
    }
    inside_ = (header & kFragmentEnd) == 0;
    frame.insert(frame.end(), payload.begin() + kFuHeaders, payload.end());
    return true;
  }

  bool inside_ = false;  // a fragmented unit
};

}  // namespace

// Decoding begins with an IRAP picture (H.265 3.69) whose parameter sets are known: senders put them in front of it.
bool is_h265_keyframe(ByteView frame) {
  bool irap = false;
  bool vps = false;
  bool sps = false;
  bool pps = false;
  for_each_nal_unit(frame, [&](ByteView unit) {
    const std::uint8_t type = type_of(unit);
    irap |= type >= kFirstIrap && type <= kLastIrap;
    vps |= type == kVps;
    sps |= type == kSps;
    pps |= type == kPps;
  });
  return irap && vps && sps && pps;
}

std::unique_ptr<Packetizer> make_h265_packetizer() {
  return std::make_unique<H265Packetizer>();
}
std::unique_ptr<Depacketizer> make_h265_depacketizer() {
  return std::make_unique<H265Depacketizer>();
}

}  // namespace sfu::payload
