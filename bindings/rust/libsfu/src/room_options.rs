// SPDX-License-Identifier: Apache-2.0
//! What rooms are made with.
use std::collections::HashMap;
use std::time::Duration;

use crate::ffi::{self, c_enum, Scratch};
use crate::sys;
use crate::values::Setting;

c_enum! {
    DuplicateIdentity: Replace {
        /// The older session ends.
        Replace = SFU_DUPLICATE_IDENTITY_REPLACE,
        /// The newcomer is refused with 409, unless the other's signalling is lost.
        Refuse = SFU_DUPLICATE_IDENTITY_REFUSE,
    }
}

/// The defaults of all rooms of an engine. 0, and `None`, are what the comment says; [`NONE`](crate::NONE), and a
/// duration of zero, are none or no limit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomOptions {
    /// A join makes the room; default: on.
    pub auto_create: Setting,
    /// A room that nobody joined ends after this long; 5 minutes.
    pub empty_timeout: Option<Duration>,
    /// A room that everybody left ends after this long; 20 s.
    pub departure_timeout: Option<Duration>,
    /// No limit.
    pub max_participants: u32,
    /// Tracks of one participant and stream are played in sync.
    pub sync_streams: bool,
    /// Mime types that may be published, most liked first; the protocol's list.
    pub enabled_codecs: Vec<String>,
    pub metadata: String,
    /// Both none: subscribers are told nothing.
    pub playout_delay_min: Option<Duration>,
    pub playout_delay_max: Option<Duration>,
    /// Those who may publish data may publish data tracks; default: on.
    pub data_tracks: Setting,
    /// Participants may store data blobs for others to fetch.
    pub participant_data_blobs: bool,
    /// Tracks that one participant gets at once; no limit.
    pub subscription_limit_video: u32,
    pub subscription_limit_audio: u32,
    /// 5; `NONE`: in rooms of any size.
    pub codec_regression_threshold: i32,
    /// A client must start afresh when a track it announced does not come.
    pub reconnect_on_publication_error: bool,
    /// Tracks may be unmuted by others than their publisher.
    pub remote_unmute: bool,
    pub duplicate_identity: DuplicateIdentity,
    /// -dBov; 35.
    pub speaker_active_level: u32,
    /// 40.
    pub speaker_min_percentile: u32,
    /// 400 ms.
    pub speaker_interval: Option<Duration>,
    /// 2.
    pub speaker_smooth_intervals: i32,
    /// 500 ms.
    pub keyframe_throttle_low: Option<Duration>,
    /// 1 s.
    pub keyframe_throttle_mid: Option<Duration>,
    /// 1 s.
    pub keyframe_throttle_high: Option<Duration>,
    /// Packets of each stream that are kept for retransmission; 500.
    pub packet_buffer_video: u32,
    /// 200.
    pub packet_buffer_audio: u32,
    /// 5 s.
    pub dynacast_pause_delay: Option<Duration>,
    /// Default: on.
    pub congestion_control: Setting,
    /// Tracks that do not fit are paused for all, not only for those who allow it.
    pub allow_pause: bool,
    /// Bytes of a message with news of many; 128 KiB.
    pub update_batch_target_size: u32,
    /// Bytes; 256.
    pub room_name_limit: i64,
    /// 256.
    pub identity_limit: i64,
    /// 256.
    pub name_limit: i64,
    /// 512 KiB.
    pub metadata_limit: i64,
    /// Keys and values together; 64 KiB.
    pub attributes_limit: i64,
    /// 256.
    pub data_blob_key_limit: i64,
    /// Of one participant, with their keys; 64000.
    pub data_blobs_limit: i64,
    /// Of a data track's custom encoding; 32.
    pub data_track_encoding_limit: i64,
    /// A connection's capacity is estimated here, not by the client; default: on.
    pub send_side_bwe: Setting,
    /// Sound goes with redundancy (RED) to those who can take it.
    pub active_red_encoding: bool,
    /// Publishers of sound are told of what their subscribers lose.
    pub loss_proxying: bool,
    /// Video is padded, so that the kernel takes more packets in one call.
    pub equal_packet_sizes: bool,
    /// Lossy data that has waited longer in a participant's channel is dropped; 100 ms.
    pub data_channel_lossy_latency: Option<Duration>,
    /// Of data tracks; 100 ms.
    pub data_channel_track_latency: Option<Duration>,
    /// Who has had reliable messages waiting for 50 ms, and takes fewer bits a second, is not waited for. 0: everyone is.
    pub data_channel_slow_threshold_bps: u64,
}

