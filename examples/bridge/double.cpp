// SPDX-License-Identifier: Apache-2.0
#include "double.hpp"

sfu::Result<std::unique_ptr<Double>> Double::create(const sfu::Room& room, const std::string& identity,
                                                    const sfu::ParticipantInfo& original, AskForKeyFrame ask) {
  sfu::LocalParticipantOptions options;
  options.claims.identity = identity;
  options.claims.name = original.name.empty() ? original.identity : original.name;
  options.claims.metadata = original.metadata;
  options.claims.attributes = original.attributes;
  options.claims.kind = sfu::ParticipantKind::kBridge;
  options.claims.video.emplace().can_update_own_metadata = true;
  options.auto_subscribe = options.receive_frames = false;  // the hidden participant of this room listens
  std::unique_ptr<Double> made(new Double(std::move(ask)));
  auto joined = room.join(options, *made);
  if (!joined) return sfu::Failure{joined.error()};
  made->me_ = *std::move(joined);
  made->told_ = original;
  return made;
}

void Double::update(const sfu::ParticipantInfo& original) {
  if (original.name == told_.name && original.metadata == told_.metadata && original.attributes == told_.attributes) {
    return;
  }
  auto changes = original.attributes;
  for (const auto& [key, value] : told_.attributes) changes.emplace(key, "");  // those that are gone
  told_ = original;
  me_->update(original.name.empty() ? original.identity : original.name, original.metadata, changes);
}

void Double::publish(const sfu::TrackInfo& track, sfu::MediaCodec codec) {
  me_->publish(track.sid, {.codec = codec,
                           .source = track.source,
                           .name = track.name,
                           .width = track.width,
                           .height = track.height,
                           .muted = track.muted});
}

void Double::send_data(const sfu::DataMessage& message) {
  me_->send_data(message.payload, message.topic, {}, message.reliable);
}

void Double::send_text(const sfu::StreamInfo& info, const std::string& text) {
  me_->send_text(text, {.topic = info.topic, .attributes = info.attributes, .mime_type = info.mime_type});
}

void Double::on_keyframe_requested(const std::string& id, std::size_t) {
  ask_(id);
}
