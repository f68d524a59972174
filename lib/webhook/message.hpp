// SPDX-License-Identifier: Apache-2.0
// What receivers get of an event: a WebhookEvent of the protocol in its JSON form, and a token that vouches for it
// (control-plane spec 3).
#pragma once

#include <cstdint>
#include <string>

#include "sfu/event_sink.hpp"
#include "sfu/time.hpp"

namespace sfu::webhook {

// One event as all receivers get it: signed once, and the same at each attempt.
struct Message {
  std::string event;  // "room_started"
  std::string id;     // "EV_..."
  std::uint64_t sequence = 0;
  std::string body;
  std::string authorization;
};

struct Signer {
  std::string api_key;
  std::string secret;
  bool full_room_in_track_events = false;

  // `event` comes from an engine: it has details.
  Message sign(const Event& event, WallTime now) const;
};

}  // namespace sfu::webhook