impl RoomOptions {
    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_room_options {
        let time = ffi::ms_or_default;
        let mut c: sys::sfu_room_options = ffi::init();
        c.auto_create = self.auto_create.to_c();
        c.empty_timeout_ms = time(self.empty_timeout);
        c.departure_timeout_ms = time(self.departure_timeout);
        c.max_participants = self.max_participants;
        c.sync_streams = self.sync_streams.into();
        let (codecs, count) = scratch.texts(&self.enabled_codecs);
        c.enabled_codecs = codecs;
        c.enabled_codec_count = count;
        c.metadata = scratch.text(&self.metadata);
        c.playout_delay_min_ms = time(self.playout_delay_min);
        c.playout_delay_max_ms = time(self.playout_delay_max);
        c.data_tracks = self.data_tracks.to_c();
        c.participant_data_blobs = self.participant_data_blobs.into();
        c.subscription_limit_video = self.subscription_limit_video;
        c.subscription_limit_audio = self.subscription_limit_audio;
        c.codec_regression_threshold = self.codec_regression_threshold;
        c.reconnect_on_publication_error = self.reconnect_on_publication_error.into();
        c.remote_unmute = self.remote_unmute.into();
        c.duplicate_identity = self.duplicate_identity.to_c();
        c.speaker_active_level = self.speaker_active_level;
        c.speaker_min_percentile = self.speaker_min_percentile;
        c.speaker_interval_ms = time(self.speaker_interval);
        c.speaker_smooth_intervals = self.speaker_smooth_intervals;
        c.keyframe_throttle_low_ms = time(self.keyframe_throttle_low);
        c.keyframe_throttle_mid_ms = time(self.keyframe_throttle_mid);
        c.keyframe_throttle_high_ms = time(self.keyframe_throttle_high);
        c.packet_buffer_video = self.packet_buffer_video;
        c.packet_buffer_audio = self.packet_buffer_audio;
        c.dynacast_pause_delay_ms = time(self.dynacast_pause_delay);
        c.congestion_control = self.congestion_control.to_c();
        c.allow_pause = self.allow_pause.into();
        c.update_batch_target_size = self.update_batch_target_size;
        c.room_name_limit = self.room_name_limit;
        c.identity_limit = self.identity_limit;
        c.name_limit = self.name_limit;
        c.metadata_limit = self.metadata_limit;
        c.attributes_limit = self.attributes_limit;
        c.data_blob_key_limit = self.data_blob_key_limit;
        c.data_blobs_limit = self.data_blobs_limit;
        c.data_track_encoding_limit = self.data_track_encoding_limit;
        c.send_side_bwe = self.send_side_bwe.to_c();
        c.active_red_encoding = self.active_red_encoding.into();
        c.loss_proxying = self.loss_proxying.into();
        c.equal_packet_sizes = self.equal_packet_sizes.into();
        c.data_channel_lossy_latency_ms = time(self.data_channel_lossy_latency);
        c.data_channel_track_latency_ms = time(self.data_channel_track_latency);
        c.data_channel_slow_threshold_bps = self.data_channel_slow_threshold_bps;
        scratch.keep(c)
    }
}

/// What is wanted of one room; what is empty or 0 is left to a preset and the engine's defaults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomConfiguration {
    pub max_participants: u32,
    pub empty_timeout: Duration,
    pub departure_timeout: Duration,
    pub metadata: String,
    pub playout_delay_min: Duration,
    pub playout_delay_max: Duration,
    pub sync_streams: bool,
    /// JSON: a list of RoomAgentDispatch.
    pub agents: String,
    /// JSON: a RoomEgress.
    pub egress: String,
    pub tags: HashMap<String, String>,
}

impl RoomConfiguration {
    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_room_configuration {
        let mut c: sys::sfu_room_configuration = ffi::init();
        c.max_participants = self.max_participants;
        c.empty_timeout_ms = ffi::ms(self.empty_timeout);
        c.departure_timeout_ms = ffi::ms(self.departure_timeout);
        c.metadata = scratch.text(&self.metadata);
        c.playout_delay_min_ms = ffi::ms(self.playout_delay_min);
        c.playout_delay_max_ms = ffi::ms(self.playout_delay_max);
        c.sync_streams = self.sync_streams.into();
        c.agents = scratch.text(&self.agents);
        c.egress = scratch.text(&self.egress);
        let (tags, count) = scratch.pairs(&self.tags);
        c.tags = tags;
        c.tag_count = count;
        scratch.keep(c)
    }
}

/// What tokens may ask for by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomPreset {
    pub name: String,
    pub configuration: RoomConfiguration,
}

impl RoomPreset {
    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_room_preset {
        let mut c: sys::sfu_room_preset = ffi::init();
        c.name = scratch.text(&self.name);
        c.configuration = self.configuration.to_c(scratch);
        scratch.keep(c)
    }
}
