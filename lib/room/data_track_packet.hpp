// SPDX-License-Identifier: Apache-2.0
// The header of a packet on `_data_track` (signalling 3.8): big-endian, 12 bytes, then extensions if flagged. All of it
// is between the clients, but for the handle.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.hpp"

namespace sfu::room {

// The handle under which the sender knows its track; nothing if this is no packet of a version known here, or its
// extensions reach beyond its end.
std::optional<std::uint16_t> data_track_handle(ByteView packet);

// Writes another handle into a packet that has one: these two bytes and no others.
void set_data_track_handle(ByteSpan packet, std::uint16_t handle);

}  // namespace sfu::room
