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
  };
  double published_score(const Participant& publisher, Publication& publication);
  double subscribed_score(const Subscription& subscription);
  double worst_score(Participant& participant);
  void tell(Output& out);

  RoomState& state_;
  const Subscribing& subscribing_;
  std::map<std::string, Counts> published_, next_published_;  // by track sid: totals at the last tick
  std::map<rtp::Ssrc, Counts> subscribed_, next_subscribed_;  // by SSRC
  Instant due_ = kNever;
  Instant watched_due_ = kNever;
};

}  // namespace sfu::room
