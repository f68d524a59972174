// SPDX-License-Identifier: Apache-2.0
#include "client/convert.hpp"

namespace sfu::client {
namespace {

sfu::TrackSource to_source(livekit::TrackSource source) {
  switch (source) {
    case livekit::CAMERA: return sfu::TrackSource::kCamera;
    case livekit::MICROPHONE: return sfu::TrackSource::kMicrophone;
    case livekit::SCREEN_SHARE: return sfu::TrackSource::kScreenShare;
    case livekit::SCREEN_SHARE_AUDIO: return sfu::TrackSource::kScreenShareAudio;
    default: return sfu::TrackSource::kUnknown;
  }
}

livekit::TrackSource from_source(sfu::TrackSource source) {
  switch (source) {
    case sfu::TrackSource::kCamera: return livekit::CAMERA;
    case sfu::TrackSource::kMicrophone: return livekit::MICROPHONE;
    case sfu::TrackSource::kScreenShare: return livekit::SCREEN_SHARE;
    case sfu::TrackSource::kScreenShareAudio: return livekit::SCREEN_SHARE_AUDIO;
    case sfu::TrackSource::kUnknown: break;
  }
  return livekit::UNKNOWN;
}

sfu::ParticipantState to_state(livekit::ParticipantInfo::State state) {
  switch (state) {
    case livekit::ParticipantInfo::JOINED: return ParticipantState::kJoined;
    case livekit::ParticipantInfo::ACTIVE: return ParticipantState::kActive;
    case livekit::ParticipantInfo::DISCONNECTED: return ParticipantState::kDisconnected;
    default: return ParticipantState::kJoining;
  }
}

WallTime from_milliseconds(std::int64_t ms) {
  return WallTime(std::chrono::milliseconds(ms));
}

}  // namespace

rtp::Codec to_codec(MediaCodec codec) {
  switch (codec) {
    case MediaCodec::kOpus: return rtp::Codec::kOpus;
    case MediaCodec::kPcmu: return rtp::Codec::kPcmu;
    case MediaCodec::kPcma: return rtp::Codec::kPcma;
    case MediaCodec::kVp8: return rtp::Codec::kVp8;
    case MediaCodec::kVp9: return rtp::Codec::kVp9;
    case MediaCodec::kH264: return rtp::Codec::kH264;
    case MediaCodec::kH265: return rtp::Codec::kH265;
    case MediaCodec::kAv1: return rtp::Codec::kAv1;
  }
  return rtp::Codec::kUnknown;
}

MediaCodec to_media_codec(rtp::Codec codec) {
  switch (codec) {
    case rtp::Codec::kPcmu: return MediaCodec::kPcmu;
    case rtp::Codec::kPcma: return MediaCodec::kPcma;
    case rtp::Codec::kVp8: return MediaCodec::kVp8;
    case rtp::Codec::kVp9: return MediaCodec::kVp9;
    case rtp::Codec::kH264: return MediaCodec::kH264;
    case rtp::Codec::kH265: return MediaCodec::kH265;
    case rtp::Codec::kAv1: return MediaCodec::kAv1;
    default: return MediaCodec::kOpus;
  }
}

sfu::RoomInfo to_public(const livekit::Room& room) {
  sfu::RoomInfo out;
  out.sid = room.sid();
  out.name = room.name();
  out.metadata = room.metadata();
  out.created_at = from_milliseconds(room.creation_time_ms());
  out.num_participants = room.num_participants();
  out.num_publishers = room.num_publishers();
  out.max_participants = room.max_participants();
  out.empty_timeout = std::chrono::seconds(room.empty_timeout());
  out.departure_timeout = std::chrono::seconds(room.departure_timeout());
  return out;
}

sfu::TrackInfo to_public(const livekit::TrackInfo& track) {
  sfu::TrackInfo out;
  out.sid = track.sid();
  out.name = track.name();
  out.kind = track.type() == livekit::AUDIO   ? TrackKind::kAudio
             : track.type() == livekit::VIDEO ? TrackKind::kVideo
                                              : TrackKind::kData;
  out.source = to_source(track.source());
  out.mime_type = track.mime_type();
  out.muted = track.muted();
  out.simulcast = track.simulcast();
  out.width = track.width();
  out.height = track.height();
  return out;
}

sfu::ParticipantInfo to_public(const livekit::ParticipantInfo& info) {
  sfu::ParticipantInfo out;
  out.sid = info.sid();
  out.identity = info.identity();
  out.name = info.name();
  out.metadata = info.metadata();
  out.attributes = {info.attributes().begin(), info.attributes().end()};
  out.state = to_state(info.state());
  out.joined_at = from_milliseconds(info.joined_at_ms());
  out.is_publisher = info.is_publisher();
  out.hidden = info.permission().hidden();
  for (const livekit::TrackInfo& track : info.tracks()) out.tracks.push_back(to_public(track));
  return out;
}

sfu::StreamInfo to_public(const StreamInfo& info) {
  return {.id = info.id,
          .sender = info.sender,
          .text = info.text,
          .topic = info.topic,
          .mime_type = info.mime_type,
          .name = info.name,
          .size = info.size,
          .attributes = info.attributes,
          .reply_to = info.reply_to};
}

sfu::RpcError to_public(const RpcError& error) {
  return {.code = error.code, .message = error.message, .data = error.data};
}

Disconnect to_public(livekit::DisconnectReason reason, const Error& error) {
  using enum Disconnect::Reason;
  switch (reason) {
    case livekit::CLIENT_INITIATED: return {kClientInitiated, error};
    case livekit::DUPLICATE_IDENTITY: return {kDuplicateIdentity, error};
    case livekit::SERVER_SHUTDOWN: return {kServerShutdown, error};
    case livekit::PARTICIPANT_REMOVED: return {kParticipantRemoved, error};
    case livekit::ROOM_DELETED: return {kRoomDeleted, error};
    case livekit::ROOM_CLOSED: return {kRoomClosed, error};
    case livekit::JOIN_FAILURE: return {kJoinFailed, error};
    default: return {error.message.empty() ? kOther : kLost, error};
  }
}

PublishOptions to_options(std::string cid, const PublishTrack& track) {
  PublishOptions options;
  options.cid = std::move(cid);
  options.name = track.name;
  options.codec = to_codec(track.codec);
  options.source = from_source(track.source);
  options.width = track.width;
  options.height = track.height;
  for (const VideoLayer& layer : track.layers) {
    options.layers.push_back(
        {.rid = layer.rid, .width = layer.width, .height = layer.height, .bitrate = layer.bitrate});
  }
  options.stereo = track.stereo;
  options.muted = track.muted;
  return options;
}

livekit::UpdateTrackSettings to_message(std::string track_sid, const TrackSettings& settings) {
  livekit::UpdateTrackSettings message;
  message.add_track_sids(std::move(track_sid));
  message.set_disabled(settings.disabled);
  message.set_quality(settings.quality == TrackSettings::Quality::kLow      ? livekit::LOW
                      : settings.quality == TrackSettings::Quality::kMedium ? livekit::MEDIUM
                                                                            : livekit::HIGH);
  message.set_width(settings.width);
  message.set_height(settings.height);
  message.set_fps(settings.fps);
  return message;
}

StreamInfo to_stream(bool text, const StreamOptions& options) {
  StreamInfo info;
  info.text = text;
  info.topic = options.topic;
  info.mime_type = options.mime_type;
  info.name = options.name;
  info.attributes = options.attributes;
  info.reply_to = options.reply_to;
  info.destinations = options.to;
  return info;
}

}  // namespace sfu::client
