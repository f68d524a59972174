// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/client.h`

use crate::*;

#[repr(C)]
pub struct sfu_client_options {
    pub size: u32,
    pub url: *const c_char,
    pub token: *const c_char,
    pub single_connection: sfu_setting,
    pub auto_subscribe: sfu_setting,
    pub adaptive_stream: sfu_bool,
    pub metadata: *const c_char,
    pub attributes: *const sfu_pair,
    pub attribute_count: usize,
    pub media_addresses: *const *const c_char,
    pub media_address_count: usize,
    pub ca_file: *const c_char,
    pub any_server: sfu_bool,
    pub receive_frames: sfu_setting,
    pub audio_redundancy: sfu_bool,
}

pub type sfu_disconnect_reason = i32;
pub const SFU_DISCONNECT_OTHER: sfu_disconnect_reason = 0;
pub const SFU_DISCONNECT_CLIENT_INITIATED: sfu_disconnect_reason = 1;
pub const SFU_DISCONNECT_DUPLICATE_IDENTITY: sfu_disconnect_reason = 2;
pub const SFU_DISCONNECT_SERVER_SHUTDOWN: sfu_disconnect_reason = 3;
pub const SFU_DISCONNECT_PARTICIPANT_REMOVED: sfu_disconnect_reason = 4;
pub const SFU_DISCONNECT_ROOM_DELETED: sfu_disconnect_reason = 5;
pub const SFU_DISCONNECT_ROOM_CLOSED: sfu_disconnect_reason = 6;
pub const SFU_DISCONNECT_JOIN_FAILED: sfu_disconnect_reason = 7;
pub const SFU_DISCONNECT_LOST: sfu_disconnect_reason = 8;

#[repr(C)]
pub struct sfu_data_message {
    pub size: u32,
    pub reliable: sfu_bool,
    pub sender: *const c_char,
    pub topic: *const c_char,
    pub bytes: *const u8,
    pub length: usize,
}

#[repr(C)]
pub struct sfu_speaker {
    pub size: u32,
    pub identity: *const c_char,
    pub level: f64,
}

#[repr(C)]
pub struct sfu_stream_info {
    pub size: u32,
    pub text: sfu_bool,
    pub id: *const c_char,
    pub sender: *const c_char,
    pub topic: *const c_char,
    pub mime_type: *const c_char,
    pub name: *const c_char,
    pub total_length: i64,
    pub attributes: *const sfu_pair,
    pub attribute_count: usize,
    pub reply_to: *const c_char,
}

#[repr(C)]
pub struct sfu_client_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub on_connected:
        Option<unsafe extern "C" fn(user: *mut c_void, room: *const sfu_room_info, me: *const sfu_participant_info)>,
    pub on_ready: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub on_reconnecting: Option<unsafe extern "C" fn(user: *mut c_void, resuming: sfu_bool)>,
    pub on_reconnected: Option<unsafe extern "C" fn(user: *mut c_void, resumed: sfu_bool)>,
    pub on_disconnected: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            reason: sfu_disconnect_reason,
            status: sfu_status,
            message: *const c_char,
        ),
    >,
    pub on_moved: Option<unsafe extern "C" fn(user: *mut c_void, room: *const sfu_room_info)>,
    pub on_participant_joined:
        Option<unsafe extern "C" fn(user: *mut c_void, participant: *const sfu_participant_info)>,
    pub on_participant_changed:
        Option<unsafe extern "C" fn(user: *mut c_void, participant: *const sfu_participant_info)>,
    pub on_participant_left: Option<unsafe extern "C" fn(user: *mut c_void, participant: *const sfu_participant_info)>,
    pub on_track_published:
        Option<unsafe extern "C" fn(user: *mut c_void, identity: *const c_char, track: *const sfu_track_info)>,
    pub on_track_changed:
        Option<unsafe extern "C" fn(user: *mut c_void, identity: *const c_char, track: *const sfu_track_info)>,
    pub on_track_unpublished:
        Option<unsafe extern "C" fn(user: *mut c_void, identity: *const c_char, track: *const sfu_track_info)>,
    pub on_speakers: Option<unsafe extern "C" fn(user: *mut c_void, speakers: *const *const sfu_speaker, count: usize)>,
    pub on_subscribed: Option<
        unsafe extern "C" fn(user: *mut c_void, track_sid: *const c_char, identity: *const c_char, codec: sfu_codec),
    >,
    pub on_unsubscribed: Option<unsafe extern "C" fn(user: *mut c_void, track_sid: *const c_char)>,
    pub on_frame: Option<
        unsafe extern "C" fn(user: *mut c_void, track_sid: *const c_char, codec: sfu_codec, frame: *const sfu_frame),
    >,
    pub on_rtp: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            track_sid: *const c_char,
            packet: *const u8,
            length: usize,
            recovered: sfu_bool,
        ),
    >,
    pub on_published: Option<unsafe extern "C" fn(user: *mut c_void, id: *const c_char, track_sid: *const c_char)>,
    pub on_publish_failed:
        Option<unsafe extern "C" fn(user: *mut c_void, id: *const c_char, status: sfu_status, message: *const c_char)>,
    pub on_keyframe_requested: Option<unsafe extern "C" fn(user: *mut c_void, id: *const c_char, layer: u32)>,
    pub on_data: Option<unsafe extern "C" fn(user: *mut c_void, message: *const sfu_data_message)>,
    pub on_text: Option<
        unsafe extern "C" fn(user: *mut c_void, info: *const sfu_stream_info, text: *const c_char, length: usize),
    >,
    pub on_stream_opened: Option<unsafe extern "C" fn(user: *mut c_void, info: *const sfu_stream_info)>,
    pub on_stream_data: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            sender: *const c_char,
            id: *const c_char,
            bytes: *const u8,
            length: usize,
        ),
    >,
    pub on_stream_closed: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            sender: *const c_char,
            id: *const c_char,
            status: sfu_status,
            message: *const c_char,
        ),
    >,
}

