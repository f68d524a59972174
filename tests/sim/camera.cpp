// SPDX-License-Identifier: Apache-2.0
#include "camera.hpp"

#include <utility>

namespace sfu::sim {
namespace {

constexpr std::size_t kPayloadSize = 600;

void write_payload(ByteWriter& out, const Label& label) {
  out.u8(label.index == 0 ? 0x90 : 0x80);  // extended; start of partition 0 in the first packet
  out.u8(0xe0);                            // picture id, TL0PICIDX and TID follow
  out.u16(static_cast<std::uint16_t>(0x8000 | (label.frame & 0x7fff)));
  out.u8(static_cast<std::uint8_t>(label.frame));
  out.u8(0);
  if (label.index == 0) {
    out.u24(label.keyframe ? 0x100000 : 0x110000);  // frame tag: P is the lowest bit of its first byte
    if (label.keyframe) {
      out.u24(0x9d012a);
      out.u16(0x8002);  // 640, little-endian
      out.u16(0x6801);  // 360
    }
  }
  out.fill(kPayloadSize - Label::kSize - (out.size() - 12), 0x55);
  out.u32(label.ordinal);
  out.u32(label.frame);
  out.u8(label.index);
  out.u8(label.count);
  out.u8(label.keyframe ? 1 : 0);
}

}  // namespace

Label Label::read(ByteView payload) {
  Label label;
  if (payload.size() < kSize) return label;
  ByteReader in(payload.last(kSize));
  label.ordinal = in.u32();
  label.frame = in.u32();
  label.index = in.u8();
  label.count = in.u8();
  label.keyframe = in.u8() != 0;
  return label;
}

std::vector<std::vector<std::uint8_t>> Camera::next_frame() {
  const bool keyframe = std::exchange(keyframe_wanted_, false);
  const std::uint8_t count = keyframe ? 4 : 2;
  std::vector<std::vector<std::uint8_t>> packets;
  for (std::uint8_t index = 0; index < count; ++index) {
    std::vector<std::uint8_t> packet(12 + kPayloadSize);
    ByteWriter out(packet);
    out.u8(0x80);
    out.u8(index + 1 == count ? 0x80 : 0);
    out.u16(static_cast<std::uint16_t>(ordinal_ + 1000));
    out.u32(frame_ * kTicksPerFrame);
    out.u32(0);
    write_payload(out, {ordinal_, frame_, index, count, keyframe});
    packets.push_back(std::move(packet));
    ++ordinal_;
  }
  ++frame_;
  return packets;
}

}  // namespace sfu::sim
