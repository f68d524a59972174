// SPDX-License-Identifier: Apache-2.0
#include "webhook/message.hpp"

#include <google/protobuf/util/json_util.h>
#include <livekit_webhook.pb.h>

#include "auth/auth.hpp"
#include "auth/body_digest.hpp"
#include "room/output.hpp"

namespace sfu::webhook {
namespace {

constexpr Duration kTokenLife = std::chrono::minutes(5);

bool is_of_track(EventKind kind) {
  return kind == EventKind::kTrackPublished || kind == EventKind::kTrackUnpublished;
}
bool is_of_room(EventKind kind) {
  return kind == EventKind::kRoomStarted || kind == EventKind::kRoomFinished;
}

livekit::WebhookEvent to_message(const Event& event, bool full_room_in_track_events) {
  const Event::Details& details = *event.details;
  livekit::WebhookEvent message;
  message.set_event(to_string(event.kind));
  message.set_id(event.id);
  message.set_created_at(std::chrono::floor<std::chrono::seconds>(event.at.time_since_epoch()).count());
  if (is_of_track(event.kind) && !full_room_in_track_events) {
    message.mutable_room()->set_sid(details.room.sid());
    message.mutable_room()->set_name(details.room.name());
  } else {
    *message.mutable_room() = details.room;
  }
  if (is_of_room(event.kind)) return message;
  if (!is_of_track(event.kind)) {
    *message.mutable_participant() = details.participant;
    return message;
  }
  message.mutable_participant()->set_sid(details.participant.sid());
  message.mutable_participant()->set_identity(details.participant.identity());
  *message.mutable_track() = details.track;
  return message;
}

}  // namespace

Message Signer::sign(const Event& event, WallTime now) const {
  Message message{
      .event = to_string(event.kind), .id = event.id, .sequence = event.sequence, .body = {}, .authorization = {}};
  // The default form: camelCase, defaults left out, 64-bit numbers as text. Fails for text that is not UTF-8 only,
  // which no message that came by the wire holds.
  (void)google::protobuf::util::MessageToJsonString(to_message(event, full_room_in_track_events), &message.body);
  Claims claims;
  claims.sha256 = auth::body_digest(message.body);
  message.authorization = auth::make_token(claims, api_key, secret, now, kTokenLife);
  return message;
}

}  // namespace sfu::webhook
