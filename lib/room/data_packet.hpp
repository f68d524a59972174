// SPDX-License-Identifier: Apache-2.0
// The rules of signalling 3.7 that concern one DataPacket alone. Plain functions.
#pragma once

#include <string_view>

#include "livekit_models.pb.h"
#include "room/profile.hpp"

namespace sfu::room {

// Says who sent it, whatever the packet claims. False: this sender must not send such a packet.
bool stamp_sender(livekit::DataPacket& packet, const Profile& sender, bool reliable);

bool has_destinations(const livekit::DataPacket& packet);
// True if the packet names this participant, or nobody.
bool is_destination(const livekit::DataPacket& packet, const Profile& participant);

}  // namespace sfu::room
