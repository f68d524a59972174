// SPDX-License-Identifier: Apache-2.0
// What each subscriber's connection leaves to its video (media spec 3.8): where its capacity is known, tracks get at
// most the layers that fit, and are paused if the client allows that; the client is told which were paused by this, and
// by nothing else (signalling 2.11).
#pragma once

#include <vector>

#include "congestion/allocation.hpp"
#include "room/room_state.hpp"
#include "room/subscribing.hpp"

namespace sfu::room {

class StreamAllocation {
 public:
  static constexpr Duration kInterval = std::chrono::milliseconds(250);  // while a capacity is known

  StreamAllocation(RoomState& state, Subscribing& subscribing) : state_(state), subscribing_(subscribing) {}

  // SimulateScenario subscriber_bandwidth: bits a second, 0 ends it.
  void set_cap(Instant now, Participant& subscriber, std::int64_t bps);
  // The receiver's own estimate came.
  void estimated(Instant now, Participant& subscriber, Bitrate estimate);

  void advance(Instant now, Output& out);
  Instant deadline() const { return due_; }

 private:
  struct Stream {
    Subscription* subscription = nullptr;
    const Participant* publisher = nullptr;
  };
  // What takes part, and what the rest takes.
  Bitrate gather(Participant& subscriber);
  void add_demand(Participant& subscriber, Subscription& subscription, Roster::TrackRef track,
                  const media::Forwarder& forwarder);
  void divide(Instant now, Participant& subscriber, std::optional<Bitrate> capacity, Output& out);

  RoomState& state_;
  Subscribing& subscribing_;
  std::vector<Stream> streams_;  // scratch, as the two below
  std::vector<congestion::Demand> demands_;
  std::vector<std::uint8_t> layers_;
  Instant due_ = kNever;
};

}  // namespace sfu::room
