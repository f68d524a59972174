// SPDX-License-Identifier: Apache-2.0
// What a section of the remote end says about a track that it sends.
#pragma once

#include <vector>

#include "peer/negotiated.hpp"
#include "sdp/sdp.hpp"

namespace sfu::peer {

// RFC 5576: media streams in the order of the SIM group if there is one, else of the lines; FID tells their RTX.
std::vector<AnnouncedStream> announced_streams(const sdp::MediaDescription& media);

// a=msid; older clients have it per SSRC (draft-alvestrand-mmusic-msid).
sdp::Msid msid_of(const sdp::MediaDescription& media);

}  // namespace sfu::peer
