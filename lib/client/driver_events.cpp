// SPDX-License-Identifier: Apache-2.0
// What the Room tells, in the observer's words.
#include "client/convert.hpp"
#include "client/driver.hpp"
#include "wire/infos.hpp"

namespace sfu::client {

void Driver::tell_all() {
  for (RoomEvent& event : std::exchange(events_, {})) {
    std::visit([this](auto& one) { tell(one); }, event);
  }
}

void Driver::tell(Joined& event) {
  if (was_ready_) return;  // told as a reconnection, when it is one
  observer_.on_connected(wire::to_info(event.join.room()), wire::to_info(event.join.participant()));
}

void Driver::tell(Ready& event) {
  if (std::exchange(was_ready_, true)) observer_.on_reconnected(!event.rejoined);
  observer_.on_ready();
}

void Driver::tell(Reconnecting& event) {
  observer_.on_reconnecting(event.way == Way::kResume);
}

void Driver::tell(Disconnected& event) {
  for (auto& [id, done] : std::exchange(calls_, {})) done(to_public(RpcError::of(RpcError::kSendFailed)));
  observer_.on_disconnected(to_public(event.reason, event.error));
}

void Driver::tell(Moved& event) {
  observer_.on_moved(wire::to_info(event.room.room()));
}

void Driver::tell(RosterEvent& event) {
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

void Driver::tell(PublishReady& event) {
  observer_.on_published(event.cid, event.track_sid);
}

void Driver::tell(PublishFailed& event) {
  observer_.on_publish_failed(event.cid, event.error);
}

void Driver::tell(SubscriptionStarted& event) {
  observer_.on_subscribed(event.track_sid, std::string(room_->roster().publisher_of(event.track_sid)),
                          to_media_codec(event.codec));
}

void Driver::tell(SubscriptionEnded& event) {
  observer_.on_unsubscribed(event.track_sid);
}

void Driver::tell(FrameReceived& event) {
  observer_.on_frame(
      event.track_sid, to_media_codec(event.codec),
      {.bytes = event.frame.bytes, .timestamp = event.frame.timestamp, .is_keyframe = event.frame.is_keyframe});
}

void Driver::tell(KeyframeRequested& event) {
  observer_.on_keyframe_requested(event.cid, event.layer);
}

void Driver::tell(UserData& event) {
  observer_.on_data(
      {.sender = event.sender, .topic = event.topic, .payload = event.payload, .reliable = event.reliable});
}

void Driver::tell(StreamEvent& event) {
  if (const auto* opened = std::get_if<StreamOpened>(&event)) {
    observer_.on_stream_opened(to_public(opened->info));
  } else if (const auto* data = std::get_if<StreamData>(&event)) {
    observer_.on_stream_data(data->sender, data->id, data->bytes);
  } else if (const auto* closed = std::get_if<StreamClosed>(&event)) {
    observer_.on_stream_closed(closed->sender, closed->id, closed->error ? &*closed->error : nullptr);
  }
}

void Driver::tell(TextReceived& event) {
  observer_.on_text(to_public(event.info), event.text);
}

void Driver::tell(RpcInvoked& event) {
  const auto handler = handlers_.find(event.method);
  if (handler == handlers_.end()) return;  // removed meanwhile; the caller's time will run out
  handler->second({.caller = event.caller, .method = event.method, .payload = event.payload, .timeout = event.timeout},
                  event.id);
}

void Driver::tell(RpcCompleted& event) {
  const auto call = calls_.find(event.id);
  if (call == calls_.end()) return;
  const auto done = std::move(call->second);
  calls_.erase(call);
  if (event.error) return done(to_public(*event.error));
  done(std::move(event.payload));
}

void Driver::tell(ServerMessage& event) {
  if (!event.message.has_speakers_changed()) return;
  std::map<std::string, double> levels;
  for (const livekit::SpeakerInfo& speaker : event.message.speakers_changed().speakers()) {
    const double level = speaker.active() ? speaker.level() : 0;
    if (speaker.sid() == room_->roster().self().sid()) levels[room_->roster().self().identity()] = level;
    for (const auto& [identity, info] : room_->roster().others()) {
      if (info.sid() == speaker.sid()) levels[identity] = level;
    }
  }
  if (!levels.empty()) observer_.on_speakers(levels);
}

}  // namespace sfu::client
