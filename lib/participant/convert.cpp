// SPDX-License-Identifier: Apache-2.0
#include "participant/convert.hpp"

#include "wire/infos.hpp"

namespace sfu::participant {
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
  options.source = wire::to_message(track.source);
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

}  // namespace sfu::participant

namespace sfu {

const char* to_string(MediaCodec codec) noexcept {
  switch (codec) {
    case MediaCodec::kOpus: return "opus";
    case MediaCodec::kPcmu: return "PCMU";
    case MediaCodec::kPcma: return "PCMA";
    case MediaCodec::kVp8: return "VP8";
    case MediaCodec::kVp9: return "VP9";
    case MediaCodec::kH264: return "H264";
    case MediaCodec::kH265: return "H265";
    case MediaCodec::kAv1: return "AV1";
  }
  return "unknown";
}

bool is_video(MediaCodec codec) noexcept {
  return rtp::kind_of(participant::to_codec(codec)) == rtp::MediaKind::kVideo;
}

std::uint32_t clock_rate(MediaCodec codec) noexcept {
  return rtp::clock_rate(participant::to_codec(codec));
}

const char* to_string(Disconnect::Reason reason) noexcept {
  switch (reason) {
    case Disconnect::Reason::kClientInitiated: return "client_initiated";
    case Disconnect::Reason::kDuplicateIdentity: return "duplicate_identity";
    case Disconnect::Reason::kServerShutdown: return "server_shutdown";
    case Disconnect::Reason::kParticipantRemoved: return "participant_removed";
    case Disconnect::Reason::kRoomDeleted: return "room_deleted";
    case Disconnect::Reason::kRoomClosed: return "room_closed";
    case Disconnect::Reason::kJoinFailed: return "join_failed";
    case Disconnect::Reason::kLost: return "lost";
    case Disconnect::Reason::kOther: return "other";
  }
  return "other";
}

}  // namespace sfu
