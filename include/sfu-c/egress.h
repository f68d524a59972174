/* SPDX-License-Identifier: Apache-2.0 */
/* What a host that records or streams rooms itself tells of it: sfu_server_announce() posts it to webhooks, as
 * LiveKit's servers post theirs. The fields are those of LiveKit's EgressInfo message. Times are milliseconds since
 * 1970; 0: left out. */
#ifndef SFU_C_EGRESS_H
#define SFU_C_EGRESS_H

#include "sfu-c/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t sfu_egress_status;
enum {
  SFU_EGRESS_STARTING = 0,
  SFU_EGRESS_ACTIVE = 1,
  SFU_EGRESS_ENDING = 2,
  SFU_EGRESS_COMPLETE = 3,
  SFU_EGRESS_FAILED = 4,
  SFU_EGRESS_ABORTED = 5,
  SFU_EGRESS_LIMIT_REACHED = 6
};

/* A file that is written, or was. */
typedef struct sfu_egress_file {
  uint32_t size;
  const char* filename;
  int64_t started_at_ms;
  int64_t ended_at_ms;
  int64_t duration_ms;
  uint64_t bytes;
  const char* location; /* where it can be had: a path or a URL */
} sfu_egress_file;

typedef int32_t sfu_egress_stream_status;
enum { SFU_EGRESS_STREAM_ACTIVE = 0, SFU_EGRESS_STREAM_FINISHED = 1, SFU_EGRESS_STREAM_FAILED = 2 };

/* Where a stream is sent to, or was. */
typedef struct sfu_egress_stream {
  uint32_t size;
  sfu_egress_stream_status status;
  const char* url; /* as receivers of webhooks may see it: without its key */
  int64_t started_at_ms;
  int64_t ended_at_ms;
  int64_t duration_ms;
  const char* error;
} sfu_egress_stream;

/* A receiver of this egress's events, beside those of the server. */
typedef struct sfu_egress_webhook {
  uint32_t size;
  const char* url;         /* "http://" or "https://" */
  const char* signing_key; /* one of the server's API keys; empty: sfu_server_options.webhook_api_key */
} sfu_egress_webhook;

typedef struct sfu_egress_info {
  uint32_t size;
  sfu_egress_status status;
  const char* egress_id; /* "EG_..." in LiveKit; any text that no other egress has */
  const char* room_id;   /* sfu_room_info.sid */
  const char* room_name;
  const char* error; /* why it failed, for people */
  int64_t started_at_ms;
  int64_t updated_at_ms;
  int64_t ended_at_ms;
  const sfu_egress_file* const* files;
  size_t file_count;
  const sfu_egress_stream* const* streams;
  size_t stream_count;
  const sfu_egress_webhook* const* webhooks; /* are told, and not part of what is told */
  size_t webhook_count;
} sfu_egress_info;

#ifdef __cplusplus
}
#endif

#endif
