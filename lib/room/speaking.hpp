// SPDX-License-Identifier: Apache-2.0
// Who speaks (signalling 2.11): at intervals (RoomOptions::speakers) the levels of all microphones, told to those who
// hear them.
#pragma once

#include <span>
#include <vector>

#include "media/speaker_ranking.hpp"
#include "room/room_state.hpp"
#include "room/subscribing.hpp"

namespace sfu::room {

class Speaking {
 public:
  static constexpr int kSpeakerProtocol = 3;

  Speaking(RoomState& state, const Subscribing& subscribing) : state_(state), subscribing_(subscribing) {}

  void advance(Instant now, Output& out);
  // `recipient` begins to hear `subject`, which may be speaking.
  void tell_of(Participant& recipient, const Participant& subject, Output& out) const;
  // Its client may have missed anything while its signalling connection was being lost: it is told who speaks now, and
  // who does not any more.
  void resumed(Instant now, Participant& recipient, Output& out) const;
  // Whoever may know is told that the participant speaks, and after a while that it does not.
  void simulate(Instant now, const Participant& participant, Duration duration, Output& out);
  // The ticks go on only while someone has a microphone here, and one more to say that the last one fell silent.
  void tracks_changed(Instant now);
  Instant deadline() const;

 private:
  struct Simulated {
    ParticipantId id;
    Instant until;
  };
  bool gather(Instant now);
  void tell(Instant now, std::span<const media::SpeakerRanking::Speaker> changes, Output& out);
  void drop_heard(Participant& recipient) const;

  RoomState& state_;
  const Subscribing& subscribing_;
  media::SpeakerRanking ranking_;
  std::vector<media::SpeakerRanking::Speaker> levels_;
  std::vector<Simulated> simulated_;
  Instant due_ = kNever;
};

}  // namespace sfu::room
