// SPDX-License-Identifier: Apache-2.0
// What a room tells of itself as the public API's plain values (those of its participants: wire/infos.hpp).
#pragma once

#include <optional>

#include "livekit_models.pb.h"
#include "room/join_params.hpp"
#include "room/output.hpp"
#include "sfu/event_sink.hpp"
#include "wire/infos.hpp"

namespace sfu::runtime {

// With what the room's settings know beyond the message.
RoomInfo to_info(const livekit::Room& room, const room::RoomOptions& options);

// Empty for what hosts are not told. `options` are those of the event's room. Without id and sequence.
std::optional<Event> to_event(room::Event event, const room::RoomOptions& options, WallTime at);

}  // namespace sfu::runtime
