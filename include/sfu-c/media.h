/* SPDX-License-Identifier: Apache-2.0 */
/* Encoded media, as participants publish and receive it, and out of files. */
#ifndef SFU_C_MEDIA_H
#define SFU_C_MEDIA_H

#include "sfu-c/values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t sfu_codec;
enum {
  SFU_CODEC_OPUS = 0,
  SFU_CODEC_PCMU = 1,
  SFU_CODEC_PCMA = 2,
  SFU_CODEC_VP8 = 3,
  SFU_CODEC_VP9 = 4,
  SFU_CODEC_H264 = 5,
  SFU_CODEC_H265 = 6,
  SFU_CODEC_AV1 = 7
};

/* "VP8", "opus"; "" for an unknown number. Static storage. */
SFU_API const char* sfu_codec_name(sfu_codec codec);
/* Of RTP timestamps, a second; 0 for an unknown number. */
SFU_API uint32_t sfu_codec_clock_rate(sfu_codec codec);

/* What an encoder gives and a decoder takes. VP8, VP9: a frame as in IVF. H264: an access unit with Annex B start
 * codes. AV1: a temporal unit of OBUs with their sizes. Audio: one packet. */
typedef struct sfu_frame {
  uint32_t size;
  uint32_t timestamp; /* in units of sfu_codec_clock_rate() */
  const uint8_t* bytes;
  size_t length;
  sfu_bool is_keyframe; /* audio: always */
} sfu_frame;

/* One encoding of a simulcast. */
typedef struct sfu_video_layer {
  uint32_t size;
  uint32_t width;
  uint32_t height;
  uint32_t bitrate; /* bits a second */
  const char* rid;  /* "q", "h", "f", lowest first */
} sfu_video_layer;

typedef struct sfu_publish_options {
  uint32_t size;
  sfu_codec codec;
  sfu_track_source source;
  uint32_t width;
  uint32_t height;
  sfu_bool stereo;
  sfu_bool muted;
  const char* name;
  const sfu_video_layer* const* layers; /* of a simulcast, two or three; none: one encoding */
  size_t layer_count;
} sfu_publish_options;

typedef int32_t sfu_video_quality;
enum { SFU_VIDEO_QUALITY_HIGH = 0, SFU_VIDEO_QUALITY_MEDIUM = 1, SFU_VIDEO_QUALITY_LOW = 2 };

/* What is wanted of a subscribed video track. `width` and `height` win over `quality`. */
typedef struct sfu_track_settings {
  uint32_t size;
  sfu_bool disabled;
  sfu_video_quality quality;
  uint32_t width;
  uint32_t height;
  uint32_t fps;
} sfu_track_settings;

/* --- files ---------------------------------------------------------------------------------------------------------*/

/* The frames of a file: IVF (VP8, VP9, AV1), a H264 byte stream (Annex B), or Opus in Ogg. */
typedef struct sfu_media_file sfu_media_file;

typedef struct sfu_media_file_info {
  uint32_t size;
  sfu_codec codec;
  uint32_t width; /* 0: the file does not tell */
  uint32_t height;
} sfu_media_file_info;

typedef struct sfu_media_sample {
  uint32_t size;
  const sfu_frame* frame;
  int64_t at_us;       /* since the beginning */
  int64_t duration_us; /* until the next is due */
} sfu_media_sample;

/* Reads the whole file. `frame_interval_us` is for byte streams, which have no times; 0 is 33333. Errors:
 * SFU_ERROR_NOT_FOUND, SFU_ERROR_MALFORMED, SFU_ERROR_UNSUPPORTED. */
SFU_API sfu_status sfu_media_file_open(const char* path, int64_t frame_interval_us, sfu_media_file** file);
SFU_API sfu_status sfu_media_file_release(sfu_media_file* file);
/* Result: `info`. */
SFU_API sfu_status sfu_media_file_get_info(sfu_media_file* file, const sfu_media_file_info** info);
/* Result: `sample`, which is NULL after the last. */
SFU_API sfu_status sfu_media_file_next(sfu_media_file* file, const sfu_media_sample** sample);
SFU_API sfu_status sfu_media_file_rewind(sfu_media_file* file);

#ifdef __cplusplus
}
#endif

#endif
