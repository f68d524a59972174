// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/room_api.h`

use crate::*;

#[repr(C)]
pub struct sfu_room_api_options {
    pub size: u32,
    pub json: sfu_bool,
    pub any_server: sfu_bool,
    pub url: *const c_char,
    pub api_key: *const c_char,
    pub api_secret: *const c_char,
    pub token: *const c_char,
    pub timeout_ms: i64,
    pub ca_file: *const c_char,
}

#[repr(C)]
pub struct sfu_create_room_options {
    pub size: u32,
    pub configuration: *const sfu_room_configuration,
    pub preset: *const c_char,
    pub node_id: *const c_char,
}

#[repr(C)]
pub struct sfu_api_error {
    pub size: u32,
    pub http_status: i32,
    pub code: *const c_char,
    pub message: *const c_char,
    pub meta: *const sfu_pair,
    pub meta_count: usize,
}

#[repr(C)]
pub struct sfu_room_api {
    _opaque: [u8; 0],
}

extern "C" {
    pub fn sfu_room_api_create(options: *const sfu_room_api_options, api: *mut *mut sfu_room_api) -> sfu_status;
    pub fn sfu_room_api_release(api: *mut sfu_room_api) -> sfu_status;
    pub fn sfu_room_api_get_last_error(error: *mut *const sfu_api_error) -> sfu_status;
    pub fn sfu_room_api_create_room(
        api: *mut sfu_room_api,
        name: *const c_char,
        options: *const sfu_create_room_options,
        info: *mut *const sfu_room_info,
    ) -> sfu_status;
    pub fn sfu_room_api_list_rooms(
        api: *mut sfu_room_api,
        names: *const *const c_char,
        name_count: usize,
        rooms: *mut *const sfu_room_info_list,
    ) -> sfu_status;
    pub fn sfu_room_api_delete_room(api: *mut sfu_room_api, room: *const c_char) -> sfu_status;
    pub fn sfu_room_api_update_room_metadata(
        api: *mut sfu_room_api,
        room: *const c_char,
        metadata: *const c_char,
        info: *mut *const sfu_room_info,
    ) -> sfu_status;
    pub fn sfu_room_api_send_data(
        api: *mut sfu_room_api,
        room: *const c_char,
        bytes: *const u8,
        length: usize,
        options: *const sfu_data_options,
    ) -> sfu_status;
    pub fn sfu_room_api_list_participants(
        api: *mut sfu_room_api,
        room: *const c_char,
        participants: *mut *const sfu_participant_info_list,
    ) -> sfu_status;
    pub fn sfu_room_api_get_participant(
        api: *mut sfu_room_api,
        room: *const c_char,
        identity: *const c_char,
        info: *mut *const sfu_participant_info,
    ) -> sfu_status;
    pub fn sfu_room_api_remove_participant(
        api: *mut sfu_room_api,
        room: *const c_char,
        identity: *const c_char,
        revoke_tokens_before_ms: i64,
    ) -> sfu_status;
    pub fn sfu_room_api_mute_published_track(
        api: *mut sfu_room_api,
        room: *const c_char,
        identity: *const c_char,
        track_sid: *const c_char,
        muted: sfu_bool,
        info: *mut *const sfu_track_info,
    ) -> sfu_status;
    pub fn sfu_room_api_update_participant(
        api: *mut sfu_room_api,
        room: *const c_char,
        identity: *const c_char,
        changes: *const sfu_participant_changes,
        info: *mut *const sfu_participant_info,
    ) -> sfu_status;
    pub fn sfu_room_api_update_subscriptions(
        api: *mut sfu_room_api,
        room: *const c_char,
        identity: *const c_char,
        track_sids: *const *const c_char,
        track_sid_count: usize,
        subscribe: sfu_bool,
    ) -> sfu_status;
    pub fn sfu_room_api_forward_participant(
        api: *mut sfu_room_api,
        room: *const c_char,
        identity: *const c_char,
        destination_room: *const c_char,
    ) -> sfu_status;
    pub fn sfu_room_api_move_participant(
        api: *mut sfu_room_api,
        room: *const c_char,
        identity: *const c_char,
        destination_room: *const c_char,
    ) -> sfu_status;
    pub fn sfu_room_api_perform_rpc(
        api: *mut sfu_room_api,
        room: *const c_char,
        identity: *const c_char,
        request: *const sfu_rpc_request,
        payload: *mut *mut c_char,
    ) -> sfu_status;
    pub fn sfu_room_api_create_dispatch(
        api: *mut sfu_room_api,
        room: *const c_char,
        dispatch: *const sfu_agent_dispatch,
        created: *mut *const sfu_agent_dispatch,
    ) -> sfu_status;
    pub fn sfu_room_api_delete_dispatch(
        api: *mut sfu_room_api,
        room: *const c_char,
        dispatch_id: *const c_char,
        deleted: *mut *const sfu_agent_dispatch,
    ) -> sfu_status;
    pub fn sfu_room_api_list_dispatches(
        api: *mut sfu_room_api,
        room: *const c_char,
        dispatch_id: *const c_char,
        dispatches: *mut *const sfu_agent_dispatch_list,
    ) -> sfu_status;
}
