// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/policy.h`

use crate::*;

#[repr(C)]
pub struct sfu_decision {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_join_request {
    pub size: u32,
    pub claims: *const sfu_claims,
    pub client_address: *const c_char,
    pub room_exists: sfu_bool,
    pub already_there: sfu_bool,
    pub checking: sfu_bool,
    pub participants: u64,
}

#[repr(C)]
pub struct sfu_policy_participant {
    pub size: u32,
    pub identity: *const c_char,
    pub sid: *const c_char,
    pub metadata: *const c_char,
    pub agent: sfu_bool,
    pub recorder: sfu_bool,
}

#[repr(C)]
pub struct sfu_publish_request {
    pub size: u32,
    pub room: *const c_char,
    pub publisher: *const sfu_policy_participant,
    pub track: *const sfu_track_info,
}

#[repr(C)]
pub struct sfu_subscribe_request {
    pub size: u32,
    pub room: *const c_char,
    pub subscriber: *const sfu_policy_participant,
    pub publisher: *const sfu_policy_participant,
    pub track: *const sfu_track_info,
}

pub type sfu_data_kind = i32;
pub const SFU_DATA_USER: sfu_data_kind = 0;
pub const SFU_DATA_CHAT: sfu_data_kind = 1;
pub const SFU_DATA_STREAM_START: sfu_data_kind = 2;
pub const SFU_DATA_STREAM_CHUNK: sfu_data_kind = 3;
pub const SFU_DATA_STREAM_END: sfu_data_kind = 4;
pub const SFU_DATA_RPC_REQUEST: sfu_data_kind = 5;
pub const SFU_DATA_RPC_ANSWER: sfu_data_kind = 6;
pub const SFU_DATA_ENCRYPTED: sfu_data_kind = 7;
pub const SFU_DATA_OTHER: sfu_data_kind = 8;

#[repr(C)]
pub struct sfu_data_request {
    pub size: u32,
    pub room: *const c_char,
    pub sender: *const sfu_policy_participant,
    pub kind: sfu_data_kind,
    pub reliable: sfu_bool,
    pub topic: *const c_char,
    pub id: *const c_char,
    pub payload: *const u8,
    pub payload_length: usize,
    pub to_identities: *const *const c_char,
    pub to_identity_count: usize,
    pub to_sids: *const *const c_char,
    pub to_sid_count: usize,
}

#[repr(C)]
pub struct sfu_policy_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub on_join:
        Option<unsafe extern "C" fn(user: *mut c_void, request: *const sfu_join_request, decision: *mut sfu_decision)>,
    pub on_publish: Option<
        unsafe extern "C" fn(user: *mut c_void, request: *const sfu_publish_request, decision: *mut sfu_decision),
    >,
    pub on_subscribe: Option<
        unsafe extern "C" fn(user: *mut c_void, request: *const sfu_subscribe_request, decision: *mut sfu_decision),
    >,
    pub on_data:
        Option<unsafe extern "C" fn(user: *mut c_void, request: *const sfu_data_request, answer: *mut sfu_answer)>,
}

extern "C" {
    pub fn sfu_decision_allow(decision: *mut sfu_decision) -> sfu_status;
    pub fn sfu_decision_deny(decision: *mut sfu_decision, reason: *const c_char) -> sfu_status;
    pub fn sfu_decision_allow_with(decision: *mut sfu_decision, grants: *const sfu_video_grant) -> sfu_status;
    pub fn sfu_decision_release(decision: *mut sfu_decision) -> sfu_status;
    pub fn sfu_answer_pass(answer: *mut sfu_answer) -> sfu_status;
    pub fn sfu_answer_payload(answer: *mut sfu_answer, payload: *const u8, length: usize) -> sfu_status;
}
