/* SPDX-License-Identifier: Apache-2.0 */
/* The host's say in its rooms, beyond what tokens grant: who joins, what is published, who is subscribed to what, and
 * which data passes. */
#ifndef SFU_C_POLICY_H
#define SFU_C_POLICY_H

#include "sfu-c/auth.h"
#include "sfu-c/tokens.h"
#include "sfu-c/values.h"

#ifdef __cplusplus
extern "C" {
#endif

/* An answer that the engine waits for, given within the callback that brought it or later, on any thread. The callee
 * must release it. */
typedef struct sfu_decision sfu_decision;

/* The first one counts; later ones, and those after the engine has gone, do nothing. Everything is copied. */
SFU_API sfu_status sfu_decision_allow(sfu_decision* decision);
/* `reason`: for the client, where the protocol has a place for it. */
SFU_API sfu_status sfu_decision_deny(sfu_decision* decision, const char* reason);
/* Of a join: these are in place of the token's grants, for this session and the tokens that it gets; `room` and
 * `room_join` stay what they are. Errors: SFU_ERROR_FAILED_PRECONDITION (something else was asked). */
SFU_API sfu_status sfu_decision_allow_with(sfu_decision* decision, const sfu_video_grant* grants);
/* Without an answer before it, it is no. */
SFU_API sfu_status sfu_decision_release(sfu_decision* decision);

/* Somebody with a good token wants to join a room. */
typedef struct sfu_join_request {
  uint32_t size;
  const sfu_claims* claims;   /* of the token: claims->identity, claims->video->room */
  const char* client_address; /* as a proxy's headers say, else the socket's; "" if neither is known */
  sfu_bool room_exists;       /* no: this join would make it */
  sfu_bool already_there;     /* one of this identity */
  sfu_bool checking;          /* asked by GET .../validate: nobody joins yet */
  uint64_t participants;      /* that are in the room, hidden ones, agents and recorders among them */
} sfu_join_request;

typedef struct sfu_policy_participant {
  uint32_t size;
  const char* identity;
  const char* sid;
  const char* metadata;
  sfu_bool agent;
  sfu_bool recorder;
} sfu_policy_participant;

/* A participant announces a track, also of data (SFU_TRACK_KIND_DATA, with its name alone). `track` is what others
 * would see of it; it has no sid yet. */
typedef struct sfu_publish_request {
  uint32_t size;
  const char* room;
  const sfu_policy_participant* publisher;
  const sfu_track_info* track;
} sfu_publish_request;

/* A participant is about to get a track of another, because it asked for that or by its auto-subscription, and nothing
 * else stands in the way. Of data tracks, `track` has its sid, kind and name. */
typedef struct sfu_subscribe_request {
  uint32_t size;
  const char* room;
  const sfu_policy_participant* subscriber;
  const sfu_policy_participant* publisher;
  const sfu_track_info* track;
} sfu_subscribe_request;

typedef int32_t sfu_data_kind;
enum {
  SFU_DATA_USER = 0,         /* of publishData() and its like, and messages on channels of the application's own */
  SFU_DATA_CHAT = 1,         /* of clients before text streams */
  SFU_DATA_STREAM_START = 2, /* a stream of text or bytes begins */
  SFU_DATA_STREAM_CHUNK = 3,
  SFU_DATA_STREAM_END = 4,
  SFU_DATA_RPC_REQUEST = 5,
  SFU_DATA_RPC_ANSWER = 6, /* or the news that it comes */
  SFU_DATA_ENCRYPTED = 7,  /* one of these, encrypted from end to end */
  SFU_DATA_OTHER = 8       /* transcriptions, DTMF, and what is new in the protocol */
};

/* A participant sends data to others. Packets of data tracks are not asked about: on_publish and on_subscribe are. */
typedef struct sfu_data_request {
  uint32_t size;
  const char* room;
  const sfu_policy_participant* sender;
  sfu_data_kind kind;
  sfu_bool reliable;
  const char* topic; /* of _USER and _STREAM_START; the method of _RPC_REQUEST */
  const char* id;    /* of the stream, or of the call */
  /* Of _USER, _CHAT, _STREAM_CHUNK, _RPC_REQUEST, _ENCRYPTED, and of a _STREAM_START that holds its whole stream; for
   * all others empty. As its sender sent it: a stream's or a call's may be compressed. */
  const uint8_t* payload;
  size_t payload_length;
  const char* const* to_identities; /* with to_sids empty: to all others */
  size_t to_identity_count;
  const char* const* to_sids;
  size_t to_sid_count;
} sfu_data_request;

/* To on_data. */
SFU_API sfu_status sfu_answer_pass(sfu_answer* answer);
/* To on_data: this in place of the sender's payload, where the request has one. */
SFU_API sfu_status sfu_answer_payload(sfu_answer* answer, const uint8_t* payload, size_t length);

/* What is NULL is allowed. Asked after everything else has let the matter pass: tokens, permissions, limits. On the
 * worker of the room, which forwards no media meanwhile. A decision that comes later holds up the one matter alone;
 * what is not decided within sfu_engine_options.policy_timeout_ms is denied. If meanwhile the participant leaves or the
 * matter ends otherwise, the answer does nothing. The host's own participants (local_participant.h) are asked about as
 * others are, but for their joining. */
typedef struct sfu_policy_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* Each new session, before the room is made; not one that is resumed, and not of moved or forwarded participants.
   * Denied: the HTTP request is answered with 403 and the reason. GET .../validate does not wait: what is not decided
   * when the call returns is good there. */
  void (*on_join)(void* user, const sfu_join_request* request, sfu_decision* decision);
  /* Once for each track, in all its codecs; not for those that come along when a participant is moved or forwarded.
   * Denied: the client is answered with request_response, NOT_ALLOWED and the reason. Until it is decided, the client
   * waits, and what it sends goes nowhere. */
  void (*on_publish)(void* user, const sfu_publish_request* request, sfu_decision* decision);
  /* For each subscriber of each track. Denied: the client is told so by subscription_permission_update; the reason is
   * for nobody. Asked about again when the subscription was given up and is wanted anew. */
  void (*on_subscribe)(void* user, const sfu_subscribe_request* request, sfu_decision* decision);
  /* Each packet of data, in the order in which its sender sent it. Answer with sfu_answer_pass() or
   * sfu_answer_payload(); anything else drops it, and its sender is not told. */
  void (*on_data)(void* user, const sfu_data_request* request, sfu_answer* answer);
} sfu_policy_callbacks;

#ifdef __cplusplus
}
#endif

#endif
