// SPDX-License-Identifier: Apache-2.0
#include "participant/herald.hpp"

#include <utility>

#include "participant/convert.hpp"
#include "wire/infos.hpp"

namespace sfu {

struct RpcResponder::State {
  std::string id;
  participant::Herald::Answer answer;
};

namespace participant {

void Herald::tell(std::vector<RoomEvent>& events, const Roster& roster) {
  for (RoomEvent& event : std::exchange(events, {})) {
    std::visit([&](auto& one) { tell(one, roster); }, event);
  }
}

void Herald::tell(Joined& event, const Roster&) {
  if (was_ready_) return;  // told as a reconnection, when it is one
  observer_.on_connected(wire::to_info(event.join.room()), wire::to_info(event.join.participant()));
}

void Herald::tell(Ready& event, const Roster&) {
  if (std::exchange(was_ready_, true)) observer_.on_reconnected(!event.rejoined);
  observer_.on_ready();
}

void Herald::tell(Reconnecting& event, const Roster&) {
  observer_.on_reconnecting(event.resuming);
}

void Herald::tell(Disconnected& event, const Roster&) {
  for (auto& [id, done] : std::exchange(calls_, {})) done(to_public(RpcError::of(RpcError::kSendFailed)));
  observer_.on_disconnected(to_public(event.reason, event.error));
}

void Herald::tell(Moved& event, const Roster&) {
  observer_.on_moved(wire::to_info(event.room.room()));
}

void Herald::tell(RosterEvent& event, const Roster&) {
  if (const auto* joined = std::get_if<ParticipantJoined>(&event)) {
    observer_.on_participant_joined(wire::to_info(joined->info));
  } else if (const auto* changed = std::get_if<ParticipantChanged>(&event)) {
    observer_.on_participant_changed(wire::to_info(changed->info));
  } else if (const auto* left = std::get_if<ParticipantLeft>(&event)) {
    observer_.on_participant_left(wire::to_info(left->info));
  } else if (const auto* announced = std::get_if<TrackAnnounced>(&event)) {
    observer_.on_track_published(announced->identity, wire::to_info(announced->track));
  } else if (const auto* track = std::get_if<TrackChanged>(&event)) {
    observer_.on_track_changed(track->identity, wire::to_info(track->track));
  } else if (const auto* gone = std::get_if<TrackGone>(&event)) {
    observer_.on_track_unpublished(gone->identity, wire::to_info(gone->track));
  }
}

void Herald::tell(PublishReady& event, const Roster&) {
  observer_.on_published(event.cid, event.track_sid);
}

void Herald::tell(PublishFailed& event, const Roster&) {
  observer_.on_publish_failed(event.cid, event.error);
}

void Herald::tell(SubscriptionStarted& event, const Roster& roster) {
  observer_.on_subscribed(event.track_sid, std::string(roster.publisher_of(event.track_sid)),
                          to_media_codec(event.codec));
}

void Herald::tell(SubscriptionEnded& event, const Roster&) {
  observer_.on_unsubscribed(event.track_sid);
}

void Herald::tell(FrameReceived& event, const Roster&) {
  observer_.on_frame(
      event.track_sid, to_media_codec(event.codec),
      {.bytes = event.frame.bytes, .timestamp = event.frame.timestamp, .is_keyframe = event.frame.is_keyframe});
}

void Herald::tell(KeyframeRequested& event, const Roster&) {
  observer_.on_keyframe_requested(event.cid, event.layer);
}

void Herald::tell(UserData& event, const Roster&) {
  observer_.on_data(
      {.sender = event.sender, .topic = event.topic, .payload = event.payload, .reliable = event.reliable});
}

void Herald::tell(StreamEvent& event, const Roster&) {
  if (const auto* opened = std::get_if<StreamOpened>(&event)) {
    observer_.on_stream_opened(to_public(opened->info));
  } else if (const auto* data = std::get_if<StreamData>(&event)) {
    observer_.on_stream_data(data->sender, data->id, data->bytes);
  } else if (const auto* closed = std::get_if<StreamClosed>(&event)) {
    observer_.on_stream_closed(closed->sender, closed->id, closed->error ? &*closed->error : nullptr);
  }
}

void Herald::tell(TextReceived& event, const Roster&) {
  observer_.on_text(to_public(event.info), event.text);
}

void Herald::tell(RpcInvoked& event, const Roster&) {
  const auto handler = handlers_.find(event.method);
  if (handler == handlers_.end()) return;  // removed meanwhile; the caller's time will run out
  auto state = std::make_shared<sfu::RpcResponder::State>(event.id, answer_);
  handler->second({.caller = event.caller, .method = event.method, .payload = event.payload, .timeout = event.timeout},
                  sfu::RpcResponder(std::move(state)));
}

void Herald::tell(RpcCompleted& event, const Roster&) {
  const auto call = calls_.find(event.id);
  if (call == calls_.end()) return;
  const auto done = std::move(call->second);
  calls_.erase(call);
  if (event.error) return done(to_public(*event.error));
  done(std::move(event.payload));
}

void Herald::tell(ServerMessage& event, const Roster& roster) {
  if (!event.message.has_speakers_changed()) return;
  std::map<std::string, double> levels;
  for (const livekit::SpeakerInfo& speaker : event.message.speakers_changed().speakers()) {
    const double level = speaker.active() ? speaker.level() : 0;
    if (speaker.sid() == roster.self().sid()) levels[roster.self().identity()] = level;
    for (const auto& [identity, info] : roster.others()) {
      if (info.sid() == speaker.sid()) levels[identity] = level;
    }
  }
  if (!levels.empty()) observer_.on_speakers(levels);
}

}  // namespace participant

void RpcResponder::operator()(RpcResult result) const {
  state_->answer(state_->id, std::move(result));
}

}  // namespace sfu
