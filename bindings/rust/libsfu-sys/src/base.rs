// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/base.h`

use crate::*;

pub type sfu_status = i32;
pub const SFU_OK: sfu_status = 0;
pub const SFU_ERROR_INVALID_ARGUMENT: sfu_status = -1;
pub const SFU_ERROR_TRUNCATED: sfu_status = -2;
pub const SFU_ERROR_MALFORMED: sfu_status = -3;
pub const SFU_ERROR_UNSUPPORTED: sfu_status = -4;
pub const SFU_ERROR_NOT_FOUND: sfu_status = -5;
pub const SFU_ERROR_ALREADY_EXISTS: sfu_status = -6;
pub const SFU_ERROR_PERMISSION_DENIED: sfu_status = -7;
pub const SFU_ERROR_UNAUTHENTICATED: sfu_status = -8;
pub const SFU_ERROR_LIMIT_EXCEEDED: sfu_status = -9;
pub const SFU_ERROR_FAILED_PRECONDITION: sfu_status = -10;
pub const SFU_ERROR_CLOSED: sfu_status = -11;
pub const SFU_ERROR_TIMEOUT: sfu_status = -12;
pub const SFU_ERROR_UNAVAILABLE: sfu_status = -13;
pub const SFU_ERROR_INTERNAL: sfu_status = -14;
pub const SFU_ERROR_INVALID_HANDLE: sfu_status = -32;
pub const SFU_ERROR_WRONG_THREAD: sfu_status = -33;
pub const SFU_ERROR_OUT_OF_MEMORY: sfu_status = -34;

pub type sfu_bool = i32;

pub type sfu_setting = i32;
pub const SFU_DEFAULT: sfu_setting = 0;
pub const SFU_ON: sfu_setting = 1;
pub const SFU_OFF: sfu_setting = 2;
pub const SFU_NONE: i32 = -1;

#[repr(C)]
pub struct sfu_pair {
    pub key: *const c_char,
    pub value: *const c_char,
}

pub type sfu_log_level = i32;
pub const SFU_LOG_DEFAULT: sfu_log_level = 0;
pub const SFU_LOG_DEBUG: sfu_log_level = 1;
pub const SFU_LOG_INFO: sfu_log_level = 2;
pub const SFU_LOG_WARN: sfu_log_level = 3;
pub const SFU_LOG_ERROR: sfu_log_level = 4;
pub const SFU_LOG_OFF: sfu_log_level = 5;

#[repr(C)]
pub struct sfu_log_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub log: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            level: sfu_log_level,
            message: *const c_char,
            fields: *const sfu_pair,
            field_count: usize,
        ),
    >,
}

extern "C" {
    pub fn sfu_status_name(status: sfu_status) -> *const c_char;
    pub fn sfu_last_error_message() -> *const c_char;
    pub fn sfu_version() -> *const c_char;
    pub fn sfu_protocol_server_version() -> *const c_char;
    pub fn sfu_struct_init(object: *mut c_void, size: u32);
    pub fn sfu_free(result: *const c_void) -> sfu_status;
    pub fn sfu_live_count() -> u64;
}
