/* SPDX-License-Identifier: Apache-2.0 */
/* A participant of the host's own, inside this process: without a socket, encryption or SDP. It publishes, receives and
 * exchanges data as any sfu_client does, with the functions of client.h; to the others it is a participant like any
 * other. */
#ifndef SFU_C_LOCAL_PARTICIPANT_H
#define SFU_C_LOCAL_PARTICIPANT_H

#include "sfu-c/client.h"
#include "sfu-c/engine.h"
#include "sfu-c/tokens.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sfu_local_participant_options {
  uint32_t size;
  /* Who it is (identity, which must not be empty, name, metadata, attributes, kind), what it may (video), and the
   * settings of the room that its joining makes, as a token would say it. `video` may be NULL: all that a grant allows
   * unless it says otherwise. `room` and `room_join` are filled in. */
  const sfu_claims* claims;
  sfu_setting auto_subscribe; /* to every track; default: on */
  sfu_setting receive_frames; /* put what is received together to frames (on_frame); default: on */
} sfu_local_participant_options;

/* Enters the room, which is made if there is none, as by anyone's joining. Callbacks come on the room's worker, maybe
 * before this returns; on_reconnecting and on_reconnected never do. sfu_client_release() leaves. Errors:
 * SFU_ERROR_INVALID_ARGUMENT (no identity), SFU_ERROR_NOT_FOUND (no such preset), SFU_ERROR_LIMIT_EXCEEDED (the room is
 * full), SFU_ERROR_ALREADY_EXISTS (sfu_room_options.duplicate_identity), SFU_ERROR_CLOSED. Waits. */
SFU_API sfu_status sfu_room_join(sfu_room* room, const sfu_local_participant_options* options,
                                 const sfu_client_callbacks* callbacks, sfu_client** client);

#ifdef __cplusplus
}
#endif

#endif
