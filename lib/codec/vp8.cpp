// SPDX-License-Identifier: Apache-2.0
#include "codec/vp8.hpp"

namespace sfu::codec {
namespace {

constexpr std::uint32_t kVp8StartCode = 0x9d012a;

// RFC 7741 4.3, RFC 6386 9.1.
void read_vp8_frame_header(ByteView frame, Vp8Descriptor& out) {
  out.is_keyframe = (frame[0] & 1) == 0;
  if (!out.is_keyframe || frame.size() < 10 || load_be24(&frame[3]) != kVp8StartCode) return;
  out.width = static_cast<std::uint16_t>((frame[6] | frame[7] << 8) & 0x3fff);  // little endian; the rest scales
  out.height = static_cast<std::uint16_t>((frame[8] | frame[9] << 8) & 0x3fff);
}

}  // namespace

Result<Vp8Descriptor> parse_vp8(ByteView payload) {
  ByteReader reader(payload);
  Vp8Descriptor out;
  const std::uint8_t first = reader.u8();
  out.non_reference = (first & 0x20) != 0;
  out.starts_partition = (first & 0x10) != 0;
  out.partition_id = first & 0x07;
  if ((first & 0x80) != 0) {
    const std::uint8_t extension = reader.u8();
    out.has_picture_id = (extension & 0x80) != 0;
    out.has_tl0_picture_index = (extension & 0x40) != 0;
    out.has_temporal_layer = (extension & 0x20) != 0;
    out.has_key_index = (extension & 0x10) != 0;
  }
  if (out.has_picture_id) {
    out.picture_id = reader.u8();
    out.long_picture_id = (out.picture_id & 0x80) != 0;
    if (out.long_picture_id) out.picture_id = static_cast<std::uint16_t>((out.picture_id & 0x7f) << 8 | reader.u8());
  }
  if (out.has_tl0_picture_index) out.tl0_picture_index = reader.u8();
  if (out.has_temporal_layer || out.has_key_index) {
    const std::uint8_t both = reader.u8();
    if (out.has_temporal_layer) {
      out.temporal_layer = both >> 6;
      out.layer_sync = (both & 0x20) != 0;
    }
    if (out.has_key_index) out.key_index = both & 0x1f;
  }
  if (!reader.ok() || reader.remaining() == 0) return fail(Errc::kTruncated);
  out.size = static_cast<std::uint8_t>(reader.position());
  if (out.starts_frame()) read_vp8_frame_header(payload.subspan(out.size), out);
  return out;
}

std::size_t write_vp8_descriptor(const Vp8Descriptor& d, std::array<std::uint8_t, kMaxVp8DescriptorSize>& out) {
  ByteWriter writer(out);
  const bool extended = d.has_picture_id || d.has_tl0_picture_index || d.has_temporal_layer || d.has_key_index;
  writer.u8(static_cast<std::uint8_t>((extended ? 0x80 : 0) | (d.non_reference ? 0x20 : 0) |
                                      (d.starts_partition ? 0x10 : 0) | (d.partition_id & 0x07)));
  if (!extended) return writer.size();
  writer.u8(static_cast<std::uint8_t>((d.has_picture_id ? 0x80 : 0) | (d.has_tl0_picture_index ? 0x40 : 0) |
                                      (d.has_temporal_layer ? 0x20 : 0) | (d.has_key_index ? 0x10 : 0)));
  if (d.has_picture_id) {
    if (d.long_picture_id || d.picture_id > 0x7f) {
      writer.u16(static_cast<std::uint16_t>(0x8000 | d.picture_id));
    } else {
      writer.u8(static_cast<std::uint8_t>(d.picture_id));
    }
  }
  if (d.has_tl0_picture_index) writer.u8(d.tl0_picture_index);
  if (d.has_temporal_layer || d.has_key_index) {
    writer.u8(static_cast<std::uint8_t>((d.has_temporal_layer ? d.temporal_layer << 6 | (d.layer_sync ? 0x20 : 0) : 0) |
                                        (d.has_key_index ? d.key_index & 0x1f : 0)));
  }
  return writer.size();
}

}  // namespace sfu::codec
