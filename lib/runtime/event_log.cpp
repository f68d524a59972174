// SPDX-License-Identifier: Apache-2.0
#include "runtime/event_log.hpp"

#include <array>
#include <string_view>
#include <vector>

#include "wire/infos.hpp"

namespace sfu::runtime {
namespace {

using Type = room::Event::Type;

const char* message_of(Type type) {
  switch (type) {
    case Type::kRoomStarted: return "room started";
    case Type::kRoomFinished: return "room finished";
    case Type::kParticipantJoined: return "participant active";
    case Type::kParticipantLeft: return "participant left";
    case Type::kParticipantConnectionAborted: return "participant connection aborted";
    case Type::kParticipantUpdated: return "participant updated";
    case Type::kTrackPublished: return "track published";
    case Type::kTrackUnpublished: return "track unpublished";
    case Type::kTrackSubscribed: return "track subscribed";
    case Type::kTrackUnsubscribed: return "track unsubscribed";
  }
  return "";
}

// Of subscriptions there are as many as participants times tracks.
LogLevel level_of(Type type) {
  switch (type) {
    case Type::kParticipantUpdated:
    case Type::kTrackSubscribed:
    case Type::kTrackUnsubscribed: return LogLevel::kDebug;
    default: return LogLevel::kInfo;
  }
}

// By number, as in DisconnectReason. Not by the descriptors of Protobuf, which take half a megabyte to be asked.
constexpr std::array<std::string_view, 17> kReasons{
    "UNKNOWN_REASON", "CLIENT_INITIATED", "DUPLICATE_IDENTITY", "SERVER_SHUTDOWN",   "PARTICIPANT_REMOVED",
    "ROOM_DELETED",   "STATE_MISMATCH",   "JOIN_FAILURE",       "MIGRATION",         "SIGNAL_CLOSE",
    "ROOM_CLOSED",    "USER_UNAVAILABLE", "USER_REJECTED",      "SIP_TRUNK_FAILURE", "CONNECTION_TIMEOUT",
    "MEDIA_FAILURE",  "AGENT_ERROR"};

std::string_view reason_of(const livekit::ParticipantInfo& participant) {
  const auto number = static_cast<std::size_t>(participant.disconnect_reason());
  return number < kReasons.size() ? kReasons[number] : "";
}

bool has_left(Type type) {
  return type == Type::kParticipantLeft || type == Type::kParticipantConnectionAborted;
}

}  // namespace

void log_event(const Log& log, const room::Event& event) {
  const LogLevel level = level_of(event.type);
  if (!log.enabled(level)) return;
  std::vector<LogField> fields{{"room", event.room.name()}, {"roomID", event.room.sid()}};
  const auto& participant = event.participant;
  if (!participant.sid().empty()) {
    fields.push_back({"participant", participant.identity()});
    fields.push_back({"pID", participant.sid()});
  }
  const auto& track = event.track;
  if (!track.sid().empty()) {
    fields.push_back({"trackID", track.sid()});
    fields.push_back({"kind", to_string(wire::to_kind(track))});
    fields.push_back({"source", to_string(wire::to_source(track.source()))});
    fields.push_back({"mime", track.mime_type()});
    if (event.publisher_sid != participant.sid()) fields.push_back({"publisherID", event.publisher_sid});
  }
  if (has_left(event.type)) {
    fields.push_back({"reason", reason_of(participant)});
  }
  log.write(level, message_of(event.type), fields);
}

}  // namespace sfu::runtime
