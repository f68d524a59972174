// SPDX-License-Identifier: Apache-2.0
// What clients are told of quality: every five seconds how good connections are (signalling 2.11), and publishers which
// qualities of their tracks are watched (2.10).
#pragma once

#include <map>
#include <string>

#include "room/room_state.hpp"
#include "room/subscribing.hpp"

namespace sfu::room {

class QualityReports {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(5);

  QualityReports(RoomState& state, const Subscribing& subscribing) : state_(state), subscribing_(subscribing) {}

  void became_active(Instant now);
  void advance(Instant now, Output& out);
  // `recipient` begins to hear `subject`.
  void tell_of(const Participant& recipient, const Participant& subject, Output& out) const;
  // Dynacast reports that are due.
  void report_watched(Instant now, Output& out);
  Instant deadline() const { return std::min(due_, watched_due_); }

 private:
  struct Counts {
    std::uint64_t expected = 0;
    std::uint64_t lost = 0;
    std::uint64_t out_of_order = 0;
    // Of what is sent to a subscriber.
    std::int64_t newest = 0;
    std::uint64_t sent = 0;
    std::int64_t layers = 0;
    std::uint64_t layer_samples = 0;
  };
  // A track at the last tick, and how its connection is.
  struct Observed {
    Counts counts;
    TrackScore score;
    Instant sending_since = kNever;  // to a subscriber
    int wanted = -1;                 // the best layer that its publisher was asked for; -1: none
  };
  double published_score(Instant now, const Participant& publisher, Publication& publication);
  double subscribed_score(Instant now, const Participant& subscriber, const Subscription& subscription);
  double worst_score(Instant now, Participant& participant);
  void tell(Output& out);

  RoomState& state_;
  const Subscribing& subscribing_;
  std::map<std::string, Observed> published_, next_published_;  // by track sid
  std::map<rtp::Ssrc, Observed> subscribed_, next_subscribed_;  // by SSRC
  Instant due_ = kNever;
  Instant watched_due_ = kNever;
};

}  // namespace sfu::room
