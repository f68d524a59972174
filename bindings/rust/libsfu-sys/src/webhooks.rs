// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/webhooks.h`

use crate::*;

#[repr(C)]
pub struct sfu_webhook_event {
    pub size: u32,
    pub event: *const c_char,
    pub id: *const c_char,
    pub created_at_ms: i64,
    pub room: *const sfu_room_info,
    pub participant: *const sfu_participant_info,
    pub track: *const sfu_track_info,
    pub egress_info: *const c_char,
    pub ingress_info: *const c_char,
    pub job: *const c_char,
    pub json: *const c_char,
}

#[repr(C)]
pub struct sfu_webhook_receiver {
    _opaque: [u8; 0],
}

extern "C" {
    pub fn sfu_webhook_receiver_create(
        keys: *const sfu_pair,
        key_count: usize,
        receiver: *mut *mut sfu_webhook_receiver,
    ) -> sfu_status;
    pub fn sfu_webhook_receiver_release(receiver: *mut sfu_webhook_receiver) -> sfu_status;
    pub fn sfu_webhook_receiver_receive(
        receiver: *mut sfu_webhook_receiver,
        body: *const u8,
        length: usize,
        authorization: *const c_char,
        now_ms: i64,
        event: *mut *const sfu_webhook_event,
    ) -> sfu_status;
}
