// SPDX-License-Identifier: Apache-2.0
//! What an engine counts. Counters begin with 0 when it starts and never fall. Arrays of three go by
//! [`TrackKind`](crate::TrackKind).
use std::time::{Duration, SystemTime};

use crate::ffi::{self, c_enum};
use crate::sys;
use crate::values::TrackInfo;

c_enum! {
    ConnectionQuality: Lost {
        Poor = SFU_QUALITY_POOR,
        Good = SFU_QUALITY_GOOD,
        Excellent = SFU_QUALITY_EXCELLENT,
        Lost = SFU_QUALITY_LOST,
    }
}

/// Of one worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerStatistics {
    pub rooms: u64,
    pub participants: u64,
    pub datagrams_received: u64,
    /// Of its thread.
    pub processor_time: Duration,
}

impl WorkerStatistics {
    pub(crate) fn read(c: &sys::sfu_worker_statistics) -> Self {
        WorkerStatistics {
            rooms: c.rooms,
            participants: c.participants,
            datagrams_received: c.datagrams_received,
            processor_time: ffi::microseconds(c.processor_time_us),
        }
    }
}

/// Of the whole engine, as the workers have published it last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineStatistics {
    pub node_id: String,
    pub started_at: Option<SystemTime>,
    /// When the worker that has been silent longest published its figures.
    pub updated_at: Option<SystemTime>,
    pub age: Duration,
    pub rooms: u64,
    pub participants: u64,
    pub tracks_published: [u64; 3],
    pub tracks_subscribed: [u64; 3],
    /// Of media, from the network to the network, smoothed.
    pub forward_latency: Duration,
    pub forward_jitter: Duration,
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
    /// By RTX.
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
    pub workers: Vec<WorkerStatistics>,
    /// RTP of tracks that the host's filters dropped.
    pub packets_filtered: u64,
    pub bytes_filtered: u64,
}

impl EngineStatistics {
    pub(crate) fn read(c: &sys::sfu_engine_statistics) -> Self {
        EngineStatistics {
            node_id: ffi::text(c.node_id),
            started_at: ffi::time(c.started_at_ms),
            updated_at: ffi::time(c.updated_at_ms),
            age: ffi::duration(c.age_ms),
            rooms: c.rooms,
            participants: c.participants,
            tracks_published: c.tracks_published,
            tracks_subscribed: c.tracks_subscribed,
            forward_latency: ffi::microseconds(c.forward_latency_us),
            forward_jitter: ffi::microseconds(c.forward_jitter_us),
            joins_validation_failed: c.joins_validation_failed,
            joins_signal_failed: c.joins_signal_failed,
            joins_signal_connected: c.joins_signal_connected,
            joins_rtc_init: c.joins_rtc_init,
            joins_rtc_connected: c.joins_rtc_connected,
            joins_rtc_active: c.joins_rtc_active,
            joins_rtc_canceled: c.joins_rtc_canceled,
            joins_rtc_failure: c.joins_rtc_failure,
            publish_attempts: c.publish_attempts,
            publish_successes: c.publish_successes,
            publish_cancels: c.publish_cancels,
            subscribe_attempts: c.subscribe_attempts,
            subscribe_successes: c.subscribe_successes,
            subscribe_cancels: c.subscribe_cancels,
            packets_received: c.packets_received,
            bytes_received: c.bytes_received,
            packets_received_again: c.packets_received_again,
            bytes_received_again: c.bytes_received_again,
            packets_sent: c.packets_sent,
            bytes_sent: c.bytes_sent,
            packets_sent_again: c.packets_sent_again,
            bytes_sent_again: c.bytes_sent_again,
            nacks_sent: c.nacks_sent,
            plis_sent: c.plis_sent,
            nacks_received: c.nacks_received,
            plis_received: c.plis_received,
            signal_requests: c.signal_requests,
            signal_bad_requests: c.signal_bad_requests,
            signal_responses: c.signal_responses,
            workers: ffi::list(c.workers, c.worker_count, WorkerStatistics::read),
            packets_filtered: c.packets_filtered,
            bytes_filtered: c.bytes_filtered,
        }
    }
}

