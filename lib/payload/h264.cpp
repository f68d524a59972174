// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "payload/annexb.hpp"
#include "payload/codecs.hpp"

namespace sfu::payload {
namespace {

enum : std::uint8_t { kLastSingle = 23, kStapA = 24, kFuA = 28 };
enum : std::uint8_t { kDelimiter = 9, kFiller = 12 };
enum : std::uint8_t { kStart = 0x80, kEnd = 0x40 };  // of the FU header
constexpr std::size_t kFuHeaders = 2;
constexpr std::uint8_t kTypeBits = 0x1f;

// Packetization mode 1 (RFC 6184 6.3): small units together in STAP-A, large ones apart in FU-A.
class H264Packetizer final : public Packetizer {
 public:
  void packetize(ByteView frame, bool, std::size_t limit, Payloads& out) override {
    out.clear();
    if (limit <= kFuHeaders) return;
    units_.clear();
    // Delimiters, ends of sequence and filler say nothing that RTP's marker and timestamp do not.
    for_each_nal_unit(frame, [&](ByteView unit) {
      const std::uint8_t type = unit[0] & kTypeBits;
      if (type < kDelimiter || type > kFiller) units_.push_back(unit);
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
  // How many units from `first` on fit into one STAP-A; 1 if not even two.
  std::size_t count_together(std::size_t first, std::size_t limit) const {
    std::size_t size = 1;
    std::size_t count = 0;
    while (first + count < units_.size() && size + 2 + units_[first + count].size() <= limit) {
      size += 2 + units_[first + count].size();
      ++count;
    }
    return std::max<std::size_t>(count, 1);
  }

  void aggregate(std::size_t first, std::size_t count, Payloads& out) const {
    std::uint8_t importance = 0;  // RFC 6184 5.7: the highest NRI of those inside
    for (std::size_t i = first; i < first + count; ++i) {
      importance = std::max<std::uint8_t>(importance, units_[i][0] & 0x60);
    }
    out.put(importance | kStapA);
    for (std::size_t i = first; i < first + count; ++i) {
      out.put(static_cast<std::uint8_t>(units_[i].size() >> 8));
      out.put(static_cast<std::uint8_t>(units_[i].size()));
      out.put(units_[i]);
    }
    out.end();
  }

  static void fragment(ByteView unit, std::size_t limit, Payloads& out) {
    const ByteView content = unit.subspan(1);
    const std::size_t share = even_share(content.size(), limit - kFuHeaders);
    for (std::size_t at = 0; at < content.size(); at += share) {
      const std::size_t size = std::min(share, content.size() - at);
      out.put(static_cast<std::uint8_t>((unit[0] & ~kTypeBits) | kFuA));
      out.put(static_cast<std::uint8_t>((at == 0 ? kStart : 0) | (at + size == content.size() ? kEnd : 0) |
                                        (unit[0] & kTypeBits)));
      out.put(content.subspan(at, size));
      out.end();
    }
  }

  std::vector<ByteView> units_;
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
      if (!reader.ok() || unit.empty()) return false;
      add_unit(unit, frame);
    }
    return true;
  }

  bool add_fragment(ByteView payload, std::vector<std::uint8_t>& frame) {
    if (payload.size() <= kFuHeaders) return false;
    const bool starts = (payload[1] & kStart) != 0;
    if (starts == inside_) return false;
    if (starts) {
      const auto header = static_cast<std::uint8_t>((payload[0] & ~kTypeBits) | (payload[1] & kTypeBits));
      add_unit(ByteView(&header, 1), frame);
    }
    inside_ = (payload[1] & kEnd) == 0;
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
