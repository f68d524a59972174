// SPDX-License-Identifier: Apache-2.0
#include "room/room_news.hpp"

#include <algorithm>

#include "room/join_response.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

void RoomNews::set_metadata(std::string metadata) {
  state_.info.set_metadata(std::move(metadata));
  urgent_ = true;
}

void RoomNews::send_to(const Participant& participant, Output& out) {
  livekit::SignalResponse message;
  *message.mutable_room_update()->mutable_room() = state_.info;
  send(out, participant, std::move(message));
}

void RoomNews::advance(Instant now, Output& out) {
  if (std::exchange(state_.counts_changed, false)) {
    count_participants(state_);
    urgent_ |= told_recording_ != state_.info.active_recording();
    if (due_ == kNever) due_ = std::max(now, last_ + kInterval);
  }
  if (!urgent_ && now < due_) return;
  urgent_ = false;
  due_ = kNever;
  last_ = now;
  told_recording_ = state_.info.active_recording();
  state_.roster.for_each([&](const Participant& participant) {
    if (participant.profile.reachable()) send_to(participant, out);
  });
}

}  // namespace sfu::room
