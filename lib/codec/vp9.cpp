// SPDX-License-Identifier: Apache-2.0
#include "codec/vp9.hpp"

#include <algorithm>

#include "codec/bit_reader.hpp"

namespace sfu::codec {
namespace {

constexpr std::uint32_t kVp9SyncCode = 0x498342;
constexpr std::uint32_t kSrgb = 7;

void read_vp9_picture_id(ByteReader& reader, Vp9Descriptor& out) {
  out.picture_id = reader.u8();
  out.long_picture_id = (out.picture_id & 0x80) != 0;
  if (out.long_picture_id) out.picture_id = static_cast<std::uint16_t>((out.picture_id & 0x7f) << 8 | reader.u8());
}

void read_layers(ByteReader& reader, Vp9Descriptor& out) {
  const std::uint8_t layers = reader.u8();
  out.temporal_layer = layers >> 5;
  out.switching_up_point = (layers & 0x10) != 0;
  out.spatial_layer = layers >> 1 & 7;
  out.inter_layer_predicted = (layers & 1) != 0;
  if (!out.flexible) out.tl0_picture_index = reader.u8();
}

// At most three references; the last one has N = 0 (RFC 9628 4.2).
bool read_references(ByteReader& reader, Vp9Descriptor& out) {
  bool more = true;
  while (more && reader.ok()) {
    if (out.reference_count == out.references.size()) return false;
    const std::uint8_t reference = reader.u8();
    out.references[out.reference_count++] = reference >> 1;
    more = (reference & 1) != 0;
  }
  return true;
}

void read_scalability(ByteReader& reader, Vp9Descriptor& out) {
  const std::uint8_t first = reader.u8();
  out.spatial_layer_count = static_cast<std::uint8_t>((first >> 5) + 1);
  out.has_resolutions = (first & 0x10) != 0;
  if (out.has_resolutions) {
    for (std::size_t i = 0; i < out.spatial_layer_count; ++i) {
      out.resolutions[i].width = reader.u16();
      out.resolutions[i].height = reader.u16();
    }
  }
  if ((first & 0x08) == 0) return;
  for (unsigned pictures = reader.u8(); pictures > 0 && reader.ok(); --pictures) {
    reader.skip(reader.u8() >> 2 & 3);
  }
}

struct FrameHeader {
  bool is_keyframe = false;
  Vp9Descriptor::Resolution resolution;
};

// The uncompressed header (VP9 bitstream 6.2), as far as the size of a key frame.
FrameHeader read_vp9_frame_header(ByteView frame) {
  FrameHeader header;
  BitReader reader(frame);
  if (reader.bits(2) != 2) return header;
  const std::uint32_t low = reader.bits(1);
  const std::uint32_t profile = reader.bits(1) << 1 | low;
  if (profile == 3) reader.skip(1);
  const bool show_existing = reader.bit();
  const bool inter = reader.bit();
  if (show_existing || inter || !reader.ok()) return header;
  header.is_keyframe = true;
  reader.skip(2);  // show_frame, error_resilient_mode
  if (reader.bits(24) != kVp9SyncCode) return header;
  if (profile >= 2) reader.skip(1);  // ten or twelve bits
  const bool has_sampling = profile == 1 || profile == 3;
  if (reader.bits(3) != kSrgb) {
    reader.skip(has_sampling ? 4 : 1);  // range, and the sampling
  } else if (has_sampling) {
    reader.skip(1);
  }
  const std::uint32_t width = reader.bits(16) + 1;
  const std::uint32_t height = reader.bits(16) + 1;
  if (reader.ok() && width <= 0xffff && height <= 0xffff) {
    header.resolution = {static_cast<std::uint16_t>(width), static_cast<std::uint16_t>(height)};
  }
  return header;
}

}  // namespace

Result<Vp9Descriptor> parse_vp9(ByteView payload) {
  ByteReader reader(payload);
  Vp9Descriptor out;
  const std::uint8_t first = reader.u8();
  out.has_picture_id = (first & 0x80) != 0;
  out.inter_picture_predicted = (first & 0x40) != 0;
  out.has_layers = (first & 0x20) != 0;
  out.flexible = (first & 0x10) != 0;
  out.starts_frame = (first & 0x08) != 0;
  out.ends_frame = (first & 0x04) != 0;
  out.has_scalability = (first & 0x02) != 0;
  out.not_reference_for_upper = (first & 0x01) != 0;
  if (out.has_picture_id) read_vp9_picture_id(reader, out);
  if (out.has_layers) read_layers(reader, out);
  if (out.flexible && out.inter_picture_predicted && !read_references(reader, out)) return fail(Errc::kMalformed);
  if (out.has_scalability) read_scalability(reader, out);
  if (!reader.ok() || reader.remaining() == 0) return fail(Errc::kTruncated);
  out.size = reader.position();

  // A frame that refers to earlier pictures is no key frame whatever its first bits look like: they may be encrypted.
  if (out.starts_frame && !out.inter_picture_predicted) {
    const FrameHeader header = read_vp9_frame_header(payload.subspan(out.size));
    out.is_keyframe = header.is_keyframe || out.spatial_layer == 0;
    out.resolution = header.resolution;
  }
  if (out.has_resolutions) {
    out.resolution = out.resolutions[std::min<std::size_t>(out.spatial_layer, out.spatial_layer_count - 1U)];
  }
  return out;
}

}  // namespace sfu::codec
