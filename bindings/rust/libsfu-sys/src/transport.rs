// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/transport.h`

use crate::*;

#[repr(C)]
pub struct sfu_address {
    pub ip: [u8; 16],
    pub port: u16,
}

#[repr(C)]
pub struct sfu_datagram {
    pub local: sfu_address,
    pub remote: sfu_address,
    pub bytes: *const u8,
    pub length: usize,
}

#[repr(C)]
pub struct sfu_packet_sink {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_transport_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub open: Option<unsafe extern "C" fn(user: *mut c_void, worker: u32, transport: *mut *mut c_void) -> sfu_status>,
    pub close: Option<unsafe extern "C" fn(user: *mut c_void, transport: *mut c_void)>,
    pub send: Option<
        unsafe extern "C" fn(user: *mut c_void, transport: *mut c_void, batch: *const sfu_datagram, count: usize),
    >,
    pub poll_descriptor: Option<unsafe extern "C" fn(user: *mut c_void, transport: *mut c_void) -> c_int>,
    pub receive: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            transport: *mut c_void,
            now_ns: i64,
            sink: *mut sfu_packet_sink,
        ) -> sfu_bool,
    >,
    pub candidates: Option<
        unsafe extern "C" fn(user: *mut c_void, transport: *mut c_void, addresses: *mut *const sfu_address) -> usize,
    >,
}

extern "C" {
    pub fn sfu_packet_sink_receive(
        sink: *mut sfu_packet_sink,
        arrived_ns: i64,
        local: *const sfu_address,
        remote: *const sfu_address,
        bytes: *mut u8,
        length: usize,
    ) -> sfu_status;
}
