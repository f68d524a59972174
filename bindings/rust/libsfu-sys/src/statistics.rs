// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/statistics.h`

use crate::*;

#[repr(C)]
pub struct sfu_worker_statistics {
    pub size: u32,
    pub rooms: u64,
    pub participants: u64,
    pub datagrams_received: u64,
    pub processor_time_us: i64,
}

#[repr(C)]
pub struct sfu_engine_statistics {
    pub size: u32,
    pub node_id: *const c_char,
    pub started_at_ms: i64,
    pub updated_at_ms: i64,
    pub age_ms: i64,
    pub rooms: u64,
    pub participants: u64,
    pub tracks_published: [u64; 3],
    pub tracks_subscribed: [u64; 3],
    pub forward_latency_us: i64,
    pub forward_jitter_us: i64,
    pub joins_validation_failed: u64,
    pub joins_signal_failed: u64,
    pub joins_signal_connected: u64,
    pub joins_rtc_init: u64,
    pub joins_rtc_connected: u64,
    pub joins_rtc_active: u64,
    pub joins_rtc_canceled: u64,
    pub joins_rtc_failure: u64,
    pub publish_attempts: [u64; 3],
    pub publish_successes: [u64; 3],
    pub publish_cancels: [u64; 3],
    pub subscribe_attempts: u64,
    pub subscribe_successes: u64,
    pub subscribe_cancels: u64,
    pub packets_received: u64,
    pub bytes_received: u64,
    pub packets_received_again: u64,
    pub bytes_received_again: u64,
    pub packets_sent: u64,
    pub bytes_sent: u64,
    pub packets_sent_again: u64,
    pub bytes_sent_again: u64,
    pub nacks_sent: u64,
    pub plis_sent: u64,
    pub nacks_received: u64,
    pub plis_received: u64,
    pub signal_requests: u64,
    pub signal_bad_requests: u64,
    pub signal_responses: u64,
    pub workers: *const *const sfu_worker_statistics,
    pub worker_count: usize,
    pub packets_filtered: u64,
    pub bytes_filtered: u64,
}

#[repr(C)]
pub struct sfu_engine_counters {
    pub size: u32,
    pub packets_received: u64,
    pub dropped_unknown_source: u64,
    pub dropped_malformed: u64,
    pub dropped_between_workers: u64,
    pub data_tracks_malformed: u64,
    pub data_tracks_unknown: u64,
    pub data_tracks_dropped: u64,
}

pub type sfu_connection_quality = i32;
pub const SFU_QUALITY_POOR: sfu_connection_quality = 0;
pub const SFU_QUALITY_GOOD: sfu_connection_quality = 1;
pub const SFU_QUALITY_EXCELLENT: sfu_connection_quality = 2;
pub const SFU_QUALITY_LOST: sfu_connection_quality = 3;

#[repr(C)]
pub struct sfu_participant_statistics {
    pub size: u32,
    pub quality: sfu_connection_quality,
    pub score: f64,
    pub identity: *const c_char,
    pub sid: *const c_char,
    pub round_trip_us: i64,
    pub estimate_bps: i64,
}

#[repr(C)]
pub struct sfu_stream_statistics {
    pub size: u32,
    pub layer: i32,
    pub publisher: *const c_char,
    pub track: *const sfu_track_info,
    pub bytes: u64,
    pub packets: u64,
    pub lost: u64,
    pub jitter_us: i64,
    pub filtered: u64,
}

#[repr(C)]
pub struct sfu_subscription_statistics {
    pub size: u32,
    pub layer: i32,
    pub paused: sfu_bool,
    pub subscriber: *const c_char,
    pub publisher: *const c_char,
    pub track: *const c_char,
    pub bytes: u64,
    pub packets: u64,
    pub lost: u64,
}

#[repr(C)]
pub struct sfu_room_statistics {
    pub size: u32,
    pub name: *const c_char,
    pub participants: *const *const sfu_participant_statistics,
    pub participant_count: usize,
    pub streams: *const *const sfu_stream_statistics,
    pub stream_count: usize,
    pub subscriptions: *const *const sfu_subscription_statistics,
    pub subscription_count: usize,
}
