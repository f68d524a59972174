/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms, their participants and their tracks. A handle is a name: what it names may be gone, and then calls say
 * SFU_ERROR_NOT_FOUND. All but the releases, and what makes a handle of a handle, wait for the room's worker. */
#ifndef SFU_C_ROOM_H
#define SFU_C_ROOM_H

#include "sfu-c/engine.h"
#include "sfu-c/statistics.h"
#include "sfu-c/values.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct sfu_participant sfu_participant;
typedef struct sfu_track sfu_track;

/* --- rooms ---------------------------------------------------------------------------------------------------------*/

SFU_API sfu_status sfu_room_release(sfu_room* room);
/* Result: `info`. Waits. */
SFU_API sfu_status sfu_room_get_info(sfu_room* room, const sfu_room_info** info);
/* Result: `participants`. Waits. */
SFU_API sfu_status sfu_room_get_participants(sfu_room* room, const sfu_participant_info_list** participants);
/* What its participants, tracks and subscriptions have come to. Result: `statistics`. Waits. */
SFU_API sfu_status sfu_room_get_statistics(sfu_room* room, const sfu_room_statistics** statistics);
/* Replaces the room's metadata; everyone in it is told. Waits. */
SFU_API sfu_status sfu_room_set_metadata(sfu_room* room, const char* metadata);
/* Sends up to 60000 bytes as a data packet that no participant sent. Those whose data channels are about to open get it
 * too, if it is reliable. `options` may be NULL. Errors: SFU_ERROR_INVALID_ARGUMENT (too large). Waits. */
SFU_API sfu_status sfu_room_send_data(sfu_room* room, const uint8_t* bytes, size_t length,
                                      const sfu_data_options* options);
/* The agents that are wanted in the room: those of its configuration, and those that were added. Kept until the room
 * ends. Result: `dispatches`. Waits. */
SFU_API sfu_status sfu_room_get_agent_dispatches(sfu_room* room, const sfu_agent_dispatch_list** dispatches);
/* Gives it an id and a time. Result: `added`, unless NULL. Waits. */
SFU_API sfu_status sfu_room_add_agent_dispatch(sfu_room* room, const sfu_agent_dispatch* dispatch,
                                               const sfu_agent_dispatch** added);
/* Result: `removed`, unless NULL. Errors: SFU_ERROR_INVALID_ARGUMENT (no dispatch of that id). Waits. */
SFU_API sfu_status sfu_room_remove_agent_dispatch(sfu_room* room, const char* id, const sfu_agent_dispatch** removed);
/* Disconnects everybody and ends the room; the handle stays. Waits. */
SFU_API sfu_status sfu_room_close(sfu_room* room);
/* A handle to whoever has that identity, now or later. */
SFU_API sfu_status sfu_room_participant(sfu_room* room, const char* identity, sfu_participant** participant);

/* --- participants --------------------------------------------------------------------------------------------------*/

SFU_API sfu_status sfu_participant_release(sfu_participant* participant);
/* Result: `info`. Waits. */
SFU_API sfu_status sfu_participant_get_info(sfu_participant* participant, const sfu_participant_info** info);
/* Result: `permission`. Waits. */
SFU_API sfu_status sfu_participant_get_permission(sfu_participant* participant, const sfu_permission** permission);
/* Disconnects it; it may join again while its token lasts. `revoke_tokens_before_ms`, if not 0: tokens of its identity
 * for this room that were made before then are refused from now on, with 401; also where this fails with
 * SFU_ERROR_NOT_FOUND, since nobody is here. Waits. */
SFU_API sfu_status sfu_participant_remove(sfu_participant* participant, int64_t revoke_tokens_before_ms);
/* Replaces all that it may do. What is not allowed any more ends at once. Errors: SFU_ERROR_UNSUPPORTED (a forwarded
 * participant, which is changed in its own room). Waits. */
SFU_API sfu_status sfu_participant_set_permission(sfu_participant* participant, const sfu_permission* permission);
/* Everyone is told. Errors: SFU_ERROR_UNSUPPORTED, SFU_ERROR_LIMIT_EXCEEDED (sfu_room_options.name_limit and those
 * below). Waits. */
SFU_API sfu_status sfu_participant_update(sfu_participant* participant, const sfu_participant_changes* changes);
/* Subscribes it to tracks of others, or unsubscribes it. Tracks that are not there yet are waited for. Errors:
 * SFU_ERROR_UNSUPPORTED. Waits. */
SFU_API sfu_status sfu_participant_update_subscriptions(sfu_participant* participant, const char* const* track_sids,
                                                        size_t track_sid_count, sfu_bool subscribe);
/* Calls a method of its client. `done`: on the room's worker. Waits, but not for the answer. */
SFU_API sfu_status sfu_participant_perform_rpc(sfu_participant* participant, const sfu_rpc_request* request,
                                               sfu_rpc_done done, void* user);
/* Moves it into another room of the engine, which is made if there is none; its connections and its tracks go on where
 * that room lives on the same worker, else its client is told to join there. Errors, and nothing changed:
 * SFU_ERROR_INVALID_ARGUMENT (it is in that room; a room of another engine), SFU_ERROR_UNSUPPORTED (an agent, a
 * recorder, a forwarded participant), SFU_ERROR_FAILED_PRECONDITION (its signalling is interrupted just now),
 * SFU_ERROR_ALREADY_EXISTS (its identity is in use there), SFU_ERROR_LIMIT_EXCEEDED, SFU_ERROR_CLOSED. Waits. */
SFU_API sfu_status sfu_participant_move_to(sfu_participant* participant, sfu_room* destination);
/* Shows it and its tracks in another room as well, until it leaves here or is removed there. Errors as above;
 * SFU_ERROR_FAILED_PRECONDITION: that room lives on another worker, which media cannot reach yet. Waits. */
SFU_API sfu_status sfu_participant_forward_to(sfu_participant* participant, sfu_room* destination);
/* A handle to a track that it has published, now or later. */
SFU_API sfu_status sfu_participant_track(sfu_participant* participant, const char* sid, sfu_track** track);

/* --- tracks --------------------------------------------------------------------------------------------------------*/

SFU_API sfu_status sfu_track_release(sfu_track* track);
/* Result: `info`. Waits. */
SFU_API sfu_status sfu_track_get_info(sfu_track* track, const sfu_track_info** info);
/* Its publisher's client is told to mute or to unmute it, and everyone sees it so at once. Result: `info`, unless NULL:
 * the track as it is then. Errors: SFU_ERROR_UNSUPPORTED (of a forwarded participant), SFU_ERROR_FAILED_PRECONDITION
 * (unmuting, which sfu_room_options.remote_unmute does not allow). Waits. */
SFU_API sfu_status sfu_track_set_muted(sfu_track* track, sfu_bool muted, const sfu_track_info** info);

#ifdef __cplusplus
}
#endif

#endif
