// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "payload/annexb.hpp"
#include "payload/codecs.hpp"

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
enum : std::uint8_t { kStart = 0x80, kEnd = 0x40 };  // of the FU header
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

// Small units together in an aggregation packet (4.4.2), large ones apart in fragmentation units (4.4.3). Without DONL:
// units are sent in decoding order.
class H265Packetizer final : public Packetizer {
 public:
  void packetize(ByteView frame, bool, std::size_t limit, Payloads& out) override {
    out.clear();
    if (limit <= kFuHeaders) return;
    units_.clear();
    // Delimiters, ends of sequence and filler say nothing that RTP's marker and timestamp do not.
    for_each_nal_unit(frame, [&](ByteView unit) {
      if (unit.size() <= kNalHeader) return;
      const std::uint8_t type = type_of(unit);
      if (type <= kLastStandard && (type < kDelimiter || type > kFiller)) units_.push_back(unit);
    });
    for (std::size_t i = 0; i < units_.size();) {
      const std::size_t together = count_together(i, limit);
      if (together > 1) {
        aggregate(i, together, out);
      } else if (units_[i].size() <= limit) {
        out.put(units_[i]);
        out.end();
      } else {
        fragment(units_[i], limit, out);
      }
      i += together;
    }
  }

 private:
  // How many units from `first` on fit into one packet; 1 if not even two.
  std::size_t count_together(std::size_t first, std::size_t limit) const {
    std::size_t size = kNalHeader;
    std::size_t count = 0;
    while (first + count < units_.size() && size + 2 + units_[first + count].size() <= limit) {
      size += 2 + units_[first + count].size();
      ++count;
    }
    return std::max<std::size_t>(count, 1);
  }

  // The header has the lowest layer and the lowest temporal id of those inside, and F if any has it.
  void aggregate(std::size_t first, std::size_t count, Payloads& out) const {
    unsigned forbidden = 0;
    unsigned layer = 0x3f;
    unsigned temporal = 7;
    for (std::size_t i = first; i < first + count; ++i) {
      const unsigned header = load_be16(units_[i].data());
      forbidden |= header & 0x8000;
      layer = std::min(layer, header >> 3 & 0x3f);
      temporal = std::min(temporal, header & 7);
    }
    const unsigned header = forbidden | unsigned{kAggregation} << 9 | layer << 3 | temporal;
    put_be16(header, out);
    for (std::size_t i = first; i < first + count; ++i) {
      put_be16(static_cast<unsigned>(units_[i].size()), out);
      out.put(units_[i]);
    }
    out.end();
  }

  static void put_be16(unsigned value, Payloads& out) {
    out.put(static_cast<std::uint8_t>(value >> 8));
    out.put(static_cast<std::uint8_t>(value));
  }

  static void fragment(ByteView unit, std::size_t limit, Payloads& out) {
    const ByteView content = unit.subspan(kNalHeader);
    const std::size_t share = even_share(content.size(), limit - kFuHeaders);
    for (std::size_t at = 0; at < content.size(); at += share) {
      const std::size_t size = std::min(share, content.size() - at);
      out.put(with_type(unit[0], kFragmentation));
      out.put(unit[1]);
      out.put(
          static_cast<std::uint8_t>((at == 0 ? kStart : 0) | (at + size == content.size() ? kEnd : 0) | type_of(unit)));
      out.put(content.subspan(at, size));
      out.end();
    }
  }

  std::vector<ByteView> units_;
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
    add_unit(payload, frame);
    return true;
  }

  bool finish(std::vector<std::uint8_t>&) override { return !inside_; }

 private:
  static void add_unit(ByteView unit, std::vector<std::uint8_t>& frame) {
    frame.insert(frame.end(), kStartCode.begin(), kStartCode.end());
    frame.insert(frame.end(), unit.begin(), unit.end());
  }

  static bool add_aggregate(ByteView units, std::vector<std::uint8_t>& frame) {
    ByteReader reader(units);
    while (reader.remaining() > 0) {
      const ByteView unit = reader.bytes(reader.u16());
      if (!reader.ok() || unit.size() < kNalHeader || type_of(unit) > kLastStandard) return false;
      add_unit(unit, frame);
    }
    return true;
  }

  bool add_fragment(ByteView payload, std::vector<std::uint8_t>& frame) {
    if (payload.size() <= kFuHeaders) return false;
    const std::uint8_t header = payload[2];
    const bool starts = (header & kStart) != 0;
    if (starts == inside_) return false;
    if (starts) {
      const std::uint8_t type = header & 0x3f;
      if (type > kLastStandard) return false;
      const std::uint8_t unit[] = {with_type(payload[0], type), payload[1]};
      add_unit(unit, frame);
    }
    inside_ = (header & kEnd) == 0;
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
