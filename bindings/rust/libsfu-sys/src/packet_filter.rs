// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/packet_filter.h`

use crate::*;

#[repr(C)]
pub struct sfu_packet_filter {
    _opaque: [u8; 0],
}

#[repr(C)]
pub struct sfu_track_packet {
    pub size: u32,
    pub ssrc: u32,
    pub timestamp: u32,
    pub sequence_number: u16,
    pub payload_type: u8,
    pub layer: u8,
    pub spatial_layer: u8,
    pub temporal_layer: u8,
    pub marker: sfu_bool,
    pub redundant: sfu_bool,
    pub recovered: sfu_bool,
    pub starts_frame: sfu_bool,
    pub starts_keyframe: sfu_bool,
    pub voice: sfu_bool,
    pub audio_level: i32,
    pub arrived_ns: i64,
    pub mime_type: *const c_char,
    pub descriptor: *const u8,
    pub descriptor_length: usize,
    pub payload: *const u8,
    pub payload_length: usize,
}

pub type sfu_packet_verdict = i64;
pub const SFU_PACKET_PASS: sfu_packet_verdict = 0;
pub const SFU_PACKET_DROP: sfu_packet_verdict = -1;

#[repr(C)]
pub struct sfu_packet_filter_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub on_packet: Option<
        unsafe extern "C" fn(
            user: *mut c_void,
            packet: *const sfu_track_packet,
            room: *mut u8,
            room_length: usize,
        ) -> sfu_packet_verdict,
    >,
    pub on_ended: Option<unsafe extern "C" fn(user: *mut c_void)>,
}

extern "C" {
    pub fn sfu_track_attach_filter(
        track: *mut sfu_track,
        callbacks: *const sfu_packet_filter_callbacks,
        filter: *mut *mut sfu_packet_filter,
    ) -> sfu_status;
    pub fn sfu_packet_filter_release(filter: *mut sfu_packet_filter) -> sfu_status;
}
