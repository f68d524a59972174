/* SPDX-License-Identifier: Apache-2.0 */
/* Snapshots of rooms, participants and tracks: copies, which stay what they were when taken. The fields are those of
 * LiveKit's Room, ParticipantInfo and TrackInfo messages; `message` is the whole message, serialized. Wall times are
 * milliseconds since 1970-01-01 00:00 UTC, 0 if there is none. */
#ifndef SFU_C_VALUES_H
#define SFU_C_VALUES_H

#include "sfu-c/base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int32_t sfu_track_kind;
enum { SFU_TRACK_KIND_AUDIO = 0, SFU_TRACK_KIND_VIDEO = 1, SFU_TRACK_KIND_DATA = 2 };

typedef int32_t sfu_track_source;
enum {
  SFU_TRACK_SOURCE_UNKNOWN = 0,
  SFU_TRACK_SOURCE_CAMERA = 1,
  SFU_TRACK_SOURCE_MICROPHONE = 2,
  SFU_TRACK_SOURCE_SCREEN_SHARE = 3,
  SFU_TRACK_SOURCE_SCREEN_SHARE_AUDIO = 4
};

typedef struct sfu_track_info {
  uint32_t size;
  sfu_track_kind kind;
  sfu_track_source source;
  sfu_bool muted;
  sfu_bool simulcast;
  uint32_t width;
  uint32_t height;
  const char* sid; /* "TR_..." */
  const char* name;
  const char* mime_type;  /* "video/VP8"; empty until negotiated */
  const uint8_t* message; /* none in sfu_participant_info.tracks, whose own message holds it */
  size_t message_length;
} sfu_track_info;

typedef int32_t sfu_participant_state;
enum {
  SFU_PARTICIPANT_JOINING = 0,
  SFU_PARTICIPANT_JOINED = 1,
  SFU_PARTICIPANT_ACTIVE = 2,
  SFU_PARTICIPANT_DISCONNECTED = 3
};

typedef struct sfu_participant_info {
  uint32_t size;
  sfu_participant_state state;
  sfu_bool is_publisher;
  sfu_bool hidden;
  sfu_bool forwarded; /* a copy of a participant of another room: sfu_participant_forward_to() */
  const char* sid;    /* "PA_...", new for each session */
  const char* identity;
  const char* name;
  const char* metadata;
  const sfu_pair* attributes;
  size_t attribute_count;
  int64_t joined_at_ms;
  const sfu_track_info* const* tracks;
  size_t track_count;
  const uint8_t* message;
  size_t message_length;
} sfu_participant_info;

typedef struct sfu_room_info {
  uint32_t size;
  uint32_t num_participants; /* hidden ones included, agents and recorders not */
  uint32_t num_publishers;
  uint32_t max_participants; /* 0: no limit */
  const char* sid;           /* "RM_..." */
  const char* name;
  const char* metadata;
  int64_t created_at_ms;
  int64_t empty_timeout_ms;
  int64_t departure_timeout_ms;
  int64_t playout_delay_min_ms;
  int64_t playout_delay_max_ms;
  sfu_bool sync_streams;
  const char* agents; /* JSON, as sfu_room_configuration has them */
  const char* egress;
  const sfu_pair* tags;
  size_t tag_count;
  const uint8_t* message;
  size_t message_length;
} sfu_room_info;

typedef struct sfu_room_info_list {
  uint32_t size;
  const sfu_room_info* const* items;
  size_t count;
} sfu_room_info_list;

typedef struct sfu_participant_info_list {
  uint32_t size;
  const sfu_participant_info* const* items;
  size_t count;
} sfu_participant_info_list;

/* What a participant may do. To change some of it, begin with what sfu_participant_get_permission() gives: a field that
 * is 0 is not allowed. */
typedef struct sfu_permission {
  uint32_t size;
  sfu_bool can_subscribe;
  sfu_bool can_publish;
  sfu_bool can_publish_data;
  sfu_bool can_update_metadata; /* its own */
  sfu_bool can_subscribe_metrics;
  sfu_bool can_manage_agent_session;
  sfu_bool hidden; /* other participants do not see it */
  sfu_bool recorder;
  sfu_bool agent;
  const sfu_track_source* can_publish_sources; /* none: all */
  size_t can_publish_source_count;
} sfu_permission;

/* What is empty stays as it is; an attribute of empty value is removed. */
typedef struct sfu_participant_changes {
  uint32_t size;
  const char* name;
  const char* metadata;
  const sfu_pair* attributes;
  size_t attribute_count;
  const sfu_permission* permission; /* replaces all of them */
} sfu_participant_changes;

/* An agent that is wanted in a room: LiveKit's AgentDispatch. */
typedef struct sfu_agent_dispatch {
  uint32_t size;
  const char* id;         /* "AD_..."; given by the server */
  const char* agent_name; /* empty: any worker that gave itself no name */
  const char* metadata;
  const sfu_pair* attributes;
  size_t attribute_count;
  const char* deployment;
  sfu_setting restarts; /* a job that failed is given to another worker; default: on */
  int64_t created_at_ms;
} sfu_agent_dispatch;

typedef struct sfu_agent_dispatch_list {
  uint32_t size;
  const sfu_agent_dispatch* const* items;
  size_t count;
} sfu_agent_dispatch_list;

/* How data of the host's own is sent. */
typedef struct sfu_data_options {
  uint32_t size;
  sfu_setting reliable; /* default: on */
  const char* topic;
  /* To these participants, by identity or by sid; both empty: to all. */
  const char* const* to;
  size_t to_count;
  const char* const* to_sids;
  size_t to_sid_count;
  /* 16 bytes that no other data has; what is sent again with the same ones is dropped. None: nothing is. */
  const uint8_t* nonce;
  size_t nonce_length;
} sfu_data_options;

/* --- remote procedure calls ----------------------------------------------------------------------------------------*/

typedef struct sfu_rpc_request {
  uint32_t size;
  const char* method;
  const char* payload;         /* at most 15 KiB */
  int64_t response_timeout_ms; /* default: 10000; of a client's: 15000 */
} sfu_rpc_request;

/* How one ends. Codes 1001 to 1999 are LiveKit's (1400: no such method; 1402: the payload is too large; 1500: it
 * failed; 1501: no connection; 1502: no answer in time; 1503: the callee left); others are the callee's own. */
typedef struct sfu_rpc_result {
  uint32_t size;
  uint32_t error_code; /* 0: `payload` is the answer */
  const char* payload;
  const char* error_message;
  const char* error_data;
} sfu_rpc_result;

typedef void (*sfu_rpc_done)(void* user, const sfu_rpc_result* result);

#ifdef __cplusplus
}
#endif

#endif