#[repr(C)]
pub struct sfu_client {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_stream_options {
    pub size: u32,
    pub topic: *const c_char,
    pub to: *const *const c_char,
    pub to_count: usize,
    pub attributes: *const sfu_pair,
    pub attribute_count: usize,
    pub mime_type: *const c_char,
    pub name: *const c_char,
    pub reply_to: *const c_char,
}

#[repr(C)]
pub struct sfu_rpc_call {
    pub size: u32,
    pub caller: *const c_char,
    pub method: *const c_char,
    pub payload: *const c_char,
    pub timeout_ms: i64,
}

#[repr(C)]
pub struct sfu_rpc_responder {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_rpc_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub on_call:
        Option<unsafe extern "C" fn(user: *mut c_void, call: *const sfu_rpc_call, responder: *mut sfu_rpc_responder)>,
}

extern "C" {
    pub fn sfu_client_connect(
        options: *const sfu_client_options,
        callbacks: *const sfu_client_callbacks,
        client: *mut *mut sfu_client,
    ) -> sfu_status;
    pub fn sfu_client_release(client: *mut sfu_client) -> sfu_status;
    pub fn sfu_client_leave(client: *mut sfu_client) -> sfu_status;
    pub fn sfu_client_publish(
        client: *mut sfu_client,
        id: *const c_char,
        options: *const sfu_publish_options,
    ) -> sfu_status;
    pub fn sfu_client_unpublish(client: *mut sfu_client, id: *const c_char) -> sfu_status;
    pub fn sfu_client_set_muted(client: *mut sfu_client, id: *const c_char, muted: sfu_bool) -> sfu_status;
    pub fn sfu_client_write_frame(
        client: *mut sfu_client,
        id: *const c_char,
        frame: *const sfu_frame,
        layer: u32,
    ) -> sfu_status;
    pub fn sfu_client_write_rtp(
        client: *mut sfu_client,
        id: *const c_char,
        packet: *const u8,
        length: usize,
        layer: u32,
    ) -> sfu_status;
    pub fn sfu_client_subscribe(client: *mut sfu_client, track_sid: *const c_char, subscribed: sfu_bool) -> sfu_status;
    pub fn sfu_client_set_track_settings(
        client: *mut sfu_client,
        track_sid: *const c_char,
        settings: *const sfu_track_settings,
    ) -> sfu_status;
    pub fn sfu_client_request_key_frame(client: *mut sfu_client, track_sid: *const c_char) -> sfu_status;
    pub fn sfu_client_update(client: *mut sfu_client, changes: *const sfu_participant_changes) -> sfu_status;
    pub fn sfu_client_send_data(
        client: *mut sfu_client,
        bytes: *const u8,
        length: usize,
        options: *const sfu_data_options,
    ) -> sfu_status;
    pub fn sfu_client_send_text(
        client: *mut sfu_client,
        text: *const c_char,
        length: usize,
        options: *const sfu_stream_options,
    ) -> sfu_status;
    pub fn sfu_client_send_bytes(
        client: *mut sfu_client,
        bytes: *const u8,
        length: usize,
        options: *const sfu_stream_options,
    ) -> sfu_status;
    pub fn sfu_client_open_stream(
        client: *mut sfu_client,
        id: *const c_char,
        text: sfu_bool,
        options: *const sfu_stream_options,
    ) -> sfu_status;
    pub fn sfu_client_write_stream(
        client: *mut sfu_client,
        id: *const c_char,
        bytes: *const u8,
        length: usize,
    ) -> sfu_status;
    pub fn sfu_client_close_stream(client: *mut sfu_client, id: *const c_char, reason: *const c_char) -> sfu_status;
    pub fn sfu_client_perform_rpc(
        client: *mut sfu_client,
        identity: *const c_char,
        request: *const sfu_rpc_request,
        done: sfu_rpc_done,
        user: *mut c_void,
    ) -> sfu_status;
    pub fn sfu_rpc_responder_answer(responder: *mut sfu_rpc_responder, result: *const sfu_rpc_result) -> sfu_status;
    pub fn sfu_rpc_responder_release(responder: *mut sfu_rpc_responder) -> sfu_status;
    pub fn sfu_client_register_rpc(
        client: *mut sfu_client,
        method: *const c_char,
        callbacks: *const sfu_rpc_callbacks,
    ) -> sfu_status;
    pub fn sfu_client_unregister_rpc(client: *mut sfu_client, method: *const c_char) -> sfu_status;
}
