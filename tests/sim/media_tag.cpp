// SPDX-License-Identifier: Apache-2.0
#include "media_tag.hpp"

namespace sfu::sim {

void MediaTag::write(ByteWriter& out) const {
  out.u32(frame);
  out.u16(index);
  out.u16(count);
  out.u8(static_cast<std::uint8_t>(spatial << 4 | temporal));
  out.u8(static_cast<std::uint8_t>((needs_lower ? 1 : 0) | (is_audio ? 2 : 0)));
  out.u16(reference);
  const auto nanoseconds = static_cast<std::uint64_t>(sent.time_since_epoch().count());
  out.u32(static_cast<std::uint32_t>(nanoseconds >> 32));
  out.u32(static_cast<std::uint32_t>(nanoseconds));
}

std::optional<MediaTag> MediaTag::read(ByteView payload) {
  if (payload.size() < kSize) return std::nullopt;
  ByteReader in(payload.last(kSize));
  MediaTag tag;
  tag.frame = in.u32();
  tag.index = in.u16();
  tag.count = in.u16();
  const std::uint8_t layers = in.u8();
  tag.spatial = layers >> 4;
  tag.temporal = layers & 15;
  const std::uint8_t flags = in.u8();
  tag.needs_lower = (flags & 1) != 0;
  tag.is_audio = (flags & 2) != 0;
  tag.reference = static_cast<std::uint8_t>(in.u16());
  const std::uint64_t high = in.u32();
  tag.sent = Instant(Duration(static_cast<Duration::rep>(high << 32 | in.u32())));
  return tag;
}

}  // namespace sfu::sim
