// SPDX-License-Identifier: Apache-2.0
// What becomes of the matter when the host's policy has decided, or has taken too long.
#include <utility>

#include "room/room.hpp"
#include "room/room_parts.hpp"

namespace sfu::room {

void Room::decide(Instant now, QuestionId id, const Verdict& verdict, Output& out) {
  parts_->decide(now, id, verdict, out);
  parts_->settle(now, out);
}

void RoomParts::decide(Instant now, QuestionId id, const Verdict& verdict, Output& out) {
  const auto question = state.questions.take(id);
  auto* participant = question ? state.roster.find(question->participant) : nullptr;
  if (participant == nullptr) return;
  if (const auto* track = std::get_if<livekit::AddTrackRequest>(&question->matter)) {
    publishing.decided(now, *participant, *track, verdict, out);
  } else if (const auto* data_track = std::get_if<livekit::PublishDataTrackRequest>(&question->matter)) {
    data_publishing.decided(now, *participant, *data_track, verdict, out);
  } else if (const auto& [sid, of_data] = std::get<SubscriptionQuestion>(question->matter); of_data) {
    data_subscribing.decided(*participant, sid, id, verdict.allowed);
  } else {
    subscribing.decided(*participant, sid, id, verdict.allowed);
  }
}

void RoomParts::deny_overdue(Instant now, Output& out) {
  while (const auto id = state.questions.overdue(now)) {
    decide(now, *id, Verdict::deny("the server did not decide in time"), out);
  }
}

// The other room's policy may see it otherwise.
void RoomParts::ask_again(Instant now, Participant& participant, const std::vector<Matter>& requests, Output& out) {
  for (const Matter& matter : requests) {
    if (const auto* track = std::get_if<livekit::AddTrackRequest>(&matter)) {
      publishing.add_track(now, participant, *track, out);
    } else if (const auto* data_track = std::get_if<livekit::PublishDataTrackRequest>(&matter)) {
      data_publishing.publish(now, participant, *data_track, out);
    }
  }
}

}  // namespace sfu::room
