// SPDX-License-Identifier: Apache-2.0
// LiveKit's packet trailer: what a publisher appends to a frame (a capture time, a frame number), which a decoder does
// not expect. It ends with its length, inverted, and "LKTS" (protocol 17).
#pragma once

#include "base/bytes.hpp"

namespace sfu::codec {

// `payload` without the trailer; itself if it has none, or a malformed one. Ask of a frame's last packet only: in
// others the same bytes are media.
ByteView without_packet_trailer(ByteView payload);

}  // namespace sfu::codec
