// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "codec/vp9.hpp"
#include "payload/codecs.hpp"

namespace sfu::payload {
namespace {

enum : std::uint8_t { kPictureId = 0x80, kPredicted = 0x40, kBegin = 0x08, kEnd = 0x04 };

// Non-flexible mode with one layer (RFC 9628 4.2): first byte, and a picture id of 15 bits.
class Vp9Packetizer final : public Packetizer {
 public:
  explicit Vp9Packetizer(std::uint16_t picture_id) : picture_id_(picture_id & 0x7fff) {}

  void packetize(ByteView frame, bool is_keyframe, std::size_t limit, Payloads& out) override {
    out.clear();
    if (frame.empty() || limit <= kDescriptorSize) return;
    const std::size_t share = even_share(frame.size(), limit - kDescriptorSize);
    for (std::size_t at = 0; at < frame.size(); at += share) {
      const std::size_t size = std::min(share, frame.size() - at);
      out.put(static_cast<std::uint8_t>(kPictureId | (is_keyframe ? 0 : kPredicted) | (at == 0 ? kBegin : 0) |
                                        (at + size == frame.size() ? kEnd : 0)));
      out.put(static_cast<std::uint8_t>(0x80 | picture_id_ >> 8));
      out.put(static_cast<std::uint8_t>(picture_id_));
      out.put(frame.subspan(at, size));
      out.end();
    }
    picture_id_ = (picture_id_ + 1) & 0x7fff;
  }

 private:
  static constexpr std::size_t kDescriptorSize = 3;
  std::uint16_t picture_id_;
};

// The layers of a picture come one after the other; together they are what a decoder takes (a superframe without its
// index, which decoders do not need).
class Vp9Depacketizer final : public Depacketizer {
 public:
  void start() override { inside_ = false; }
  bool add(ByteView payload, std::vector<std::uint8_t>& frame) override {
    const auto descriptor = codec::parse_vp9(payload);
    if (!descriptor || descriptor->starts_frame == inside_) return false;
    inside_ = !descriptor->ends_frame;
    frame.insert(frame.end(), payload.begin() + static_cast<std::ptrdiff_t>(descriptor->size), payload.end());
    return true;
  }
  bool finish(std::vector<std::uint8_t>&) override { return !inside_; }

 private:
  bool inside_ = false;
};

}  // namespace

std::unique_ptr<Packetizer> make_vp9_packetizer(std::uint16_t picture_id) {
  return std::make_unique<Vp9Packetizer>(picture_id);
}
std::unique_ptr<Depacketizer> make_vp9_depacketizer() {
  return std::make_unique<Vp9Depacketizer>();
}

}  // namespace sfu::payload
