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
  // The receiver's own estimate came (REMB).
  void estimated(Instant now, Participant& subscriber, Bitrate estimate);
  // What is known of the way to it by transport-wide feedback has changed.
  void capacity_changed(Instant now, Participant& subscriber, Output& out);

  // Its client may have missed what was told while its signalling connection was being lost.
  void resumed(const Participant& subscriber, Output& out);

  void advance(Instant now, Output& out);
  Instant deadline() const { return due_; }

 private:
  // Gives those tracks theirs that have just begun to be forwarded: nothing is sent of them before.
  void serve_new(Instant now, Output& out);
  struct Stream {
    Subscription* subscription = nullptr;
    const Participant* publisher = nullptr;
  };
  // Returns what the rest takes, which is sent whatever happens.
  Bitrate gather(Participant& subscriber);
  void add_demand(Participant& subscriber, Subscription& subscription, Roster::TrackRef track,
                  const media::Forwarder& forwarder);
  void serve(Instant now, Participant& subscriber, Output& out);
  void apply(Instant now, Participant& subscriber, Output& out);

  RoomState& state_;
  Subscribing& subscribing_;
  std::vector<Stream> streams_;  // scratch, as the two below
  std::vector<congestion::Demand> demands_;
  std::vector<congestion::Allowance> allowances_;
  Instant due_ = kNever;
};

}  // namespace sfu::room
