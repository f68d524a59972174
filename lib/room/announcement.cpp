// SPDX-License-Identifier: Apache-2.0
#include "room/announcement.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace sfu::room {

namespace {

rtp::MediaKind kind_of_type(livekit::TrackType type) {
  return type == livekit::AUDIO ? rtp::MediaKind::kAudio : rtp::MediaKind::kVideo;
}

std::string default_stream(livekit::TrackSource source) {
  switch (source) {
    case livekit::CAMERA:
    case livekit::MICROPHONE: return "camera";
    case livekit::SCREEN_SHARE:
    case livekit::SCREEN_SHARE_AUDIO: return "screen";
    default: return "unknown";
  }
}

// Clients write "vp8", "VP8" or "video/vp8".
rtp::Codec codec_called(std::string_view name, rtp::MediaKind kind) {
  return name.contains('/') ? rtp::codec_from_mime(name) : rtp::codec_from_name(kind, name);
}

// As "video/VP8"; replaced if it is not enabled. "" if nothing of the kind is.
std::string enabled_mime_type(std::string_view name, rtp::MediaKind kind, std::span<const livekit::Codec> enabled) {
  const auto codec = codec_called(name, kind);
  const livekit::Codec* first_of_kind = nullptr;
  for (const auto& candidate : enabled) {
    const auto other = rtp::codec_from_mime(candidate.mime());
    if (other == rtp::Codec::kUnknown || rtp::kind_of(other) != kind) continue;
    if (other == codec) return std::string(rtp::mime_type(codec));
    if (first_of_kind == nullptr) first_of_kind = &candidate;
  }
  return first_of_kind != nullptr ? first_of_kind->mime() : std::string();
}

bool is_svc(std::string_view mime_type) {
  const auto codec = rtp::codec_from_mime(mime_type);
  return codec == rtp::Codec::kVp9 || codec == rtp::Codec::kAv1;
}

void sort_by_quality(google::protobuf::RepeatedPtrField<livekit::VideoLayer>& layers) {
  std::ranges::stable_sort(layers, {}, &livekit::VideoLayer::quality);
}

void add_codecs(livekit::TrackInfo& info, const livekit::AddTrackRequest& request,
                std::span<const livekit::Codec> enabled) {
  for (const auto& wanted : request.simulcast_codecs()) {
    auto mime_type = enabled_mime_type(wanted.codec(), kind_of_type(request.type()), enabled);
    const bool known = std::ranges::any_of(
        info.codecs(), [&](const livekit::SimulcastCodecInfo& codec) { return codec.mime_type() == mime_type; });
    if (mime_type.empty() || known) continue;
    auto* codec = info.add_codecs();
    codec->set_cid(wanted.cid());
    *codec->mutable_layers() = wanted.layers().empty() ? request.layers() : wanted.layers();
    sort_by_quality(*codec->mutable_layers());
    if (request.type() == livekit::VIDEO) {
      codec->set_video_layer_mode(wanted.video_layer_mode() != livekit::VideoLayer::MODE_UNUSED
                                      ? wanted.video_layer_mode()
                                  : is_svc(mime_type) ? livekit::VideoLayer::MULTIPLE_SPATIAL_LAYERS_PER_STREAM
                                                      : livekit::VideoLayer::ONE_SPATIAL_LAYER_PER_STREAM);
    }
    codec->set_mime_type(std::move(mime_type));
  }
  if (info.codecs_size() > 0) return;
  auto* codec = info.add_codecs();
  codec->set_cid(request.cid());
  *codec->mutable_layers() = info.layers();
  codec->set_video_layer_mode(livekit::VideoLayer::ONE_SPATIAL_LAYER_PER_STREAM);
}

}  // namespace

std::string track_sid_prefix(livekit::TrackType type, livekit::TrackSource source) {
  std::string prefix = type == livekit::AUDIO ? "TR_A" : "TR_V";
  switch (source) {
    case livekit::CAMERA: return prefix + 'C';
    case livekit::MICROPHONE: return prefix + 'M';
    case livekit::SCREEN_SHARE: return prefix + 'S';
    case livekit::SCREEN_SHARE_AUDIO: return prefix + 's';
    default: return prefix;
  }
}

