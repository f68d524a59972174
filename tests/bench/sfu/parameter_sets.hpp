// SPDX-License-Identifier: Apache-2.0
// What tells a decoder the size of the pictures that follow, as an encoder writes it.
#pragma once

#include <cstdint>
#include <vector>

namespace sfu::load {

// Constrained baseline: a sequence and a picture parameter set (H.264 7.3.2.1, 7.3.2.2), each behind a start code.
std::vector<std::uint8_t> h264_parameter_sets(std::uint32_t width, std::uint32_t height);

// Main profile: an OBU with its size (AV1 5.5.1).
std::vector<std::uint8_t> av1_sequence_header(std::uint32_t width, std::uint32_t height);

// The dependency descriptor (AV1's RTP payload format, appendix A) of a packet of a stream with one layer, where each
// frame needs the one before: L1T1. The first packet of a key frame brings the structure along.
struct DescribedPacket {
  std::uint16_t frame_number = 0;
  bool is_keyframe = false;
  bool first = false;  // of its frame
  bool last = false;
};
std::vector<std::uint8_t> dependency_descriptor(const DescribedPacket& packet, std::uint32_t width,
                                                std::uint32_t height);

}  // namespace sfu::load
