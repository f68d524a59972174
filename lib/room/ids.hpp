// SPDX-License-Identifier: Apache-2.0
// How a room names things that live elsewhere.
#pragma once

#include <cstdint>

#include "base/slot_map.hpp"

namespace sfu::room {

// What is longer is no sid of ours.
inline constexpr std::size_t kMaxSid = 64;

struct Participant;

// A participant within its room. Finds nothing once the participant is gone.
using ParticipantId = Handle<Participant>;

// The host's name for one signalling connection; unique on the worker, never reused. 0: none.
using ConnectionId = std::uint64_t;

// A peer on its worker; chosen by the PeerRegistry.
using PeerKey = std::uint32_t;

}  // namespace sfu::room
