// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "codec/vp8.hpp"
#include "payload/codecs.hpp"

namespace sfu::payload {
namespace {

// One partition for RTP's purposes: RFC 7741 4.4 lets packets end anywhere.
class Vp8Packetizer final : public Packetizer {
 public:
  explicit Vp8Packetizer(std::uint16_t picture_id) : picture_id_(picture_id & 0x7fff) {}

  void packetize(ByteView frame, bool, std::size_t limit, Payloads& out) override {
    out.clear();
    if (frame.empty() || limit <= codec::kMaxVp8DescriptorSize) return;
    codec::Vp8Descriptor descriptor;
    descriptor.has_picture_id = descriptor.long_picture_id = true;
    descriptor.picture_id = picture_id_;
    picture_id_ = (picture_id_ + 1) & 0x7fff;
    std::array<std::uint8_t, codec::kMaxVp8DescriptorSize> bytes;
    const std::size_t share = even_share(frame.size(), limit - codec::kMaxVp8DescriptorSize);
    for (std::size_t at = 0; at < frame.size(); at += share) {
      descriptor.starts_partition = at == 0;
      out.put(ByteView(bytes).first(codec::write_vp8_descriptor(descriptor, bytes)));
      out.put(frame.subspan(at, std::min(share, frame.size() - at)));
      out.end();
    }
  }

 private:
  std::uint16_t picture_id_;
};

class Vp8Depacketizer final : public Depacketizer {
 public:
  bool add(ByteView payload, std::vector<std::uint8_t>& frame) override {
    const auto descriptor = codec::parse_vp8(payload);
    if (!descriptor || descriptor->starts_frame() != frame.empty()) return false;
    frame.insert(frame.end(), payload.begin() + descriptor->size, payload.end());
    return true;
  }
};

}  // namespace

std::unique_ptr<Packetizer> make_vp8_packetizer(std::uint16_t picture_id) {
  return std::make_unique<Vp8Packetizer>(picture_id);
}
std::unique_ptr<Depacketizer> make_vp8_depacketizer() {
  return std::make_unique<Vp8Depacketizer>();
}

}  // namespace sfu::payload
