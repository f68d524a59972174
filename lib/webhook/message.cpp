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

std::int64_t to_seconds(WallTime time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}
std::int64_t to_nanoseconds(WallTime time) {
  return time.time_since_epoch().count();
}

livekit::WebhookEvent to_message(const Event& event, bool full_room_in_track_events) {
  const Event::Details& details = *event.details;
  livekit::WebhookEvent message;
  message.set_event(to_string(event.kind));
  message.set_id(event.id);
  message.set_created_at(to_seconds(event.at));
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

void add(const EgressFile& file, livekit::EgressInfo& to) {
  livekit::FileInfo& info = *to.add_file_results();
  info.set_filename(file.filename);
  info.set_started_at(to_nanoseconds(file.started_at));
  info.set_ended_at(to_nanoseconds(file.ended_at));
  info.set_duration(file.duration.count());
  info.set_size(static_cast<std::int64_t>(file.size));
  info.set_location(file.location);
}

void add(const EgressStream& stream, livekit::EgressInfo& to) {
  livekit::StreamInfo& info = *to.add_stream_results();
  info.set_url(stream.url);
  info.set_started_at(to_nanoseconds(stream.started_at));
  info.set_ended_at(to_nanoseconds(stream.ended_at));
  info.set_duration(stream.duration.count());
  info.set_status(static_cast<livekit::StreamInfo::Status>(stream.status));
  info.set_error(stream.error);
}

// The enumerations have the protocol's numbers.
static_assert(static_cast<int>(EgressStatus::kLimitReached) == livekit::EGRESS_LIMIT_REACHED);
static_assert(static_cast<int>(EgressStream::Status::kFailed) == livekit::StreamInfo::FAILED);

livekit::WebhookEvent to_message(const Announcement& announcement) {
  const EgressInfo& egress = announcement.egress;
  livekit::WebhookEvent message;
  message.set_event(event_of(egress.status));
  message.set_id(announcement.id);
  message.set_created_at(to_seconds(announcement.at));
  message.mutable_room()->set_sid(egress.room_id);
  message.mutable_room()->set_name(egress.room_name);
  livekit::EgressInfo& info = *message.mutable_egress_info();
  info.set_egress_id(egress.egress_id);
  info.set_room_id(egress.room_id);
  info.set_room_name(egress.room_name);
  info.set_status(static_cast<livekit::EgressStatus>(egress.status));
  info.set_error(egress.error);
  info.set_started_at(to_nanoseconds(egress.started_at));
  info.set_updated_at(to_nanoseconds(egress.updated_at));
  info.set_ended_at(to_nanoseconds(egress.ended_at));
  for (const EgressFile& file : egress.files) add(file, info);
  for (const EgressStream& stream : egress.streams) add(stream, info);
  return message;
}

Message sign_message(const Signer& signer, const livekit::WebhookEvent& event, std::uint64_t sequence, WallTime now) {
  Message message{.event = event.event(), .id = event.id(), .sequence = sequence, .body = {}, .authorization = {}};
  // The default form: camelCase, defaults left out, 64-bit numbers as text. Fails for text that is not UTF-8 only,
  // which no message that came by the wire holds, and no announcement.
  (void)google::protobuf::util::MessageToJsonString(event, &message.body);
  Claims claims;
  claims.sha256 = auth::body_digest(message.body);
  message.authorization = auth::make_token(claims, signer.api_key, signer.secret, now, kTokenLife);
  return message;
}

}  // namespace

const char* event_of(EgressStatus status) {
  switch (status) {
    case EgressStatus::kStarting: return "egress_started";
    case EgressStatus::kActive:
    case EgressStatus::kEnding: return "egress_updated";
    default: return "egress_ended";
  }
}

Message Signer::sign(const Event& event, WallTime now) const {
  return sign_message(*this, to_message(event, full_room_in_track_events), event.sequence, now);
}

Message Signer::sign(const Announcement& announcement, WallTime now) const {
  return sign_message(*this, to_message(announcement), 0, now);
}

}  // namespace sfu::webhook
