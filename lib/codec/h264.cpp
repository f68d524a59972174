// SPDX-License-Identifier: Apache-2.0
#include "codec/h264.hpp"

#include "codec/bit_reader.hpp"

namespace sfu::codec {
namespace {

// NAL unit types (H.264 table 7-1) and RTP's own (RFC 6184 table 1).
enum H264Type : std::uint8_t {
  kH264Slice = 1,
  kH264Idr = 5,
  kH264Sei = 6,
  kH264Sps = 7,
  kH264Pps = 8,
  kH264Delimiter = 9,
  kLastSingle = 23,
  kStapA = 24,
  kStapB = 25,
  kMtap16 = 26,
  kMtap24 = 27,
  kFuA = 28,
  kFuB = 29,
};

// H.264 7.3.2.1.1.1. Only to get past it.
void skip_scaling_list(BitReader& reader, unsigned size) {
  std::int32_t last = 8;
  std::int32_t next = 8;
  for (unsigned i = 0; i < size && reader.ok(); ++i) {
    if (next != 0)
      next = static_cast<std::int32_t>((static_cast<std::uint32_t>(last) + static_cast<std::uint32_t>(reader.se())) &
                                       0xff);
    if (next != 0) last = next;
  }
}

bool has_chroma_format(std::uint32_t profile) {
  switch (profile) {
    case 44:
    case 83:
    case 86:
    case 100:
    case 110:
    case 118:
    case 122:
    case 128:
    case 134:
    case 135:
    case 138:
    case 139:
    case 244: return true;
    default: return false;
  }
}

// The picture size of a sequence parameter set (H.264 7.3.2.1.1); `sps` begins behind the NAL header.
void read_h264_size(ByteView sps, H264Payload& out) {
  BitReader reader(sps, BitReader::Form::kNalUnit);
  const std::uint32_t profile = reader.bits(8);
  reader.skip(16);  // constraints and level
  (void)reader.ue();
  std::uint32_t chroma_format = 1;
  bool separate_planes = false;
  if (has_chroma_format(profile)) {
    chroma_format = reader.ue();
    if (chroma_format == 3) separate_planes = reader.bit();
    (void)reader.ue();  // bit depths
    (void)reader.ue();
    reader.skip(1);
    if (reader.bit()) {
      for (unsigned i = 0; i < (chroma_format == 3 ? 12U : 8U); ++i) {
        if (reader.bit()) skip_scaling_list(reader, i < 6 ? 16 : 64);
      }
    }
  }
  (void)reader.ue();  // log2_max_frame_num
  const std::uint32_t order_type = reader.ue();
  if (order_type == 0) {
    (void)reader.ue();
  } else if (order_type == 1) {
    reader.skip(1);
    (void)reader.se();
    (void)reader.se();
    for (std::uint32_t i = reader.ue(); i > 0 && reader.ok(); --i) (void)reader.se();
  }
  (void)reader.ue();  // max_num_ref_frames
  reader.skip(1);
  std::uint64_t width = 16 * (std::uint64_t{reader.ue()} + 1);
  std::uint64_t height = 16 * (std::uint64_t{reader.ue()} + 1);
  const bool frames_only = reader.bit();
  if (!frames_only) {
    height *= 2;
    reader.skip(1);
  }
  reader.skip(1);
  if (reader.bit()) {  // cropping, in units of chroma samples (H.264 7-19 to 7-22)
    const bool has_chroma = chroma_format != 0 && !separate_planes;
    const std::uint64_t unit_x = has_chroma && chroma_format != 3 ? 2 : 1;
    const std::uint64_t unit_y = (has_chroma && chroma_format == 1 ? 2 : 1) * (frames_only ? 1 : 2);
    const std::uint64_t left = reader.ue(), right = reader.ue(), top = reader.ue(), bottom = reader.ue();
    const std::uint64_t crop_x = unit_x * (left + right);
    const std::uint64_t crop_y = unit_y * (top + bottom);
    if (crop_x >= width || crop_y >= height) return;
    width -= crop_x;
    height -= crop_y;
  }
  if (!reader.ok() || width > 0xffff || height > 0xffff) return;
  out.width = static_cast<std::uint16_t>(width);
  out.height = static_cast<std::uint16_t>(height);
}

// A NAL unit, or the first fragment of one: `type` and what follows the header. `is_first` of the packet.
void look_at_h264_unit(std::uint8_t type, ByteView content, bool is_first, H264Payload& out) {
  out.has_sps |= type == kH264Sps;
  out.has_pps |= type == kH264Pps;
  out.has_idr |= type == kH264Idr;
  if (type == kH264Sps) read_h264_size(content, out);
  if (!is_first) return;
  const bool is_slice = type == kH264Slice || type == kH264Idr;
  // A slice of macroblock 0 begins with ue(0), a single set bit (H.264 7.3.3).
  const bool first_slice = is_slice && !content.empty() && (content[0] & 0x80) != 0;
  out.starts_frame = first_slice || (type >= kH264Sei && type <= kH264Delimiter);
}

// Units with their size in front of each, and `between` bytes (order and time) between size and unit.
H264Payload read_h264_aggregate(ByteView units, std::size_t between) {
  H264Payload out;
  ByteReader reader(units);
  for (bool is_first = true; reader.remaining() > 0; is_first = false) {
    const std::size_t size = reader.u16();
    reader.skip(between);
    const ByteView unit = reader.bytes(size);
    if (!reader.ok() || unit.empty()) return {};
    look_at_h264_unit(unit[0] & 0x1f, unit.subspan(1), is_first, out);
    out.valid = true;
  }
  return out;
}

}  // namespace

H264Payload parse_h264(ByteView payload) {
  H264Payload out;
  if (payload.size() < 2) return out;
  const std::uint8_t type = payload[0] & 0x1f;
  const ByteView content = payload.subspan(1);
  switch (type) {
    case 0: return out;
    case kStapA: return read_h264_aggregate(content, 0);
    case kStapB: return content.size() < 2 ? out : read_h264_aggregate(content.subspan(2), 0);
    case kMtap16: return content.size() < 2 ? out : read_h264_aggregate(content.subspan(2), 3);
    case kMtap24: return content.size() < 2 ? out : read_h264_aggregate(content.subspan(2), 4);
    case kFuA:
    case kFuB: {
      const std::size_t header = type == kFuA ? 1 : 3;
      if (content.size() <= header) return out;
      out.valid = true;
      const bool starts_unit = (content[0] & 0x80) != 0;
      if (starts_unit) look_at_h264_unit(content[0] & 0x1f, content.subspan(header), true, out);
      return out;
    }
    default:
      if (type > kLastSingle) return out;
      out.valid = true;
      look_at_h264_unit(type, content, true, out);
      return out;
  }
}

}  // namespace sfu::codec
