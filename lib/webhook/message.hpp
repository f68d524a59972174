// SPDX-License-Identifier: Apache-2.0
// What receivers get of an event: a WebhookEvent of the protocol in its JSON form, and a token that vouches for it
// (control-plane spec 3).
#pragma once

#include <cstdint>
#include <string>

#include "sfu/egress.hpp"
#include "sfu/event_sink.hpp"
#include "sfu/time.hpp"

namespace sfu::webhook {

// "egress_started", "egress_updated" or "egress_ended".
const char* event_of(EgressStatus status);

// What the host told of an egress, once.
struct Announcement {
  std::string id;  // "EV_..."
  EgressInfo egress;
  WallTime at{};
};

// One event as all receivers that its key is for get it: signed once, and the same at each attempt.
struct Message {
  std::string event;           // "room_started"
  std::string id;              // "EV_..."
  std::uint64_t sequence = 0;  // 0: not of a room
  std::string body;
  std::string authorization;
};

struct Signer {
  std::string api_key;
  std::string secret;
  bool full_room_in_track_events = false;

  // `event` comes from an engine: it has details.
  Message sign(const Event& event, WallTime now) const;
  Message sign(const Announcement& announcement, WallTime now) const;
};

}  // namespace sfu::webhook
