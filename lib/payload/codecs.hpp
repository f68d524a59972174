// SPDX-License-Identifier: Apache-2.0
// The codecs' own packetizers and depacketizers, one file each. Private to this folder.
#pragma once

#include "payload/payload.hpp"

namespace sfu::payload {

std::unique_ptr<Packetizer> make_vp8_packetizer(std::uint16_t picture_id);
std::unique_ptr<Depacketizer> make_vp8_depacketizer();
std::unique_ptr<Packetizer> make_vp9_packetizer(std::uint16_t picture_id);
std::unique_ptr<Depacketizer> make_vp9_depacketizer();
std::unique_ptr<Packetizer> make_h264_packetizer();
std::unique_ptr<Depacketizer> make_h264_depacketizer();
std::unique_ptr<Packetizer> make_h265_packetizer();
std::unique_ptr<Depacketizer> make_h265_depacketizer();
std::unique_ptr<Packetizer> make_av1_packetizer();
std::unique_ptr<Depacketizer> make_av1_depacketizer();

bool is_h265_keyframe(ByteView frame);

// How many of `size` bytes go into each of the packets that have `room` for them: as even as can be, since a small last
// packet costs as much as a large one.
std::size_t even_share(std::size_t size, std::size_t room);

}  // namespace sfu::payload
