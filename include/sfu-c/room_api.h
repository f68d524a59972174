/* SPDX-License-Identifier: Apache-2.0 */
/* The room API of a LiveKit server, or of this library's, for programs that manage rooms from outside. Every call waits
 * for its answer on the thread that makes it; calls may overlap. What comes back are results. */
#ifndef SFU_C_ROOM_API_H
#define SFU_C_ROOM_API_H

#include "sfu-c/room_options.h"
#include "sfu-c/values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sfu_room_api_options {
  uint32_t size;
  sfu_bool json;       /* bodies as JSON, not protobuf */
  sfu_bool any_server; /* take any certificate: for tests */
  const char* url;     /* "https://host[:port]", or http:, ws: or wss: */
  /* Signs a token for each call, good for ten minutes, that grants what this call needs and nothing else. */
  const char* api_key;
  const char* api_secret;
  const char* token;   /* in place of a key: shown as it is, for all calls */
  int64_t timeout_ms;  /* of one call; 10000. sfu_room_api_perform_rpc() gets the time of the request beyond it */
  const char* ca_file; /* https: PEM file of the authorities that are trusted; none: the system's */
} sfu_room_api_options;

typedef struct sfu_create_room_options {
  uint32_t size;
  const sfu_room_configuration* configuration; /* what is empty or 0 is left to the preset, and then to the server */
  const char* preset;
  const char* node_id; /* of the server that is to have it; empty: any */
} sfu_create_room_options;

/* What a server said of a call that failed. */
typedef struct sfu_api_error {
  uint32_t size;
  int32_t http_status; /* 0: no answer came */
  const char* code;    /* Twirp's: "not_found", "unauthenticated" ...; empty: it is no answer of the API */
  const char* message;
  const sfu_pair* meta; /* what the server adds */
  size_t meta_count;
} sfu_api_error;

typedef struct sfu_room_api sfu_room_api;

/* Connects to nothing yet. Errors: SFU_ERROR_INVALID_ARGUMENT (the URL; neither a key with its secret nor a token),
 * SFU_ERROR_UNAVAILABLE (the authorities' file). */
SFU_API sfu_status sfu_room_api_create(const sfu_room_api_options* options, sfu_room_api** api);
/* Waits. */
SFU_API sfu_status sfu_room_api_release(sfu_room_api* api);

/* Of the last sfu_room_api_...() call on this thread that failed with a server's answer or on the way to it. Result:
 * `error`. Errors: SFU_ERROR_NOT_FOUND (none did). */
SFU_API sfu_status sfu_room_api_get_last_error(const sfu_api_error** error);

/* All below wait. Errors: where no answer came, SFU_ERROR_UNAVAILABLE (no connection, or it broke: the call may have
 * been done), SFU_ERROR_TIMEOUT, SFU_ERROR_UNAUTHENTICATED (also of the server's certificate), SFU_ERROR_MALFORMED
 * (something else answers there), SFU_ERROR_INVALID_ARGUMENT; else what the server says. */

/* One that exists stays as it is. `options` and `info` may be NULL. */
SFU_API sfu_status sfu_room_api_create_room(sfu_room_api* api, const char* name, const sfu_create_room_options* options,
                                            const sfu_room_info** info);
/* Those of these names; all, if none is given. */
SFU_API sfu_status sfu_room_api_list_rooms(sfu_room_api* api, const char* const* names, size_t name_count,
                                           const sfu_room_info_list** rooms);
SFU_API sfu_status sfu_room_api_delete_room(sfu_room_api* api, const char* room);
/* `info` may be NULL. */
SFU_API sfu_status sfu_room_api_update_room_metadata(sfu_room_api* api, const char* room, const char* metadata,
                                                     const sfu_room_info** info);
/* `options` may be NULL. Without a nonce one is made. */
SFU_API sfu_status sfu_room_api_send_data(sfu_room_api* api, const char* room, const uint8_t* bytes, size_t length,
                                          const sfu_data_options* options);

SFU_API sfu_status sfu_room_api_list_participants(sfu_room_api* api, const char* room,
                                                  const sfu_participant_info_list** participants);
SFU_API sfu_status sfu_room_api_get_participant(sfu_room_api* api, const char* room, const char* identity,
                                                const sfu_participant_info** info);
/* `revoke_tokens_before_ms`, if not 0: tokens for it that were made before then do not let it in again; whole seconds.
 */
SFU_API sfu_status sfu_room_api_remove_participant(sfu_room_api* api, const char* room, const char* identity,
                                                   int64_t revoke_tokens_before_ms);
/* `info`, unless NULL: the track as it is then, or NULL if there is none of that sid. */
SFU_API sfu_status sfu_room_api_mute_published_track(sfu_room_api* api, const char* room, const char* identity,
                                                     const char* track_sid, sfu_bool muted,
                                                     const sfu_track_info** info);
/* `info` may be NULL. */
SFU_API sfu_status sfu_room_api_update_participant(sfu_room_api* api, const char* room, const char* identity,
                                                   const sfu_participant_changes* changes,
                                                   const sfu_participant_info** info);
SFU_API sfu_status sfu_room_api_update_subscriptions(sfu_room_api* api, const char* room, const char* identity,
                                                     const char* const* track_sids, size_t track_sid_count,
                                                     sfu_bool subscribe);
SFU_API sfu_status sfu_room_api_forward_participant(sfu_room_api* api, const char* room, const char* identity,
                                                    const char* destination_room);
SFU_API sfu_status sfu_room_api_move_participant(sfu_room_api* api, const char* room, const char* identity,
                                                 const char* destination_room);
/* `payload`: what the participant's client answers. */
SFU_API sfu_status sfu_room_api_perform_rpc(sfu_room_api* api, const char* room, const char* identity,
                                            const sfu_rpc_request* request, char** payload);

/* `created` may be NULL. */
SFU_API sfu_status sfu_room_api_create_dispatch(sfu_room_api* api, const char* room, const sfu_agent_dispatch* dispatch,
                                                const sfu_agent_dispatch** created);
/* `deleted` may be NULL. */
SFU_API sfu_status sfu_room_api_delete_dispatch(sfu_room_api* api, const char* room, const char* dispatch_id,
                                                const sfu_agent_dispatch** deleted);
/* The one of this id; all, if it is empty. */
SFU_API sfu_status sfu_room_api_list_dispatches(sfu_room_api* api, const char* room, const char* dispatch_id,
                                                const sfu_agent_dispatch_list** dispatches);

#ifdef __cplusplus
}
#endif

#endif
