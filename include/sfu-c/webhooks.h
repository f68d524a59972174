/* SPDX-License-Identifier: Apache-2.0 */
/* The receiving end of webhooks, for the HTTP server of your program: tells whether a request comes from an SFU that
 * knows one of your API keys, and what it says. Works with LiveKit's servers too. Answer with 200 once you have stored
 * the event; with 500 it comes again. */
#ifndef SFU_C_WEBHOOKS_H
#define SFU_C_WEBHOOKS_H

#include "sfu-c/values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sfu_webhook_event {
  uint32_t size;
  const char* event; /* "room_started", "participant_joined", ... */
  const char* id;    /* "EV_...", the same when it comes again */
  int64_t created_at_ms;
  /* What it is about, or NULL. An event of a track has no more of its room and participant than sid and name, sid and
   * identity. */
  const sfu_room_info* room;
  const sfu_participant_info* participant;
  const sfu_track_info* track;
  /* JSON of the protocol's EgressInfo, IngressInfo and Job; empty if it has none. */
  const char* egress_info;
  const char* ingress_info;
  const char* job;
  const char* json; /* the whole body */
} sfu_webhook_event;

typedef struct sfu_webhook_receiver sfu_webhook_receiver;

/* `keys`: API key to secret, as access tokens are made with. */
SFU_API sfu_status sfu_webhook_receiver_create(const sfu_pair* keys, size_t key_count, sfu_webhook_receiver** receiver);
SFU_API sfu_status sfu_webhook_receiver_release(sfu_webhook_receiver* receiver);
/* `body` as it came, byte for byte; `authorization` is the header of that name. `now_ms` 0: the system's clock. Result:
 * `event`. Errors: SFU_ERROR_UNAUTHENTICATED (no token, one that is not ours, not valid any more, or of another body),
 * SFU_ERROR_MALFORMED (a body that is no event). */
SFU_API sfu_status sfu_webhook_receiver_receive(sfu_webhook_receiver* receiver, const uint8_t* body, size_t length,
                                                const char* authorization, int64_t now_ms,
                                                const sfu_webhook_event** event);

#ifdef __cplusplus
}
#endif

#endif
