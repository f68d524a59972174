// SPDX-License-Identifier: Apache-2.0
// What a newcomer is told first (signalling 2.3). Plain functions.
#pragma once

#include <vector>

#include "room/room_state.hpp"

namespace sfu::room {

// The room's codecs without those that the client can neither send nor receive.
std::vector<livekit::Codec> usable_codecs(const std::vector<livekit::Codec>& enabled,
                                          const livekit::ClientConfiguration& client);
// Of those, what it may send.
std::vector<livekit::Codec> publish_codecs(const std::vector<livekit::Codec>& usable,
                                           const livekit::ClientConfiguration& client);

// Completes what signalling has begun. The participant is in the roster, JOINING.
livekit::JoinResponse make_join_response(RoomState& state, Participant& participant, livekit::JoinResponse begun);

// Everyone else whom `participant` may see. Counts as told.
void add_others(RoomState& state, Participant& participant,
                google::protobuf::RepeatedPtrField<livekit::ParticipantInfo>& others);

// Counts of the room's info, brought up to date.
void count_participants(RoomState& state);

}  // namespace sfu::room
