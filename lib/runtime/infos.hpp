// SPDX-License-Identifier: Apache-2.0
// The protocol's messages as the public API's plain values.
#pragma once

#include <optional>

#include "livekit_models.pb.h"
#include "room/join_params.hpp"
#include "room/output.hpp"
#include "sfu/event_sink.hpp"
#include "sfu/info.hpp"

namespace sfu::runtime {

RoomInfo to_info(const livekit::Room& room, const room::RoomOptions& options);
ParticipantInfo to_info(const livekit::ParticipantInfo& participant);
TrackInfo to_info(const livekit::TrackInfo& track);
ParticipantPermission to_info(const livekit::ParticipantPermission& permission);
livekit::ParticipantPermission to_message(const ParticipantPermission& permission);

// Empty for what hosts are not told. `options` are those of the event's room. Without id and sequence.
std::optional<Event> to_event(room::Event event, const room::RoomOptions& options, WallTime at);

}  // namespace sfu::runtime
