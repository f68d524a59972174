// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/auth.h`

use crate::*;

#[repr(C)]
pub struct sfu_answer {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_auth_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub authenticate:
        Option<unsafe extern "C" fn(user: *mut c_void, token: *const c_char, now_ms: i64, answer: *mut sfu_answer)>,
    pub refresh: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            claims: *const sfu_claims,
            now_ms: i64,
            ttl_ms: i64,
            answer: *mut sfu_answer,
        ),
    >,
}

extern "C" {
    pub fn sfu_answer_refuse(answer: *mut sfu_answer, reason: *const c_char) -> sfu_status;
    pub fn sfu_answer_claims(answer: *mut sfu_answer, claims: *const sfu_claims) -> sfu_status;
    pub fn sfu_answer_token(answer: *mut sfu_answer, token: *const c_char) -> sfu_status;
}
