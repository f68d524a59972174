// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/values.h`

use crate::*;

pub type sfu_track_kind = i32;
pub const SFU_TRACK_KIND_AUDIO: sfu_track_kind = 0;
pub const SFU_TRACK_KIND_VIDEO: sfu_track_kind = 1;
pub const SFU_TRACK_KIND_DATA: sfu_track_kind = 2;

pub type sfu_track_source = i32;
pub const SFU_TRACK_SOURCE_UNKNOWN: sfu_track_source = 0;
pub const SFU_TRACK_SOURCE_CAMERA: sfu_track_source = 1;
pub const SFU_TRACK_SOURCE_MICROPHONE: sfu_track_source = 2;
pub const SFU_TRACK_SOURCE_SCREEN_SHARE: sfu_track_source = 3;
pub const SFU_TRACK_SOURCE_SCREEN_SHARE_AUDIO: sfu_track_source = 4;

#[repr(C)]
pub struct sfu_track_info {
    pub size: u32,
    pub kind: sfu_track_kind,
    pub source: sfu_track_source,
    pub muted: sfu_bool,
    pub simulcast: sfu_bool,
    pub width: u32,
    pub height: u32,
    pub sid: *const c_char,
    pub name: *const c_char,
    pub mime_type: *const c_char,
    pub message: *const u8,
    pub message_length: usize,
}

pub type sfu_participant_state = i32;
pub const SFU_PARTICIPANT_JOINING: sfu_participant_state = 0;
pub const SFU_PARTICIPANT_JOINED: sfu_participant_state = 1;
pub const SFU_PARTICIPANT_ACTIVE: sfu_participant_state = 2;
pub const SFU_PARTICIPANT_DISCONNECTED: sfu_participant_state = 3;

#[repr(C)]
pub struct sfu_participant_info {
    pub size: u32,
    pub state: sfu_participant_state,
    pub is_publisher: sfu_bool,
    pub hidden: sfu_bool,
    pub forwarded: sfu_bool,
    pub sid: *const c_char,
    pub identity: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub attributes: *const sfu_pair,
    pub attribute_count: usize,
    pub joined_at_ms: i64,
    pub tracks: *const *const sfu_track_info,
    pub track_count: usize,
    pub message: *const u8,
    pub message_length: usize,
}

#[repr(C)]
pub struct sfu_room_info {
    pub size: u32,
    pub num_participants: u32,
    pub num_publishers: u32,
    pub max_participants: u32,
    pub sid: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub created_at_ms: i64,
    pub empty_timeout_ms: i64,
    pub departure_timeout_ms: i64,
    pub playout_delay_min_ms: i64,
    pub playout_delay_max_ms: i64,
    pub sync_streams: sfu_bool,
    pub agents: *const c_char,
    pub egress: *const c_char,
    pub tags: *const sfu_pair,
    pub tag_count: usize,
    pub message: *const u8,
    pub message_length: usize,
}

#[repr(C)]
pub struct sfu_room_info_list {
    pub size: u32,
    pub items: *const *const sfu_room_info,
    pub count: usize,
}

#[repr(C)]
pub struct sfu_participant_info_list {
    pub size: u32,
    pub items: *const *const sfu_participant_info,
    pub count: usize,
}

#[repr(C)]
pub struct sfu_permission {
    pub size: u32,
    pub can_subscribe: sfu_bool,
    pub can_publish: sfu_bool,
    pub can_publish_data: sfu_bool,
    pub can_update_metadata: sfu_bool,
    pub can_subscribe_metrics: sfu_bool,
    pub can_manage_agent_session: sfu_bool,
    pub hidden: sfu_bool,
    pub recorder: sfu_bool,
    pub agent: sfu_bool,
    pub can_publish_sources: *const sfu_track_source,
    pub can_publish_source_count: usize,
}

#[repr(C)]
pub struct sfu_participant_changes {
    pub size: u32,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub attributes: *const sfu_pair,
    pub attribute_count: usize,
    pub permission: *const sfu_permission,
}

#[repr(C)]
pub struct sfu_agent_dispatch {
    pub size: u32,
    pub id: *const c_char,
    pub agent_name: *const c_char,
    pub metadata: *const c_char,
    pub attributes: *const sfu_pair,
    pub attribute_count: usize,
    pub deployment: *const c_char,
    pub restarts: sfu_setting,
    pub created_at_ms: i64,
}

#[repr(C)]
pub struct sfu_agent_dispatch_list {
    pub size: u32,
    pub items: *const *const sfu_agent_dispatch,
    pub count: usize,
}

#[repr(C)]
pub struct sfu_data_options {
    pub size: u32,
    pub reliable: sfu_setting,
    pub topic: *const c_char,
    pub to: *const *const c_char,
    pub to_count: usize,
    pub to_sids: *const *const c_char,
    pub to_sid_count: usize,
    pub nonce: *const u8,
    pub nonce_length: usize,
}

#[repr(C)]
pub struct sfu_rpc_request {
    pub size: u32,
    pub method: *const c_char,
    pub payload: *const c_char,
    pub response_timeout_ms: i64,
}

#[repr(C)]
pub struct sfu_rpc_result {
    pub size: u32,
    pub error_code: u32,
    pub payload: *const c_char,
    pub error_message: *const c_char,
    pub error_data: *const c_char,
}

pub type sfu_rpc_done = Option<unsafe extern "C" fn(user: *mut c_void, result: *const sfu_rpc_result)>;
