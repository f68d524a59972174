// SPDX-License-Identifier: Apache-2.0
// AV1 over RTP (RTP Payload Format For AV1, 4.4 and 5): OBUs without their sizes, as elements behind an aggregation
// header. Elements that do not fit go on in the next packet.
#include <algorithm>

#include "payload/codecs.hpp"
#include "payload/obu.hpp"

namespace sfu::payload {
namespace {

// The aggregation header; W (how many elements) stays 0, so that each element has its length in front.
enum : std::uint8_t { kContinues = 0x80, kWillContinue = 0x40, kNewSequence = 0x08 };
constexpr std::uint8_t kElementCount = 0x30;
constexpr std::uint8_t kHasSize = 0x02;

class Av1Packetizer final : public Packetizer {
 public:
  void packetize(ByteView frame, bool is_keyframe, std::size_t limit, Payloads& out) override {
    out.clear();
    elements_.clear();
    const bool whole = for_each_obu(frame, [&](const Obu& obu) {
      // 5: these are not sent.
      if (obu.type == kObuTemporalDelimiter || obu.type == kObuTileList || obu.type == kObuPadding) return;
      auto& element = elements_.emplace_back(obu.header.begin(), obu.header.end());
      element[0] = static_cast<std::uint8_t>(element[0] & ~kHasSize);
      element.insert(element.end(), obu.content.begin(), obu.content.end());
    });
    if (!whole || elements_.empty() || limit < kLeastPayload) return;
    bool continues = false;
    bool first = true;
    std::size_t element = 0;
    std::size_t done = 0;  // bytes of that element
    while (element < elements_.size()) {
      payload_.assign(
          1, static_cast<std::uint8_t>((continues ? kContinues : 0) | (first && is_keyframe ? kNewSequence : 0)));
      continues = fill(limit, element, done);
      if (continues) payload_[0] |= kWillContinue;
      out.put(payload_);
      out.end();
      first = false;
    }
  }

 private:
  static constexpr std::size_t kLeastPayload = 8;

  // Adds elements, or a part of one, while there is room. True: the last one goes on in the next packet.
  bool fill(std::size_t limit, std::size_t& element, std::size_t& done) {
    while (element < elements_.size()) {
      const std::size_t left = elements_[element].size() - done;
      const std::size_t room = limit - payload_.size();
      if (room < 3) return false;
      // A length of `room` bytes takes as many bytes as this; a shorter part never takes more.
      const std::size_t part = std::min(left, room - leb128_size(room));
      append_leb128(payload_, part);
      const auto begin = elements_[element].begin() + static_cast<std::ptrdiff_t>(done);
      payload_.insert(payload_.end(), begin, begin + static_cast<std::ptrdiff_t>(part));
      if (part < left) {
        done += part;
        return true;
      }
      ++element;
      done = 0;
    }
    return false;
  }

  std::vector<std::vector<std::uint8_t>> elements_;
  std::vector<std::uint8_t> payload_;
};

class Av1Depacketizer final : public Depacketizer {
 public:
  void start() override {
    inside_ = false;
    element_.clear();
  }

  bool add(ByteView payload, std::vector<std::uint8_t>& frame) override {
    if (payload.size() < 2) return false;
    const std::uint8_t header = payload[0];
    if (((header & kContinues) != 0) != inside_) return false;
    const unsigned count = (header & kElementCount) >> 4;
    ByteReader reader(payload.subspan(1));
    for (unsigned number = 1; reader.remaining() > 0; ++number) {
      std::size_t size = reader.remaining();
      if (number != count && !read_leb128(reader, size)) return false;  // only the last of W has no length
      const ByteView part = reader.bytes(size);
      if (!reader.ok()) return false;
      element_.insert(element_.end(), part.begin(), part.end());
      inside_ = reader.remaining() == 0 && (header & kWillContinue) != 0;
      if (!inside_ && !flush(frame)) return false;
    }
    return true;
  }

  bool finish(std::vector<std::uint8_t>&) override { return !inside_; }
  std::size_t held() const override { return element_.size(); }

 private:
  // A whole OBU: written with its size.
  bool flush(std::vector<std::uint8_t>& frame) {
    if (element_.empty()) return true;
    Obu obu;
    std::size_t total = 0;
    if (!read_obu(element_, obu, total)) return false;
    const std::size_t at = frame.size();
    frame.insert(frame.end(), obu.header.begin(), obu.header.end());
    frame[at] |= kHasSize;
    append_leb128(frame, obu.content.size());
    frame.insert(frame.end(), obu.content.begin(), obu.content.end());
    element_.clear();
    return true;
  }

  bool inside_ = false;
  std::vector<std::uint8_t> element_;
};

}  // namespace

std::unique_ptr<Packetizer> make_av1_packetizer() {
  return std::make_unique<Av1Packetizer>();
}
std::unique_ptr<Depacketizer> make_av1_depacketizer() {
  return std::make_unique<Av1Depacketizer>();
}

}  // namespace sfu::payload
