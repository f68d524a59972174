// SPDX-License-Identifier: Apache-2.0
// Webhooks: what happens in the rooms, posted to URLs as LiveKit's servers do it. Each event is signed with an API key,
// and goes to every URL. A receiver gets the events of one room in order, each at least once: one that it answered with
// an error (429, or 500 and above but 501), or whose answer was lost, comes again after 1, 2, 4 and 8 s; then it is
// given up. WebhookReceiver (sfu/webhook_receiver.hpp) is the other end.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sfu/time.hpp"

namespace sfu {

struct WebhookOptions {
  std::vector<std::string> urls;  // "http://" or "https://"; empty: no webhooks
  std::string api_key;            // one of ServerOptions::keys; signs

  // By the names of to_string(EventKind), and "egress_started", "egress_updated", "egress_ended". If any are to be
  // included, only those are sent; else all but the excluded.
  std::vector<std::string> include_events;
  std::vector<std::string> exclude_events;

  // Events of a track name their room by sid and name only, unless this is set.
  bool full_room_in_track_events = false;

  // An event that has waited longer when its turn comes is dropped; so is a new one when so many of its room wait.
  Duration max_age = std::chrono::seconds(30);
  std::size_t max_depth = 200;

  std::string ca_file;                               // authorities for https, PEM; empty: the system's
  Duration stop_timeout = std::chrono::seconds(10);  // for what is not delivered yet when the server stops
};

// Of all URLs together, each counted by itself.
struct WebhookCounters {
  std::uint64_t delivered = 0;  // answered, and not to be tried again: 4xx too
  std::uint64_t failed = 0;     // given up
  std::uint64_t dropped_age = 0;
  std::uint64_t dropped_queue_full = 0;
  std::uint64_t dropped_queue_closed = 0;  // the server stopped
  std::uint64_t queue_length = 0;          // waiting, or under way
};

}  // namespace sfu
