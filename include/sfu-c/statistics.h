/* SPDX-License-Identifier: Apache-2.0 */
/* What an engine counts. Counters begin with 0 when the engine starts and never fall. The histograms are in the text of
 * sfu_server_get_metrics(). Arrays of three go by sfu_track_kind. */
#ifndef SFU_C_STATISTICS_H
#define SFU_C_STATISTICS_H

#include "sfu-c/values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sfu_worker_statistics {
  uint32_t size;
  uint64_t rooms;
  uint64_t participants;
  uint64_t datagrams_received;
  int64_t processor_time_us; /* of its thread */
} sfu_worker_statistics;

typedef struct sfu_engine_statistics {
  uint32_t size;
  const char* node_id;
  int64_t started_at_ms;
  /* When the worker that has been silent longest published its figures, and how long ago that is. */
  int64_t updated_at_ms;
  int64_t age_ms;

  /* Now. */
  uint64_t rooms;
  uint64_t participants;
  uint64_t tracks_published[3];
  uint64_t tracks_subscribed[3];
  int64_t forward_latency_us; /* of media, from the network to the network, smoothed */
  int64_t forward_jitter_us;

  /* Since the start: how far those who wanted to join have come. */
  uint64_t joins_validation_failed; /* refused before any room was asked */
  uint64_t joins_signal_failed;     /* refused by the room's worker */
  uint64_t joins_signal_connected;  /* resumed ones too */
  uint64_t joins_rtc_init;
  uint64_t joins_rtc_connected; /* in the room, media not connected yet */
  uint64_t joins_rtc_active;    /* with media */
  uint64_t joins_rtc_canceled;  /* gone before, as it wished */
  uint64_t joins_rtc_failure;   /* gone before, since its media did not come about */
  uint64_t publish_attempts[3];
  uint64_t publish_successes[3];
  uint64_t publish_cancels[3];
  uint64_t subscribe_attempts;
  uint64_t subscribe_successes;
  uint64_t subscribe_cancels;

  /* RTP of tracks, headers included; `again` by RTX. */
  uint64_t packets_received;
  uint64_t bytes_received;
  uint64_t packets_received_again;
  uint64_t bytes_received_again;
  uint64_t packets_sent;
  uint64_t bytes_sent;
  uint64_t packets_sent_again;
  uint64_t bytes_sent_again;
  uint64_t nacks_sent; /* sequence numbers asked for, of publishers */
  uint64_t plis_sent;
  uint64_t nacks_received; /* from subscribers */
  uint64_t plis_received;

  uint64_t signal_requests;
  uint64_t signal_bad_requests; /* not understood */
  uint64_t signal_responses;

  const sfu_worker_statistics* const* workers;
  size_t worker_count;

  uint64_t packets_filtered; /* RTP of tracks that the host's filters dropped */
  uint64_t bytes_filtered;
} sfu_engine_statistics;

typedef struct sfu_engine_counters {
  uint32_t size;
  uint64_t packets_received;        /* datagrams */
  uint64_t dropped_unknown_source;  /* of strangers, and STUN for no known peer */
  uint64_t dropped_malformed;       /* of no known kind */
  uint64_t dropped_between_workers; /* that one worker got for another, which was too busy to take them */
  /* Packets of data tracks that did not go on. */
  uint64_t data_tracks_malformed;
  uint64_t data_tracks_unknown; /* of no track that their sender publishes */
  uint64_t data_tracks_dropped; /* for one subscriber, who is too slow or cannot be reached */
} sfu_engine_counters;

/* --- one room ------------------------------------------------------------------------------------------------------*/

typedef int32_t sfu_connection_quality;
enum { SFU_QUALITY_POOR = 0, SFU_QUALITY_GOOD = 1, SFU_QUALITY_EXCELLENT = 2, SFU_QUALITY_LOST = 3 };

typedef struct sfu_participant_statistics {
  uint32_t size;
  sfu_connection_quality quality;
  double score; /* 1 to 4.5 */
  const char* identity;
  const char* sid;
  int64_t round_trip_us; /* -1: not known */
  int64_t estimate_bps;  /* what its connection carries towards it; -1: nothing limits it */
} sfu_participant_statistics;

/* One encoding of a published track. */
typedef struct sfu_stream_statistics {
  uint32_t size;
  int32_t layer;               /* 0 to 2, from the lowest; of audio always 0 */
  const char* publisher;       /* identity */
  const sfu_track_info* track; /* its mime_type: of this encoding */
  /* These begin again when the publisher's sender does. */
  uint64_t bytes; /* of RTP, headers included, without what came by RTX */
  uint64_t packets;
  uint64_t lost; /* on the way here, whether or not they were repaired */
  int64_t jitter_us;
  uint64_t filtered; /* packets dropped by the host's filters */
} sfu_stream_statistics;

typedef struct sfu_subscription_statistics {
  uint32_t size;
  int32_t layer;          /* that is forwarded; -1: none */
  sfu_bool paused;        /* disabled, muted, or for want of bandwidth */
  const char* subscriber; /* identity */
  const char* publisher;  /* identity */
  const char* track;      /* sid */
  uint64_t bytes;         /* of RTP, headers included, without what went by RTX */
  uint64_t packets;
  uint64_t lost; /* as the subscriber reports it */
} sfu_subscription_statistics;

typedef struct sfu_room_statistics {
  uint32_t size;
  const char* name;
  const sfu_participant_statistics* const* participants;
  size_t participant_count;
  const sfu_stream_statistics* const* streams;
  size_t stream_count;
  const sfu_subscription_statistics* const* subscriptions;
  size_t subscription_count;
} sfu_room_statistics;

#ifdef __cplusplus
}
#endif

#endif
