// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/events.h`

use crate::*;

pub type sfu_event_kind = i32;
pub const SFU_EVENT_ROOM_STARTED: sfu_event_kind = 0;
pub const SFU_EVENT_ROOM_FINISHED: sfu_event_kind = 1;
pub const SFU_EVENT_PARTICIPANT_JOINED: sfu_event_kind = 2;
pub const SFU_EVENT_PARTICIPANT_LEFT: sfu_event_kind = 3;
pub const SFU_EVENT_PARTICIPANT_CONNECTION_ABORTED: sfu_event_kind = 4;
pub const SFU_EVENT_TRACK_PUBLISHED: sfu_event_kind = 5;
pub const SFU_EVENT_TRACK_UNPUBLISHED: sfu_event_kind = 6;

#[repr(C)]
pub struct sfu_event {
    pub size: u32,
    pub kind: sfu_event_kind,
    pub name: *const c_char,
    pub id: *const c_char,
    pub sequence: u64,
    pub at_ms: i64,
    pub room: *const sfu_room_info,
    pub participant: *const sfu_participant_info,
    pub track: *const sfu_track_info,
}

#[repr(C)]
pub struct sfu_event_callbacks {
    pub size: u32,
    pub user: *mut c_void,
    pub dropped: Option<unsafe extern "C" fn(user: *mut c_void)>,
    pub on_event: Option<unsafe extern "C" fn(user: *mut c_void, event: *const sfu_event)>,
}
