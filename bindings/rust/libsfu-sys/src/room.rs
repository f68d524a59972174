// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/room.h`

use crate::*;

#[repr(C)]
pub struct sfu_participant {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_track {
    _opaque: [u8; 0],
}

extern "C" {
    pub fn sfu_room_release(room: *mut sfu_room) -> sfu_status;
    pub fn sfu_room_get_info(room: *mut sfu_room, info: *mut *const sfu_room_info) -> sfu_status;
    pub fn sfu_room_get_participants(
        room: *mut sfu_room,
        participants: *mut *const sfu_participant_info_list,
    ) -> sfu_status;
    pub fn sfu_room_get_statistics(room: *mut sfu_room, statistics: *mut *const sfu_room_statistics) -> sfu_status;
    pub fn sfu_room_set_metadata(room: *mut sfu_room, metadata: *const c_char) -> sfu_status;
    pub fn sfu_room_send_data(
        room: *mut sfu_room,
        bytes: *const u8,
        length: usize,
        options: *const sfu_data_options,
    ) -> sfu_status;
    pub fn sfu_room_get_agent_dispatches(
        room: *mut sfu_room,
        dispatches: *mut *const sfu_agent_dispatch_list,
    ) -> sfu_status;
    pub fn sfu_room_add_agent_dispatch(
        room: *mut sfu_room,
        dispatch: *const sfu_agent_dispatch,
        added: *mut *const sfu_agent_dispatch,
    ) -> sfu_status;
    pub fn sfu_room_remove_agent_dispatch(
        room: *mut sfu_room,
        id: *const c_char,
        removed: *mut *const sfu_agent_dispatch,
    ) -> sfu_status;
    pub fn sfu_room_close(room: *mut sfu_room) -> sfu_status;
    pub fn sfu_room_participant(
        room: *mut sfu_room,
        identity: *const c_char,
        participant: *mut *mut sfu_participant,
    ) -> sfu_status;
    pub fn sfu_participant_release(participant: *mut sfu_participant) -> sfu_status;
    pub fn sfu_participant_get_info(
        participant: *mut sfu_participant,
        info: *mut *const sfu_participant_info,
    ) -> sfu_status;
    pub fn sfu_participant_get_permission(
        participant: *mut sfu_participant,
        permission: *mut *const sfu_permission,
    ) -> sfu_status;
    pub fn sfu_participant_remove(participant: *mut sfu_participant, revoke_tokens_before_ms: i64) -> sfu_status;
    pub fn sfu_participant_set_permission(
        participant: *mut sfu_participant,
        permission: *const sfu_permission,
    ) -> sfu_status;
    pub fn sfu_participant_update(
        participant: *mut sfu_participant,
        changes: *const sfu_participant_changes,
    ) -> sfu_status;
    pub fn sfu_participant_update_subscriptions(
        participant: *mut sfu_participant,
        track_sids: *const *const c_char,
        track_sid_count: usize,
        subscribe: sfu_bool,
    ) -> sfu_status;
    pub fn sfu_participant_perform_rpc(
        participant: *mut sfu_participant,
        request: *const sfu_rpc_request,
        done: sfu_rpc_done,
        user: *mut c_void,
    ) -> sfu_status;
    pub fn sfu_participant_move_to(participant: *mut sfu_participant, destination: *mut sfu_room) -> sfu_status;
    pub fn sfu_participant_forward_to(participant: *mut sfu_participant, destination: *mut sfu_room) -> sfu_status;
    pub fn sfu_participant_track(
        participant: *mut sfu_participant,
        sid: *const c_char,
        track: *mut *mut sfu_track,
    ) -> sfu_status;
    pub fn sfu_track_release(track: *mut sfu_track) -> sfu_status;
    pub fn sfu_track_get_info(track: *mut sfu_track, info: *mut *const sfu_track_info) -> sfu_status;
    pub fn sfu_track_set_muted(track: *mut sfu_track, muted: sfu_bool, info: *mut *const sfu_track_info) -> sfu_status;
}
