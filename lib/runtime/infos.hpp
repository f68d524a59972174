// SPDX-License-Identifier: Apache-2.0
// The protocol's messages as the public API's plain values.
#pragma once

#include <optional>

#include "livekit_models.pb.h"
#include "room/output.hpp"
#include "sfu/event_sink.hpp"
#include "sfu/info.hpp"

namespace sfu::runtime {

RoomInfo to_info(const livekit::Room& room);
ParticipantInfo to_info(const livekit::ParticipantInfo& participant);
TrackInfo to_info(const livekit::TrackInfo& track);

// Empty for what hosts are not told.
std::optional<Event> to_event(const room::Event& event, WallTime at);

}  // namespace sfu::runtime
