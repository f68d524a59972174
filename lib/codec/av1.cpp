// SPDX-License-Identifier: Apache-2.0
#include "codec/av1.hpp"

#include "codec/bit_reader.hpp"

namespace sfu::codec {
namespace {

// AV1 6.2.2.
enum ObuType : std::uint8_t {
  kSequenceHeader = 1,
  kFrameHeader = 3,
  kMetadata = 5,
  kFrame = 6,
};

// AV1 4.10.5; eight bytes at most, of which RTP needs four.
std::size_t read_leb128(ByteReader& reader) {
  std::size_t value = 0;
  for (unsigned shift = 0; shift < 56; shift += 7) {
    const std::uint8_t byte = reader.u8();
    value |= std::size_t{byte & 0x7fU} << shift;
    if ((byte & 0x80) == 0) break;
  }
  return value;
}

struct Obu {
  std::uint8_t type = 0;
  bool has_layers = false;
  std::uint8_t temporal_layer = 0;
  std::uint8_t spatial_layer = 0;
  ByteView content;  // as far as it is in this packet
};

// AV1 5.3. False if the element is shorter than its header.
bool read_obu(ByteView element, Obu& out) {
  ByteReader reader(element);
  const std::uint8_t header = reader.u8();
  out.type = header >> 3 & 0x0f;
  out.has_layers = (header & 0x04) != 0;
  if (out.has_layers) {
    const std::uint8_t layers = reader.u8();
    out.temporal_layer = layers >> 5;
    out.spatial_layer = layers >> 3 & 3;
  }
  const bool has_size = (header & 0x02) != 0;
  if (has_size) (void)read_leb128(reader);
  out.content = reader.rest();
  return reader.ok() && (header & 0x80) == 0;
}

// The operating points of a sequence header (AV1 5.5.1), only to get past them.
void skip_operating_points(BitReader& reader) {
  unsigned delay_bits = 0;
  bool has_decoder_model = false;
  if (reader.bit()) {  // timing_info
    reader.skip(64);
    if (reader.bit()) (void)reader.ue();  // uvlc() is coded as ue(v)
    has_decoder_model = reader.bit();
    if (has_decoder_model) {
      delay_bits = reader.bits(5) + 1;
      reader.skip(42);
    }
  }
  const bool has_display_delay = reader.bit();
  for (std::uint32_t points = reader.bits(5) + 1; points > 0 && reader.ok(); --points) {
    reader.skip(12);
    if (reader.bits(5) > 7) reader.skip(1);  // tier
    if (has_decoder_model && reader.bit()) reader.skip(2 * delay_bits + 1);
    if (has_display_delay && reader.bit()) reader.skip(4);
  }
}

struct SequenceHeader {
  bool reduced_still_picture = false;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
};

SequenceHeader read_sequence_header(ByteView content) {
  SequenceHeader out;
  BitReader reader(content);
  reader.skip(4);  // profile, still_picture
  out.reduced_still_picture = reader.bit();
  if (out.reduced_still_picture) {
    reader.skip(5);
  } else {
    skip_operating_points(reader);
  }
  const unsigned width_bits = reader.bits(4) + 1;
  const unsigned height_bits = reader.bits(4) + 1;
  const std::uint32_t width = reader.bits(width_bits) + 1;
  const std::uint32_t height = reader.bits(height_bits) + 1;
  if (reader.ok() && width <= 0xffff && height <= 0xffff) {
    out.width = width;
    out.height = height;
  }
  return out;
}

// show_existing_frame = 0 and frame_type = KEY_FRAME are the first three bits (AV1 5.9.2).
bool contradicts_key_frame(ByteView frame_header) {
  return !frame_header.empty() && frame_header[0] >> 5 != 0;
}

}  // namespace

Av1Payload parse_av1(ByteView payload) {
  Av1Payload out;
  ByteReader reader(payload);
  const std::uint8_t aggregation = reader.u8();
  if (!reader.ok() || reader.remaining() == 0) return out;
  out.continues_obu = (aggregation & 0x80) != 0;
  out.last_obu_continues = (aggregation & 0x40) != 0;
  out.obu_count = aggregation >> 4 & 3;
  out.starts_coded_sequence = (aggregation & 0x08) != 0;
  if (out.continues_obu && out.starts_coded_sequence) return {};  // a sequence cannot begin within an OBU

  bool can_be_key = out.starts_coded_sequence;
  bool reduced_still_picture = false;
  for (unsigned index = 0; reader.remaining() > 0; ++index) {
    const bool is_last = out.obu_count != 0 && index + 1 == out.obu_count;
    const std::size_t size = is_last ? reader.remaining() : read_leb128(reader);
    const ByteView element = reader.bytes(size);
    if (!reader.ok()) return {};
    out.valid = true;
    if (element.empty() || (index == 0 && out.continues_obu)) continue;
    Obu obu;
    if (!read_obu(element, obu)) {
      if (reader.remaining() == 0 && out.last_obu_continues) break;  // cut within its header
      return {};
    }
    if (index == 0) {
      out.temporal_layer = obu.temporal_layer;
      out.spatial_layer = obu.spatial_layer;
      out.starts_frame =
          obu.type == kSequenceHeader || obu.type == kFrameHeader || obu.type == kFrame || obu.type == kMetadata;
      can_be_key = can_be_key && obu.type == kSequenceHeader;
    }
    if (obu.type == kSequenceHeader) {
      const SequenceHeader sequence = read_sequence_header(obu.content);
      out.has_sequence_header = true;
      reduced_still_picture = sequence.reduced_still_picture;
      out.width = static_cast<std::uint16_t>(sequence.width);
      out.height = static_cast<std::uint16_t>(sequence.height);
    } else if (obu.type == kFrame || obu.type == kFrameHeader) {
      if (!reduced_still_picture && contradicts_key_frame(obu.content)) can_be_key = false;
      if (obu.has_layers && out.has_sequence_header) {
        out.temporal_layer = obu.temporal_layer;
        out.spatial_layer = obu.spatial_layer;
      }
      if (can_be_key) break;  // other frames of the temporal unit refer to this one
    }
  }
  out.is_keyframe = out.valid && can_be_key && out.has_sequence_header;
  return out;
}

}  // namespace sfu::codec
