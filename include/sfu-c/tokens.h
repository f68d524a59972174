/* SPDX-License-Identifier: Apache-2.0 */
/* LiveKit's access tokens: what they say, how they are made, and how they are verified. */
#ifndef SFU_C_TOKENS_H
#define SFU_C_TOKENS_H

#include "sfu-c/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The `video` claim: what the bearer may do. What is SFU_DEFAULT takes the protocol's default. */
typedef struct sfu_video_grant {
  uint32_t size;
  sfu_bool room_join;
  const char* room; /* what room_join and room_admin apply to */
  const char* destination_room;
  sfu_bool room_create;
  sfu_bool room_list;
  sfu_bool room_record;
  sfu_bool room_admin;
  sfu_bool ingress_admin;
  sfu_setting can_publish;                /* default: on */
  sfu_setting can_subscribe;              /* default: on */
  sfu_setting can_publish_data;           /* default: as can_publish */
  sfu_setting can_update_own_metadata;    /* default: off */
  sfu_setting can_subscribe_metrics;      /* default: off */
  sfu_setting can_manage_agent_session;   /* default: off */
  const char* const* can_publish_sources; /* "camera", "microphone", ..., exactly; none: all */
  size_t can_publish_source_count;
  sfu_bool hidden; /* other participants do not see it */
  sfu_bool recorder;
  sfu_bool agent;
} sfu_video_grant;

typedef struct sfu_sip_grant {
  uint32_t size;
  sfu_bool admin;
  sfu_bool call;
} sfu_sip_grant;

/* The `agent`, `inference` and `observability` claims, which an SFU does not read but hands on. */
typedef struct sfu_agent_grant {
  uint32_t size;
  sfu_bool admin;
  sfu_bool simulation_admin;
  sfu_bool database_admin;
} sfu_agent_grant;

typedef struct sfu_inference_grant {
  uint32_t size;
  sfu_bool perform;
} sfu_inference_grant;

typedef struct sfu_observability_grant {
  uint32_t size;
  sfu_bool write;
} sfu_observability_grant;

typedef int32_t sfu_participant_kind;
enum {
  SFU_PARTICIPANT_KIND_STANDARD = 0,
  SFU_PARTICIPANT_KIND_INGRESS = 1,
  SFU_PARTICIPANT_KIND_EGRESS = 2,
  SFU_PARTICIPANT_KIND_SIP = 3,
  SFU_PARTICIPANT_KIND_AGENT = 4,
  SFU_PARTICIPANT_KIND_CONNECTOR = 5,
  SFU_PARTICIPANT_KIND_BRIDGE = 6
};

typedef struct sfu_claims {
  uint32_t size;
  sfu_participant_kind kind;
  const char* api_key; /* which key signed it */
  const char* identity;
  const char* name;
  const char* metadata;
  const sfu_pair* attributes;
  size_t attribute_count;
  const char* const* kind_details;
  size_t kind_detail_count;
  const sfu_video_grant* video; /* NULL: may do nothing with rooms */
  const sfu_sip_grant* sip;     /* NULL: none; the same below */
  const sfu_agent_grant* agent;
  const sfu_inference_grant* inference;
  const sfu_observability_grant* observability;
  /* Settings for a room that this bearer's joining creates. */
  const char* room_config; /* JSON of a RoomConfiguration message */
  const char* room_preset;
  const char* sha256; /* base64 of a body's digest; webhooks only */
  /* Milliseconds since 1970; 0: none. */
  int64_t not_before_ms;
  int64_t issued_at_ms;
  int64_t expires_at_ms;
} sfu_claims;

typedef struct sfu_access_token_options {
  uint32_t size;
  const char* api_key;
  const char* api_secret;
  int64_t ttl_ms; /* 6 hours */
  int64_t now_ms; /* 0: the system's clock */
  /* Tokens are shown to clients: passwords of storage, and addresses of streams, in claims->room_config are refused
   * unless this says that it is meant so. */
  sfu_bool allow_sensitive_room_config;
} sfu_access_token_options;

/* A token with all that `claims` say, but for api_key and the three times, which follow from the options. Result:
 * `token`. Errors: SFU_ERROR_INVALID_ARGUMENT (no key, no secret, a room_join without an identity, a room_config that
 * is no JSON object), SFU_ERROR_PERMISSION_DENIED (allow_sensitive_room_config). */
SFU_API sfu_status sfu_access_token_create(const sfu_claims* claims, const sfu_access_token_options* options,
                                           char** token);

/* Verifies tokens that were signed with the secret of one of its keys. */
typedef struct sfu_token_verifier sfu_token_verifier;

/* `keys`: API key to secret. `leeway_ms`: clocks differ; 0 is a minute, SFU_NONE none. */
SFU_API sfu_status sfu_token_verifier_create(const sfu_pair* keys, size_t key_count, int64_t leeway_ms,
                                             sfu_token_verifier** verifier);
SFU_API sfu_status sfu_token_verifier_release(sfu_token_verifier* verifier);
/* `now_ms` 0: the system's clock. Result: `claims`. Errors: SFU_ERROR_MALFORMED (not a token), SFU_ERROR_NOT_FOUND (not
 * one of the keys), SFU_ERROR_UNAUTHENTICATED (signature, algorithm, time, or a claim of a wrong type). */
SFU_API sfu_status sfu_token_verifier_verify(sfu_token_verifier* verifier, const char* token, int64_t now_ms,
                                             const sfu_claims** claims);

#ifdef __cplusplus
}
#endif

#endif
