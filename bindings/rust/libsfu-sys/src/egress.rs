// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/egress.h`

use crate::*;

pub type sfu_egress_status = i32;
pub const SFU_EGRESS_STARTING: sfu_egress_status = 0;
pub const SFU_EGRESS_ACTIVE: sfu_egress_status = 1;
pub const SFU_EGRESS_ENDING: sfu_egress_status = 2;
pub const SFU_EGRESS_COMPLETE: sfu_egress_status = 3;
pub const SFU_EGRESS_FAILED: sfu_egress_status = 4;
pub const SFU_EGRESS_ABORTED: sfu_egress_status = 5;
pub const SFU_EGRESS_LIMIT_REACHED: sfu_egress_status = 6;

#[repr(C)]
pub struct sfu_egress_file {
    pub size: u32,
    pub filename: *const c_char,
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    pub duration_ms: i64,
    pub bytes: u64,
    pub location: *const c_char,
}

pub type sfu_egress_stream_status = i32;
pub const SFU_EGRESS_STREAM_ACTIVE: sfu_egress_stream_status = 0;
pub const SFU_EGRESS_STREAM_FINISHED: sfu_egress_stream_status = 1;
pub const SFU_EGRESS_STREAM_FAILED: sfu_egress_stream_status = 2;

#[repr(C)]
pub struct sfu_egress_stream {
    pub size: u32,
    pub status: sfu_egress_stream_status,
    pub url: *const c_char,
    pub started_at_ms: i64,
    pub ended_at_ms: i64,
    pub duration_ms: i64,
    pub error: *const c_char,
}

#[repr(C)]
pub struct sfu_egress_webhook {
    pub size: u32,
    pub url: *const c_char,
    pub signing_key: *const c_char,
}

#[repr(C)]
pub struct sfu_egress_info {
    pub size: u32,
    pub status: sfu_egress_status,
    pub egress_id: *const c_char,
    pub room_id: *const c_char,
    pub room_name: *const c_char,
    pub error: *const c_char,
    pub started_at_ms: i64,
    pub updated_at_ms: i64,
    pub ended_at_ms: i64,
    pub files: *const *const sfu_egress_file,
    pub file_count: usize,
    pub streams: *const *const sfu_egress_stream,
    pub stream_count: usize,
    pub webhooks: *const *const sfu_egress_webhook,
    pub webhook_count: usize,
}
