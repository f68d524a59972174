// SPDX-License-Identifier: Apache-2.0
#include "capi/media.hpp"

#include <mutex>

#include "capi/handles.hpp"
#include "capi/kinds.hpp"
#include "capi/results.hpp"
#include "capi/values.hpp"

namespace sfu::capi {
namespace {

static_assert(static_cast<int>(MediaCodec::kAv1) == SFU_CODEC_AV1);

struct File {
  explicit File(MediaFile opened) : media(std::move(opened)) {}
  std::mutex mutex;  // a file has a position
  MediaFile media;
};

VideoLayer from_c(const sfu_video_layer* layer) {
  const auto in = read(layer);
  return {.rid = text(in.rid), .width = in.width, .height = in.height, .bitrate = in.bitrate};
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

template <>
struct Handle<sfu_media_file> {
  using Object = File;
  static constexpr unsigned kKind = kinds::kMediaFile;
  static constexpr const char* kName = "sfu_media_file";
};

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
  made.name = text(in.name);
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

sfu_status sfu_media_file_open(const char* path, int64_t frame_interval_us, sfu_media_file** file) {
  return enter([&] {
    needs_place(file);
    if (frame_interval_us < 0) refuse_argument("frame_interval_us is negative");
    const auto interval = std::chrono::microseconds(frame_interval_us == 0 ? 33333 : frame_interval_us);
    *file = add<sfu_media_file>(std::make_shared<File>(value(sfu::MediaFile::open(text(path), interval))));
  });
}

sfu_status sfu_media_file_release(sfu_media_file* file) {
  return release(file);
}

sfu_status sfu_media_file_get_info(sfu_media_file* file, const sfu_media_file_info** info) {
  return enter([&] {
    needs_place(info);
    const auto object = find(file);
    *info = give([&](Arena& arena) {
      auto* made = arena.make<sfu_media_file_info>();
      made->codec = static_cast<sfu_codec>(object->media.codec());
      made->width = object->media.width();
      made->height = object->media.height();
      return made;
    });
  });
}

sfu_status sfu_media_file_next(sfu_media_file* file, const sfu_media_sample** sample) {
  return enter([&] {
    needs_place(sample);
    const auto object = find(file);
    const std::lock_guard lock(object->mutex);
    const auto next = object->media.next();
    if (!next) {
      *sample = nullptr;
      return;
    }
    *sample = give([&](Arena& arena) {
      auto* frame = arena.make<sfu_frame>();
      *frame = to_c(next->frame);
      frame->bytes = arena.bytes({reinterpret_cast<const char*>(next->frame.bytes.data()), next->frame.bytes.size()});
      auto* made = arena.make<sfu_media_sample>();
      made->frame = frame;
      made->at_us = to_us(next->at);
      made->duration_us = to_us(next->duration);
      return made;
    });
  });
}

sfu_status sfu_media_file_rewind(sfu_media_file* file) {
  return enter([&] {
    const auto object = find(file);
    const std::lock_guard lock(object->mutex);
    object->media.rewind();
  });
}
