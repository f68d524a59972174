// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/local_participant.h`

use crate::*;

#[repr(C)]
pub struct sfu_local_participant_options {
    pub size: u32,
    pub claims: *const sfu_claims,
    pub auto_subscribe: sfu_setting,
    pub receive_frames: sfu_setting,
}

extern "C" {
    pub fn sfu_room_join(
        room: *mut sfu_room,
        options: *const sfu_local_participant_options,
        callbacks: *const sfu_client_callbacks,
        client: *mut *mut sfu_client,
    ) -> sfu_status;
}
