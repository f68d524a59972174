// SPDX-License-Identifier: Apache-2.0
// Offers, answers and candidates (signalling 2.5). v0: the client offers on the publisher connection, the server on
// the subscriber one. v1: only the client offers; when the server wants a round it says how many sections it lacks.
#pragma once

#include "base/result.hpp"
#include "room/lifecycle.hpp"
#include "room/publishing.hpp"
#include "room/room_state.hpp"
#include "room/subscribing.hpp"

namespace sfu::room {

class Room;

class Negotiation {
 public:
  static constexpr Duration kAnswerTimeout = std::chrono::seconds(15);
  // Chrome checks its pair every 2.5 s; after this much silence it is gone (signalling 2.5: 10 s, then 5 s more).
  static constexpr Duration kConsentTimeout = std::chrono::seconds(15);

  Negotiation(RoomState& state, Publishing& publishing, Subscribing& subscribing, Lifecycle& lifecycle)
      : state_(state), publishing_(publishing), subscribing_(subscribing), lifecycle_(lifecycle) {}

  // Makes the participant's peers, and they are known from now on. No other codecs than `codecs` are negotiated, either
  // way. Errors: kUnavailable.
  Result<void> create_transports(Room& room, Participant& participant, const std::vector<livekit::Codec>& codecs);
  // v0 with subscriber primary: channels and the first offer.
  void start(Instant now, Participant& participant, Output& out);
  // v0, on a resume: an offer with new ICE credentials.
  void restart(Instant now, Participant& participant, Output& out);

  void offer(Instant now, Participant& participant, const livekit::SessionDescription& offer, Output& out);
  void answer(Instant now, Participant& participant, const livekit::SessionDescription& answer, Output& out);
  void trickle(Instant now, Participant& participant, const livekit::TrickleRequest& request, Output& out);

  // Rounds that are due, and answers that never came.
  void advance(Instant now, Output& out);
  Instant deadline() const { return deadline_; }

 private:
  Result<std::unique_ptr<PeerTransport>> create_transport(Room& room, Participant& participant,
                                                          livekit::SignalTarget target,
                                                          const std::vector<livekit::Codec>& codecs);
  void advance_one(Instant now, Participant& participant, Output& out);
  void send_offer(Instant now, Participant& participant, Output& out);
  void ask_for_offer(Instant now, Participant& participant, Output& out);
  void send_candidates(PeerTransport& transport, const Participant& participant, Output& out);

  RoomState& state_;
  Publishing& publishing_;
  Subscribing& subscribing_;
  Lifecycle& lifecycle_;
  Instant deadline_ = kNever;
};

}  // namespace sfu::room
