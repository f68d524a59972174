// SPDX-License-Identifier: Apache-2.0
#include "parameter_sets.hpp"

#include <bit>

#include "codec/bit_writer_testing.hpp"

namespace sfu::load {
namespace {

using codec::testing::BitWriter;

// ue(v) of H.264 9.1.
void write_ue(BitWriter& out, std::uint32_t value) {
  const auto width = static_cast<unsigned>(std::bit_width(value + 1));
  out.bits(width - 1, 0).bits(width, value + 1);
}

void append(std::vector<std::uint8_t>& to, const std::vector<std::uint8_t>& bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

}  // namespace

std::vector<std::uint8_t> h264_parameter_sets(std::uint32_t width, std::uint32_t height) {
  const std::uint32_t columns = (width + 15) / 16;
  const std::uint32_t rows = (height + 15) / 16;
  BitWriter sps;
  sps.bits(8, 0x67).bits(8, 66).bits(8, 0xc0).bits(8, 31);  // level 3.1
  write_ue(sps, 0);                                         // seq_parameter_set_id
  write_ue(sps, 0);                                         // log2_max_frame_num_minus4
  write_ue(sps, 2);                                         // pic_order_cnt_type
  write_ue(sps, 1);                                         // max_num_ref_frames
  sps.bits(1, 0);
  write_ue(sps, columns - 1);
  write_ue(sps, rows - 1);
  sps.bits(1, 1).bits(1, 1);  // frame_mbs_only_flag, direct_8x8_inference_flag
  const std::uint32_t right = (columns * 16 - width) / 2;
  const std::uint32_t bottom = (rows * 16 - height) / 2;
  sps.bits(1, right + bottom > 0 ? 1 : 0);
  if (right + bottom > 0) {
    for (const std::uint32_t crop : {0U, right, 0U, bottom}) write_ue(sps, crop);
  }
  sps.bits(1, 0).bits(1, 1);  // no VUI; the stop bit

  std::vector<std::uint8_t> out = {0, 0, 0, 1};
  append(out, sps.bytes());
  append(out, {0, 0, 0, 1, 0x68, 0xce, 0x3c, 0x80});
  return out;
}

std::vector<std::uint8_t> av1_sequence_header(std::uint32_t width, std::uint32_t height) {
  BitWriter content;
  content.bits(3, 0).bits(1, 0).bits(1, 0);   // seq_profile, still_picture, reduced_still_picture_header
  content.bits(1, 0).bits(1, 0);              // no timing, no display delay
  content.bits(5, 0).bits(12, 0).bits(5, 5);  // one operating point, of level 3.1
  content.bits(4, 15).bits(4, 15);            // sixteen bits for each side
  content.bits(16, width - 1).bits(16, height - 1);
  content.bits(9, 0);             // frame ids, superblocks of 128, and tools of prediction, up to enable_order_hint
  content.bits(1, 1).bits(1, 1);  // seq_choose_screen_content_tools, seq_choose_integer_mv
  content.bits(3, 0);             // super resolution, CDEF, restoration
  content.bits(7, 0);             // colour: 8 bits, 4:2:0, nothing told
  content.bits(1, 0).bits(1, 1);  // no film grain; the trailing bit
  std::vector<std::uint8_t> out = {0x0a, static_cast<std::uint8_t>(content.bytes().size())};
  append(out, content.bytes());
  return out;
}

std::vector<std::uint8_t> dependency_descriptor(const DescribedPacket& packet, std::uint32_t width,
                                                std::uint32_t height) {
  BitWriter out;
  out.bits(1, packet.first).bits(1, packet.last).bits(6, packet.is_keyframe ? 0 : 1).bits(16, packet.frame_number);
  if (!packet.is_keyframe || !packet.first) return out.bytes();
  out.bits(1, 1).bits(4, 0);              // a structure, and nothing that differs from its template
  out.bits(6, 0).bits(5, 0);              // template_id_offset, one decode target
  out.bits(2, 0).bits(2, 3);              // two templates, both of S0T0
  out.indications("SS");                  // of each
  out.bits(1, 0);                         // the key frame needs nothing,
  out.bits(1, 1).bits(4, 0).bits(1, 0);   // others the frame before
  out.below(2, 1).bits(4, 0).bits(4, 1);  // one chain, whose last frame is that one, too
  out.bits(1, 1).bits(16, width - 1).bits(16, height - 1);
  return out.bytes();
}

}  // namespace sfu::load
