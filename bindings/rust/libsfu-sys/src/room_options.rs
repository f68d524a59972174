// SPDX-License-Identifier: Apache-2.0
//! `sfu-c/room_options.h`

use crate::*;

pub type sfu_duplicate_identity = i32;
pub const SFU_DUPLICATE_IDENTITY_REPLACE: sfu_duplicate_identity = 0;
pub const SFU_DUPLICATE_IDENTITY_REFUSE: sfu_duplicate_identity = 1;

#[repr(C)]
pub struct sfu_room_options {
    pub size: u32,
    pub auto_create: sfu_setting,
    pub empty_timeout_ms: i64,
    pub departure_timeout_ms: i64,
    pub max_participants: u32,
    pub sync_streams: sfu_bool,
    pub enabled_codecs: *const *const c_char,
    pub enabled_codec_count: usize,
    pub metadata: *const c_char,
    pub playout_delay_min_ms: i64,
    pub playout_delay_max_ms: i64,
    pub data_tracks: sfu_setting,
    pub participant_data_blobs: sfu_bool,
    pub subscription_limit_video: u32,
    pub subscription_limit_audio: u32,
    pub codec_regression_threshold: i32,
    pub reconnect_on_publication_error: sfu_bool,
    pub remote_unmute: sfu_bool,
    pub duplicate_identity: sfu_duplicate_identity,
    pub speaker_active_level: u32,
    pub speaker_min_percentile: u32,
    pub speaker_interval_ms: i64,
    pub speaker_smooth_intervals: i32,
    pub keyframe_throttle_low_ms: i64,
    pub keyframe_throttle_mid_ms: i64,
    pub keyframe_throttle_high_ms: i64,
    pub packet_buffer_video: u32,
    pub packet_buffer_audio: u32,
    pub dynacast_pause_delay_ms: i64,
    pub congestion_control: sfu_setting,
    pub allow_pause: sfu_bool,
    pub update_batch_target_size: u32,
    pub room_name_limit: i64,
    pub identity_limit: i64,
    pub name_limit: i64,
    pub metadata_limit: i64,
    pub attributes_limit: i64,
    pub data_blob_key_limit: i64,
    pub data_blobs_limit: i64,
    pub data_track_encoding_limit: i64,
    pub send_side_bwe: sfu_setting,
    pub active_red_encoding: sfu_bool,
    pub loss_proxying: sfu_bool,
    pub equal_packet_sizes: sfu_bool,
    pub data_channel_lossy_latency_ms: i64,
    pub data_channel_track_latency_ms: i64,
    pub data_channel_slow_threshold_bps: u64,
}

#[repr(C)]
pub struct sfu_room_configuration {
    pub size: u32,
    pub max_participants: u32,
    pub empty_timeout_ms: i64,
    pub departure_timeout_ms: i64,
    pub metadata: *const c_char,
    pub playout_delay_min_ms: i64,
    pub playout_delay_max_ms: i64,
    pub sync_streams: sfu_bool,
    pub agents: *const c_char,
    pub egress: *const c_char,
    pub tags: *const sfu_pair,
    pub tag_count: usize,
}

#[repr(C)]
pub struct sfu_room_preset {
    pub size: u32,
    pub name: *const c_char,
    pub configuration: *const sfu_room_configuration,
}
