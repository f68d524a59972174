// SPDX-License-Identifier: Apache-2.0
#include "capi/media.hpp"

#include "capi/values.hpp"

namespace sfu::capi {
namespace {

static_assert(static_cast<int>(MediaCodec::kAv1) == SFU_CODEC_AV1);

VideoLayer from_c(const sfu_video_layer* layer) {
  const auto in = read(layer);
  return {.rid = text(in.rid, "rid"), .width = in.width, .height = in.height, .bitrate = in.bitrate};
}

TrackSettings::Quality to_quality(sfu_video_quality quality) {
  switch (quality) {
    case SFU_VIDEO_QUALITY_HIGH: return TrackSettings::Quality::kHigh;
    case SFU_VIDEO_QUALITY_MEDIUM: return TrackSettings::Quality::kMedium;
    case SFU_VIDEO_QUALITY_LOW: return TrackSettings::Quality::kLow;
    default: refuse_argument("the quality: no such number");
  }
}

}  // namespace

MediaCodec to_codec(sfu_codec codec) {
  return enumerated(codec, MediaCodec::kAv1, "the codec");
}

MediaFrame from_c(const sfu_frame* frame) {
  const auto in = read(frame);
  return {.bytes = bytes(in.bytes, in.length), .timestamp = in.timestamp, .is_keyframe = in.is_keyframe != 0};
}

PublishTrack from_c(const sfu_publish_options* options) {
  const auto in = read(options);
  PublishTrack made;
  made.codec = to_codec(in.codec);
  made.source = to_source(in.source);
  made.name = text(in.name, "name");
  made.width = in.width;
  made.height = in.height;
  made.layers = items(in.layers, in.layer_count, [](const sfu_video_layer* layer) { return from_c(layer); });
  made.stereo = in.stereo != 0;
  made.muted = in.muted != 0;
  return made;
}

TrackSettings from_c(const sfu_track_settings* settings) {
  const auto in = read(settings);
  return {.disabled = in.disabled != 0,
          .quality = to_quality(in.quality),
          .width = in.width,
          .height = in.height,
          .fps = in.fps};
}

}  // namespace sfu::capi

using namespace sfu::capi;

const char* sfu_codec_name(sfu_codec codec) {
  return codec < SFU_CODEC_OPUS || codec > SFU_CODEC_AV1 ? "" : to_string(static_cast<sfu::MediaCodec>(codec));
}

uint32_t sfu_codec_clock_rate(sfu_codec codec) {
  return codec < SFU_CODEC_OPUS || codec > SFU_CODEC_AV1 ? 0 : sfu::clock_rate(static_cast<sfu::MediaCodec>(codec));
}
