// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/tokens.h`

use crate::*;

#[repr(C)]
pub struct sfu_video_grant {
    pub size: u32,
    pub room_join: sfu_bool,
    pub room: *const c_char,
    pub destination_room: *const c_char,
    pub room_create: sfu_bool,
    pub room_list: sfu_bool,
    pub room_record: sfu_bool,
    pub room_admin: sfu_bool,
    pub ingress_admin: sfu_bool,
    pub can_publish: sfu_setting,
    pub can_subscribe: sfu_setting,
    pub can_publish_data: sfu_setting,
    pub can_update_own_metadata: sfu_setting,
    pub can_subscribe_metrics: sfu_setting,
    pub can_manage_agent_session: sfu_setting,
    pub can_publish_sources: *const *const c_char,
    pub can_publish_source_count: usize,
    pub hidden: sfu_bool,
    pub recorder: sfu_bool,
    pub agent: sfu_bool,
}

#[repr(C)]
pub struct sfu_sip_grant {
    pub size: u32,
    pub admin: sfu_bool,
    pub call: sfu_bool,
}

#[repr(C)]
pub struct sfu_agent_grant {
    pub size: u32,
    pub admin: sfu_bool,
    pub simulation_admin: sfu_bool,
    pub database_admin: sfu_bool,
}

#[repr(C)]
pub struct sfu_inference_grant {
    pub size: u32,
    pub perform: sfu_bool,
}

#[repr(C)]
pub struct sfu_observability_grant {
    pub size: u32,
    pub write: sfu_bool,
}

pub type sfu_participant_kind = i32;
pub const SFU_PARTICIPANT_KIND_STANDARD: sfu_participant_kind = 0;
pub const SFU_PARTICIPANT_KIND_INGRESS: sfu_participant_kind = 1;
pub const SFU_PARTICIPANT_KIND_EGRESS: sfu_participant_kind = 2;
pub const SFU_PARTICIPANT_KIND_SIP: sfu_participant_kind = 3;
pub const SFU_PARTICIPANT_KIND_AGENT: sfu_participant_kind = 4;
pub const SFU_PARTICIPANT_KIND_CONNECTOR: sfu_participant_kind = 5;
pub const SFU_PARTICIPANT_KIND_BRIDGE: sfu_participant_kind = 6;

#[repr(C)]
pub struct sfu_claims {
    pub size: u32,
    pub kind: sfu_participant_kind,
    pub api_key: *const c_char,
    pub identity: *const c_char,
    pub name: *const c_char,
    pub metadata: *const c_char,
    pub attributes: *const sfu_pair,
    pub attribute_count: usize,
    pub kind_details: *const *const c_char,
    pub kind_detail_count: usize,
    pub video: *const sfu_video_grant,
    pub sip: *const sfu_sip_grant,
    pub agent: *const sfu_agent_grant,
    pub inference: *const sfu_inference_grant,
    pub observability: *const sfu_observability_grant,
    pub room_config: *const c_char,
    pub room_preset: *const c_char,
    pub sha256: *const c_char,
    pub not_before_ms: i64,
    pub issued_at_ms: i64,
    pub expires_at_ms: i64,
}

#[repr(C)]
pub struct sfu_access_token_options {
    pub size: u32,
    pub api_key: *const c_char,
    pub api_secret: *const c_char,
    pub ttl_ms: i64,
    pub now_ms: i64,
    pub allow_sensitive_room_config: sfu_bool,
}

#[repr(C)]
pub struct sfu_token_verifier {
    _opaque: [u8; 0],
}

extern "C" {
    pub fn sfu_access_token_create(
        claims: *const sfu_claims,
        options: *const sfu_access_token_options,
        token: *mut *mut c_char,
    ) -> sfu_status;
    pub fn sfu_token_verifier_create(
        keys: *const sfu_pair,
        key_count: usize,
        leeway_ms: i64,
        verifier: *mut *mut sfu_token_verifier,
    ) -> sfu_status;
    pub fn sfu_token_verifier_release(verifier: *mut sfu_token_verifier) -> sfu_status;
    pub fn sfu_token_verifier_verify(
        verifier: *mut sfu_token_verifier,
        token: *const c_char,
        now_ms: i64,
        claims: *mut *const sfu_claims,
    ) -> sfu_status;
}
