// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/clock.h`

use crate::*;

#[repr(C)]
pub struct sfu_clock_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub now_ns: Option<unsafe extern "C" fn(user: *mut c_void) -> i64>,
    pub wall_now_ns: Option<unsafe extern "C" fn(user: *mut c_void) -> i64>,
}
