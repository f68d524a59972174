// SPDX-License-Identifier: Apache-2.0
#include "codec/h265.hpp"

#include "codec/bit_reader.hpp"

namespace sfu::codec {
namespace {

// NAL unit types (H.265 table 7-1) and RTP's own (RFC 7798 4.4).
enum H265Type : std::uint8_t {
  kFirstAccess = 2,  // TSA_N, TSA_R, STSA_N, STSA_R
  kLastAccess = 5,
  kLastSlice = 31,
  kFirstIrap = 16,
  kLastIrap = 21,
  kH265Vps = 32,
  kH265Sps = 33,
  kH265Pps = 34,
  kH265Delimiter = 35,
  kH265PrefixSei = 39,
  kLastStandard = 47,
  kAggregation = 48,
  kFragmentation = 49,
  kPaci = 50,
};
constexpr std::size_t kNalHeader = 2;

// H.265 7.3.3, only to get past it.
void skip_profile_tier_level(BitReader& reader, unsigned sub_layers) {
  constexpr std::size_t kProfile = 88;
  constexpr std::size_t kLevel = 8;
  reader.skip(kProfile + kLevel);
  bool has_profile[8] = {};
  bool has_level[8] = {};
  for (unsigned i = 0; i < sub_layers; ++i) {
    has_profile[i] = reader.bit();
    has_level[i] = reader.bit();
  }
  if (sub_layers > 0) reader.skip(std::size_t{2} * (8 - sub_layers));
  for (unsigned i = 0; i < sub_layers; ++i) {
    reader.skip((has_profile[i] ? kProfile : 0) + (has_level[i] ? kLevel : 0));
  }
}

// The picture size of a sequence parameter set (H.265 7.3.2.2); `sps` begins behind the NAL header.
void read_h265_size(ByteView sps, H265Payload& out) {
  BitReader reader(sps, BitReader::Form::kNalUnit);
  reader.skip(4);
  const std::uint32_t sub_layers = reader.bits(3);  // beyond the first
  reader.skip(1);
  skip_profile_tier_level(reader, sub_layers);
  (void)reader.ue();
  const std::uint32_t chroma_format = reader.ue();
  const bool separate_planes = chroma_format == 3 && reader.bit();
  std::uint64_t width = reader.ue();
  std::uint64_t height = reader.ue();
  if (reader.bit()) {  // conformance window
    const bool has_chroma = chroma_format != 0 && !separate_planes;
    const std::uint64_t unit_x = has_chroma && chroma_format != 3 ? 2 : 1;
    const std::uint64_t unit_y = has_chroma && chroma_format == 1 ? 2 : 1;
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
void look_at_h265_unit(std::uint8_t type, ByteView content, bool is_first, H265Payload& out) {
  const bool is_parameter_set = type >= kH265Vps && type <= kH265Pps;
  out.has_parameter_sets |= is_parameter_set;
  out.has_irap |= type >= kFirstIrap && type <= kLastIrap;
  out.enters_layer |= type >= kFirstAccess && type <= kLastAccess;
  if (type == kH265Sps) read_h265_size(content, out);
  if (!is_first) return;
  // first_slice_segment_in_pic_flag is the first bit (H.265 7.3.6.1).
  const bool first_slice = type <= kLastSlice && !content.empty() && (content[0] & 0x80) != 0;
  out.starts_frame = first_slice || is_parameter_set || type == kH265Delimiter || type == kH265PrefixSei;
}

// RFC 7798 4.4.2, without DONL: sprop-max-don-diff is not offered.
void read_h265_aggregate(ByteView units, H265Payload& out) {
  ByteReader reader(units);
  const H265Payload empty;
  for (bool is_first = true; reader.remaining() > 0; is_first = false) {
    const ByteView unit = reader.bytes(reader.u16());
    if (!reader.ok() || unit.size() < kNalHeader) {
      out = empty;
      return;
    }
    look_at_h265_unit(unit[0] >> 1 & 0x3f, unit.subspan(kNalHeader), is_first, out);
    out.valid = true;
  }
}

}  // namespace

H265Payload parse_h265(ByteView payload) {
  H265Payload out;
  if (payload.size() <= kNalHeader) return out;
  const std::uint8_t type = payload[0] >> 1 & 0x3f;
  const std::uint8_t layer_plus_one = payload[1] & 7;
  const ByteView content = payload.subspan(kNalHeader);
  if (layer_plus_one == 0 || type > kPaci) return out;
  out.temporal_layer = static_cast<std::uint8_t>(layer_plus_one - 1);
  if (type == kAggregation) {
    read_h265_aggregate(content, out);
  } else if (type == kFragmentation) {
    if (content.size() < 2) return {};
    out.valid = true;
    const bool starts_unit = (content[0] & 0x80) != 0;
    if (starts_unit) look_at_h265_unit(content[0] & 0x3f, content.subspan(1), true, out);
  } else {
    out.valid = true;
    if (type <= kLastStandard) look_at_h265_unit(type, content, true, out);
  }
  return out;
}

}  // namespace sfu::codec