/// Of datagrams, and of packets of data tracks that did not go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EngineCounters {
    pub packets_received: u64,
    pub dropped_unknown_source: u64,
    pub dropped_malformed: u64,
    pub dropped_between_workers: u64,
    pub data_tracks_malformed: u64,
    pub data_tracks_unknown: u64,
    pub data_tracks_dropped: u64,
}

impl EngineCounters {
    pub(crate) fn read(c: &sys::sfu_engine_counters) -> Self {
        EngineCounters {
            packets_received: c.packets_received,
            dropped_unknown_source: c.dropped_unknown_source,
            dropped_malformed: c.dropped_malformed,
            dropped_between_workers: c.dropped_between_workers,
            data_tracks_malformed: c.data_tracks_malformed,
            data_tracks_unknown: c.data_tracks_unknown,
            data_tracks_dropped: c.data_tracks_dropped,
        }
    }
}

/// Of one participant's connection.
#[derive(Clone, Debug, PartialEq)]
pub struct ParticipantStatistics {
    pub quality: ConnectionQuality,
    /// 1 to 4.5.
    pub score: f64,
    pub identity: String,
    pub sid: String,
    /// None: not known.
    pub round_trip: Option<Duration>,
    /// What its connection carries towards it; none: nothing limits it.
    pub estimate_bps: Option<i64>,
}

impl ParticipantStatistics {
    pub(crate) fn read(c: &sys::sfu_participant_statistics) -> Self {
        ParticipantStatistics {
            quality: ConnectionQuality::from_c(c.quality),
            score: c.score,
            identity: ffi::text(c.identity),
            sid: ffi::text(c.sid),
            round_trip: if c.round_trip_us < 0 { None } else { Some(ffi::microseconds(c.round_trip_us)) },
            estimate_bps: if c.estimate_bps < 0 { None } else { Some(c.estimate_bps) },
        }
    }
}

/// Of one encoding of a published track. They begin again when the publisher's sender does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamStatistics {
    /// 0 to 2, from the lowest; of audio always 0.
    pub layer: u32,
    pub publisher: String,
    pub track: TrackInfo,
    pub bytes: u64,
    pub packets: u64,
    pub lost: u64,
    pub jitter: Duration,
    /// Packets dropped by the host's filters.
    pub filtered: u64,
}

impl StreamStatistics {
    pub(crate) fn read(c: &sys::sfu_stream_statistics) -> Self {
        StreamStatistics {
            layer: c.layer.max(0) as u32,
            publisher: ffi::text(c.publisher),
            track: ffi::maybe(c.track, TrackInfo::read).unwrap_or_default(),
            bytes: c.bytes,
            packets: c.packets,
            lost: c.lost,
            jitter: ffi::microseconds(c.jitter_us),
            filtered: c.filtered,
        }
    }
}

/// Of one track that one participant gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscriptionStatistics {
    /// That is forwarded, from the lowest; none: nothing is.
    pub layer: Option<u32>,
    pub paused: bool,
    pub subscriber: String,
    pub publisher: String,
    /// Sid.
    pub track: String,
    pub bytes: u64,
    pub packets: u64,
    pub lost: u64,
}

impl SubscriptionStatistics {
    pub(crate) fn read(c: &sys::sfu_subscription_statistics) -> Self {
        SubscriptionStatistics {
            layer: u32::try_from(c.layer).ok(),
            paused: c.paused != 0,
            subscriber: ffi::text(c.subscriber),
            publisher: ffi::text(c.publisher),
            track: ffi::text(c.track),
            bytes: c.bytes,
            packets: c.packets,
            lost: c.lost,
        }
    }
}

/// What a room's participants, tracks and subscriptions have come to.
#[derive(Clone, Debug, PartialEq)]
pub struct RoomStatistics {
    pub name: String,
    pub participants: Vec<ParticipantStatistics>,
    pub streams: Vec<StreamStatistics>,
    pub subscriptions: Vec<SubscriptionStatistics>,
}

impl RoomStatistics {
    pub(crate) fn read(c: &sys::sfu_room_statistics) -> Self {
        RoomStatistics {
            name: ffi::text(c.name),
            participants: ffi::list(c.participants, c.participant_count, ParticipantStatistics::read),
            streams: ffi::list(c.streams, c.stream_count, StreamStatistics::read),
            subscriptions: ffi::list(c.subscriptions, c.subscription_count, SubscriptionStatistics::read),
        }
    }
}
