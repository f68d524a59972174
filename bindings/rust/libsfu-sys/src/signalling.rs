// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/signalling.h`

use crate::*;

#[repr(C)]
pub struct sfu_connect_request {
    pub size: u32,
    pub path: *const c_char,
    pub query: *const sfu_pair,
    pub query_count: usize,
    pub headers: *const sfu_pair,
    pub header_count: usize,
    pub remote_address: *const c_char,
}

#[repr(C)]
pub struct sfu_signal_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub accepted: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub rejected: Option<unsafe extern "C" fn(user: *mut c_void, status: i32, body: *const c_char)>,
    pub send: Option<unsafe extern "C" fn(user: *mut c_void, message: *const u8, length: usize, text: sfu_bool)>,
    pub close: Option<unsafe extern "C" fn(user: *mut c_void, code: u16)>,
}

#[repr(C)]
pub struct sfu_signal_session {
    _opaque: [u8; 0],
}

extern "C" {
    pub fn sfu_engine_connect(
        engine: *mut sfu_engine,
        request: *const sfu_connect_request,
        callbacks: *const sfu_signal_callbacks,
        session: *mut *mut sfu_signal_session,
    ) -> sfu_status;
    pub fn sfu_signal_session_receive(
        session: *mut sfu_signal_session,
        message: *const u8,
        length: usize,
        text: sfu_bool,
    ) -> sfu_status;
    pub fn sfu_signal_session_disconnected(session: *mut sfu_signal_session) -> sfu_status;
    pub fn sfu_signal_session_release(session: *mut sfu_signal_session) -> sfu_status;
    pub fn sfu_engine_validate(
        engine: *mut sfu_engine,
        request: *const sfu_connect_request,
        status: *mut i32,
        body: *mut *mut c_char,
    ) -> sfu_status;
    pub fn sfu_engine_check_revoked(engine: *mut sfu_engine, claims: *const sfu_claims) -> sfu_status;
}
