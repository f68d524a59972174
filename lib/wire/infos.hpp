// SPDX-License-Identifier: Apache-2.0
// The protocol's messages as the public API's plain values, and back: what the engine tells its host, the client its
// program, and the room API both of them.
#pragma once

#include "livekit_models.pb.h"
#include "sfu/info.hpp"

namespace sfu::wire {

// What a Room message does not hold (RoomInfo::agents and what follows it, but for the message) stays empty.
RoomInfo to_info(const livekit::Room& room);
ParticipantInfo to_info(const livekit::ParticipantInfo& participant);
TrackInfo to_info(const livekit::TrackInfo& track);
ParticipantPermission to_info(const livekit::ParticipantPermission& permission);
TrackSource to_source(livekit::TrackSource source);
TrackKind to_kind(const livekit::TrackInfo& track);

livekit::ParticipantPermission to_message(const ParticipantPermission& permission);
livekit::TrackSource to_message(TrackSource source);

}  // namespace sfu::wire
