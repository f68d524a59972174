// SPDX-License-Identifier: Apache-2.0
#include "capi/client_observer.hpp"

#include "capi/media.hpp"
#include "capi/values.hpp"

namespace sfu::capi {
namespace {

sfu_disconnect_reason to_c(Disconnect::Reason reason) {
  switch (reason) {
    case Disconnect::Reason::kClientInitiated: return SFU_DISCONNECT_CLIENT_INITIATED;
    case Disconnect::Reason::kDuplicateIdentity: return SFU_DISCONNECT_DUPLICATE_IDENTITY;
    case Disconnect::Reason::kServerShutdown: return SFU_DISCONNECT_SERVER_SHUTDOWN;
    case Disconnect::Reason::kParticipantRemoved: return SFU_DISCONNECT_PARTICIPANT_REMOVED;
    case Disconnect::Reason::kRoomDeleted: return SFU_DISCONNECT_ROOM_DELETED;
    case Disconnect::Reason::kRoomClosed: return SFU_DISCONNECT_ROOM_CLOSED;
    case Disconnect::Reason::kJoinFailed: return SFU_DISCONNECT_JOIN_FAILED;
    case Disconnect::Reason::kLost: return SFU_DISCONNECT_LOST;
    case Disconnect::Reason::kOther: return SFU_DISCONNECT_OTHER;
  }
  return SFU_DISCONNECT_OTHER;
}

const sfu_stream_info* to_c(Arena& arena, const StreamInfo& info) {
  auto* made = arena.make<sfu_stream_info>();
  made->text = info.text;
  made->id = arena.text(info.id);
  made->sender = arena.text(info.sender);
  made->topic = arena.text(info.topic);
  made->mime_type = arena.text(info.mime_type);
  made->name = arena.text(info.name);
  made->total_length = info.size ? static_cast<std::int64_t>(*info.size) : -1;
  made->attributes = arena.pairs(info.attributes);
  made->attribute_count = info.attributes.size();
  made->reply_to = arena.text(info.reply_to);
  return made;
}

}  // namespace

// Calls `callback` with the arguments, and last with the struct that `last` makes; nothing is made where nobody hears.
template <typename T, typename Returned, typename... Parameters, typename... Arguments>
void HostObserver::tell(Returned (*callback)(void*, Parameters...), const T& last, Arguments... arguments) {
  if (callback == nullptr) return;
  Arena arena;
  callbacks_(callback, arguments..., to_c(arena, last));
}

void HostObserver::on_connected(const RoomInfo& room, const ParticipantInfo& self) {
  Arena arena;
  tell(callbacks_->on_connected, self, to_c(arena, room));
}
void HostObserver::on_ready() {
  callbacks_(callbacks_->on_ready);
}
void HostObserver::on_reconnecting(bool resuming) {
  callbacks_(callbacks_->on_reconnecting, resuming);
}
void HostObserver::on_reconnected(bool resumed) {
  callbacks_(callbacks_->on_reconnected, resumed);
}
void HostObserver::on_disconnected(const Disconnect& why) {
  const bool failed = why.reason == Disconnect::Reason::kJoinFailed || why.reason == Disconnect::Reason::kLost;
  callbacks_(callbacks_->on_disconnected, to_c(why.reason), failed ? to_status(why.error.code) : SFU_OK,
             why.error.message.c_str());
}
void HostObserver::on_moved(const RoomInfo& room) {
  tell(callbacks_->on_moved, room);
}

void HostObserver::on_participant_joined(const ParticipantInfo& participant) {
  tell(callbacks_->on_participant_joined, participant);
}
void HostObserver::on_participant_changed(const ParticipantInfo& participant) {
  tell(callbacks_->on_participant_changed, participant);
}
void HostObserver::on_participant_left(const ParticipantInfo& participant) {
  tell(callbacks_->on_participant_left, participant);
}
void HostObserver::on_track_published(const std::string& identity, const TrackInfo& track) {
  tell(callbacks_->on_track_published, track, identity.c_str());
}
void HostObserver::on_track_changed(const std::string& identity, const TrackInfo& track) {
  tell(callbacks_->on_track_changed, track, identity.c_str());
}
void HostObserver::on_track_unpublished(const std::string& identity, const TrackInfo& track) {
  tell(callbacks_->on_track_unpublished, track, identity.c_str());
}

void HostObserver::on_speakers(const std::map<std::string, double>& levels) {
  Arena arena;
  const auto* speakers = arena.pointers<sfu_speaker>(levels, [&](const auto& level) {
    auto* made = arena.make<sfu_speaker>();
    made->identity = arena.text(level.first);
    made->level = level.second;
    return made;
  });
  callbacks_(callbacks_->on_speakers, speakers, levels.size());
}

void HostObserver::on_subscribed(const std::string& track_sid, const std::string& identity, MediaCodec codec) {
  callbacks_(callbacks_->on_subscribed, track_sid.c_str(), identity.c_str(), static_cast<sfu_codec>(codec));
}
void HostObserver::on_unsubscribed(const std::string& track_sid) {
  callbacks_(callbacks_->on_unsubscribed, track_sid.c_str());
}
void HostObserver::on_frame(const std::string& track_sid, MediaCodec codec, const MediaFrame& frame) {
  const sfu_frame made = capi::to_c(frame);
  callbacks_(callbacks_->on_frame, track_sid.c_str(), static_cast<sfu_codec>(codec), &made);
}
void HostObserver::on_rtp(const std::string& track_sid, std::span<const std::uint8_t> packet, bool recovered) {
  callbacks_(callbacks_->on_rtp, track_sid.c_str(), packet.data(), packet.size(), recovered);
}

void HostObserver::on_published(const std::string& id, const std::string& track_sid) {
  callbacks_(callbacks_->on_published, id.c_str(), track_sid.c_str());
}
void HostObserver::on_publish_failed(const std::string& id, const Error& error) {
  callbacks_(callbacks_->on_publish_failed, id.c_str(), to_status(error.code), error.message.c_str());
}
void HostObserver::on_keyframe_requested(const std::string& id, std::size_t layer) {
  callbacks_(callbacks_->on_keyframe_requested, id.c_str(), static_cast<std::uint32_t>(layer));
}

void HostObserver::on_data(const DataMessage& message) {
  sfu_data_message made{};
  made.size = sizeof made;
  made.reliable = message.reliable;
  made.sender = message.sender.c_str();
  made.topic = message.topic.c_str();
  made.bytes = message.payload.data();
  made.length = message.payload.size();
  callbacks_(callbacks_->on_data, &made);
}
void HostObserver::on_text(const StreamInfo& info, const std::string& text) {
  Arena arena;
  callbacks_(callbacks_->on_text, to_c(arena, info), text.c_str(), text.size());
}
void HostObserver::on_stream_opened(const StreamInfo& info) {
  tell(callbacks_->on_stream_opened, info);
}
void HostObserver::on_stream_data(const std::string& sender, const std::string& id,
                                  std::span<const std::uint8_t> bytes) {
  callbacks_(callbacks_->on_stream_data, sender.c_str(), id.c_str(), bytes.data(), bytes.size());
}
void HostObserver::on_stream_closed(const std::string& sender, const std::string& id, const Error* error) {
  callbacks_(callbacks_->on_stream_closed, sender.c_str(), id.c_str(), error ? to_status(error->code) : SFU_OK,
             error ? error->message.c_str() : "");
}

}  // namespace sfu::capi