livekit::TrackInfo make_track_info(const livekit::AddTrackRequest& request, std::string sid,
                                   std::span<const livekit::Codec> enabled) {
  livekit::TrackInfo info;
  info.set_sid(std::move(sid));
  info.set_type(request.type());
  info.set_name(request.name());
  info.set_source(request.source());
  info.set_muted(request.muted());
  info.set_width(request.width());
  info.set_height(request.height());
  info.set_disable_red(request.disable_red());
  info.set_encryption(request.encryption());
  info.set_stream(request.stream().empty() ? default_stream(request.source()) : request.stream());
  // Sound in two codecs is to be had in both, unless its publisher insists.
  const bool regresses = request.type() != livekit::AUDIO || request.backup_codec_policy() == livekit::REGRESSION;
  info.set_backup_codec_policy(regresses ? request.backup_codec_policy() : livekit::SIMULCAST);
  *info.mutable_packet_trailer_features() = request.packet_trailer_features();
  *info.mutable_layers() = request.layers();
  sort_by_quality(*info.mutable_layers());
  auto features = request.audio_features();  // native clients name some for video too
  if (request.stereo()) features.Add(livekit::TF_STEREO);
  if (request.disable_dtx()) features.Add(livekit::TF_NO_DTX);
  set_audio_features(info, features);
  add_codecs(info, request, enabled);
  const auto& primary = info.codecs(0);
  info.set_simulcast(primary.layers_size() > 1 && !is_svc(primary.mime_type()));
  return info;
}

void set_audio_features(livekit::TrackInfo& info, const google::protobuf::RepeatedField<int>& features) {
  info.clear_audio_features();
  for (const int feature : features) {
    const auto& present = info.audio_features();
    if (livekit::AudioTrackFeature_IsValid(feature) && std::ranges::find(present, feature) == present.end()) {
      info.add_audio_features(static_cast<livekit::AudioTrackFeature>(feature));
    }
  }
  const auto& present = info.audio_features();
  info.set_stereo(std::ranges::find(present, livekit::TF_STEREO) != present.end());
  info.set_disable_dtx(std::ranges::find(present, livekit::TF_NO_DTX) != present.end());
}

std::span<const livekit::Codec> supported_codecs() {
  // Video first: JS negotiates in parallel with AddTrack only if it finds a video codec in the list.
  static const auto kCodecs = [] {
    constexpr std::array kOrder = {rtp::Codec::kVp8,  rtp::Codec::kH264, rtp::Codec::kVp9,
                                   rtp::Codec::kAv1,  rtp::Codec::kH265, rtp::Codec::kPcmu,
                                   rtp::Codec::kPcma, rtp::Codec::kOpus, rtp::Codec::kRed};
    std::vector<livekit::Codec> codecs(kOrder.size());
    for (std::size_t i = 0; i < kOrder.size(); ++i) codecs[i].set_mime(std::string(rtp::mime_type(kOrder[i])));
    return codecs;
  }();
  return kCodecs;
}

std::optional<std::size_t> announce_backup(livekit::TrackInfo& info, const livekit::AddTrackRequest& request) {
  for (const auto& wanted : request.simulcast_codecs()) {
    const auto named = codec_called(wanted.codec(), kind_of_type(info.type()));
    for (int index = 1; index < info.codecs_size(); ++index) {
      auto& codec = *info.mutable_codecs(index);
      if (rtp::codec_from_mime(codec.mime_type()) != named) continue;
      codec.set_cid(wanted.cid().empty() ? request.cid() : wanted.cid());
      *codec.mutable_layers() = wanted.layers().empty() ? request.layers() : wanted.layers();
      sort_by_quality(*codec.mutable_layers());
      return static_cast<std::size_t>(index);
    }
  }
  return std::nullopt;
}

bool has_cid(const livekit::SimulcastCodecInfo& codec, std::string_view cid) {
  return !cid.empty() && (codec.cid() == cid || codec.sdp_cid() == cid);
}

bool has_cid(const livekit::TrackInfo& info, std::string_view cid) {
  return std::ranges::any_of(info.codecs(), [&](const auto& codec) { return has_cid(codec, cid); });
}

rtp::Codec announced_codec(const livekit::TrackInfo& info, std::size_t index) {
  const int entry = static_cast<int>(index);
  return entry < info.codecs_size() ? rtp::codec_from_mime(info.codecs(entry).mime_type()) : rtp::Codec::kUnknown;
}

}  // namespace sfu::room
