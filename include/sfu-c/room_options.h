/* SPDX-License-Identifier: Apache-2.0 */
/* What rooms are made with, and what tokens, presets and hosts may ask of one. */
#ifndef SFU_C_ROOM_OPTIONS_H
#define SFU_C_ROOM_OPTIONS_H

#include "sfu-c/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t sfu_duplicate_identity;
enum {
  SFU_DUPLICATE_IDENTITY_REPLACE = 0, /* the older session ends */
  SFU_DUPLICATE_IDENTITY_REFUSE = 1   /* the newcomer is refused with 409, unless the other's signalling is lost */
};

/* The defaults of all rooms of an engine. Numbers are 0 for what their comment says, SFU_NONE for none or no limit. */
typedef struct sfu_room_options {
  uint32_t size;
  sfu_setting auto_create;      /* a join makes the room; default: on */
  int64_t empty_timeout_ms;     /* a room that nobody joined ends after this long; 300000 */
  int64_t departure_timeout_ms; /* a room that everybody left ends after this long; 20000 */
  uint32_t max_participants;    /* no limit */
  sfu_bool sync_streams;        /* tracks of one participant and stream are played in sync */
  /* Mime types that may be published, e.g. "video/VP8", most liked first. None: the protocol's default list. */
  const char* const* enabled_codecs;
  size_t enabled_codec_count;
  const char* metadata;
  int64_t playout_delay_min_ms; /* both 0: subscribers are told nothing */
  int64_t playout_delay_max_ms;
  sfu_setting data_tracks;           /* those who may publish data may publish data tracks; default: on */
  sfu_bool participant_data_blobs;   /* participants may store data blobs for others to fetch */
  uint32_t subscription_limit_video; /* tracks that one participant gets at once; no limit */
  uint32_t subscription_limit_audio;
  int32_t codec_regression_threshold;      /* 5; SFU_NONE: in rooms of any size */
  sfu_bool reconnect_on_publication_error; /* a client must start afresh when a track it announced does not come */
  sfu_bool remote_unmute;                  /* tracks may be unmuted by others than their publisher */
  sfu_duplicate_identity duplicate_identity;
  uint32_t speaker_active_level;     /* -dBov; 35 */
  uint32_t speaker_min_percentile;   /* 40 */
  int64_t speaker_interval_ms;       /* 400 */
  int32_t speaker_smooth_intervals;  /* 2 */
  int64_t keyframe_throttle_low_ms;  /* 500 */
  int64_t keyframe_throttle_mid_ms;  /* 1000 */
  int64_t keyframe_throttle_high_ms; /* 1000 */
  uint32_t packet_buffer_video;      /* packets of each stream that are kept for retransmission; 500 */
  uint32_t packet_buffer_audio;      /* 200 */
  int64_t dynacast_pause_delay_ms;   /* 5000 */
  sfu_setting congestion_control;    /* default: on */
  sfu_bool allow_pause;              /* tracks that do not fit are paused for those who say neither yes nor no */
  uint32_t update_batch_target_size; /* bytes of a message with news of many; 128 KiB */
  int64_t room_name_limit;           /* bytes; 256 */
  int64_t identity_limit;            /* 256 */
  int64_t name_limit;                /* 256 */
  int64_t metadata_limit;            /* 512 KiB */
  int64_t attributes_limit;          /* keys and values together; 64 KiB */
  int64_t data_blob_key_limit;       /* 256 */
  int64_t data_blobs_limit;          /* of one participant, with their keys; 64000 */
  int64_t data_track_encoding_limit; /* of a data track's custom encoding; 32 */
  /* How much a subscriber's connection carries is estimated here, from feedback on every packet; off: the client's own
   * estimate is taken. Default: on. */
  sfu_setting send_side_bwe;
  sfu_bool active_red_encoding; /* sound goes with redundancy (RED) to those who can take it */
  sfu_bool loss_proxying;       /* publishers of sound are told of what their subscribers lose */
  sfu_bool equal_packet_sizes;  /* video is padded, so that the kernel takes more packets in one call */
  /* How much may wait in a participant's data channels before what is sent to it is dropped: of lossy data, and of data
   * tracks, what is older than this would come too late. SFU_NONE: no such limit. */
  int64_t data_channel_lossy_latency_ms; /* 100 */
  int64_t data_channel_track_latency_ms; /* 100 */
  /* Who has had reliable messages waiting for 50 ms, and takes fewer bits a second, is not waited for. 0: everyone is.
   */
  uint64_t data_channel_slow_threshold_bps;
} sfu_room_options;

/* What is wanted of one room, as LiveKit's RoomConfiguration says it: what is empty or 0 is left to the next in line,
 * which are a preset and then the engine's defaults. */
typedef struct sfu_room_configuration {
  uint32_t size;
  uint32_t max_participants;
  int64_t empty_timeout_ms;
  int64_t departure_timeout_ms;
  const char* metadata;
  int64_t playout_delay_min_ms;
  int64_t playout_delay_max_ms;
  sfu_bool sync_streams;
  const char* agents; /* JSON: a list of RoomAgentDispatch */
  const char* egress; /* JSON: a RoomEgress */
  const sfu_pair* tags;
  size_t tag_count;
} sfu_room_configuration;

/* What tokens may ask for by name. */
typedef struct sfu_room_preset {
  uint32_t size;
  const char* name;
  const sfu_room_configuration* configuration;
} sfu_room_preset;

#ifdef __cplusplus
}
#endif

#endif
