/* SPDX-License-Identifier: Apache-2.0 */
/* One client's signalling connection, without the HTTP: for hosts with an HTTP stack of their own, who own the
 * WebSocket, hand its request and its messages in, and take messages out. */
#ifndef SFU_C_SIGNALLING_H
#define SFU_C_SIGNALLING_H

#include "sfu-c/engine.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The HTTP request that wants to become a signalling WebSocket (GET /rtc or /rtc/v1), or asks whether it could. */
typedef struct sfu_connect_request {
  uint32_t size;
  const char* path;      /* "/rtc", "/rtc/v1"; with "/validate" to check only */
  const sfu_pair* query; /* percent-decoded */
  size_t query_count;
  const sfu_pair* headers; /* names in any case */
  size_t header_count;
  const char* remote_address; /* of the socket; proxy headers are looked at here */
} sfu_connect_request;

/* The WebSocket. On a worker, in order, from within sfu_engine_connect() on and until `close` or `rejected`; rejected
 * may also come on the thread of that call, or on the one that stops the engine. */
typedef struct sfu_signal_callbacks {
  uint32_t size;
  void* user;
  void (*dropped)(void* user);
  /* Complete the upgrade (101). Nothing was called before, and messages may follow at once. */
  void (*accepted)(void* user);
  /* Answer the request with this status and text body instead. */
  void (*rejected)(void* user, int32_t status, const char* body);
  /* Send one WebSocket message: text (JSON) or binary (protobuf). */
  void (*send)(void* user, const uint8_t* message, size_t length, sfu_bool text);
  /* Close with this code (RFC 6455 7.4) and no reason, after what was sent. */
  void (*close)(void* user, uint16_t code);
} sfu_signal_callbacks;

typedef struct sfu_signal_session sfu_signal_session;

/* Begins a signalling connection; the answer comes to `callbacks`, maybe before this returns. */
SFU_API sfu_status sfu_engine_connect(sfu_engine* engine, const sfu_connect_request* request,
                                      const sfu_signal_callbacks* callbacks, sfu_signal_session** session);
/* One WebSocket message from the client, copied. Of one session from one thread at a time. A client that floods is cut
 * off: `close` follows, with code 1008. After the session has ended: does nothing. */
SFU_API sfu_status sfu_signal_session_receive(sfu_signal_session* session, const uint8_t* message, size_t length,
                                              sfu_bool text);
/* The WebSocket is gone, however that came. */
SFU_API sfu_status sfu_signal_session_disconnected(sfu_signal_session* session);
/* sfu_signal_session_disconnected(), and gives the handle back. */
SFU_API sfu_status sfu_signal_session_release(sfu_signal_session* session);

/* The answer to a request that is no WebSocket upgrade: for /rtc/validate and /rtc/v1/validate what a connection would
 * be told, without its effects (200 and "success", or an error's status and body); for any other path 404, or 401 for a
 * bad token. Result: `body`, unless NULL. Waits. */
SFU_API sfu_status sfu_engine_validate(sfu_engine* engine, const sfu_connect_request* request, int32_t* status,
                                       char** body);
/* For hosts that read tokens themselves. Errors: SFU_ERROR_UNAUTHENTICATED (sfu_participant_remove() has revoked it),
 * with the text for the client. */
SFU_API sfu_status sfu_engine_check_revoked(sfu_engine* engine, const sfu_claims* claims);

#ifdef __cplusplus
}
#endif

#endif
