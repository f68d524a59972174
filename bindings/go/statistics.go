// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "sfu-c/sfu.h"
import "C"

import "time"

// WorkerStatistics are of one worker.
type WorkerStatistics struct {
	Rooms             uint64
	Participants      uint64
	DatagramsReceived uint64
	ProcessorTime     time.Duration // of its thread
}

// ByKind counts go by TrackKind.
type ByKind [3]uint64

// EngineStatistics is what an engine counts. Counters begin with 0 when it starts and never fall.
type EngineStatistics struct {
	NodeID    string
	StartedAt time.Time
	UpdatedAt time.Time // when the worker that has been silent longest published its figures
	Age       time.Duration

	// Now.
	Rooms            uint64
	Participants     uint64
	TracksPublished  ByKind
	TracksSubscribed ByKind
	ForwardLatency   time.Duration // of media, from the network to the network, smoothed
	ForwardJitter    time.Duration

	// Since the start: how far those who wanted to join have come.
	JoinsValidationFailed uint64
	JoinsSignalFailed     uint64
	JoinsSignalConnected  uint64
	JoinsRTCInit          uint64
	JoinsRTCConnected     uint64
	JoinsRTCActive        uint64
	JoinsRTCCanceled      uint64
	JoinsRTCFailure       uint64
	PublishAttempts       ByKind
	PublishSuccesses      ByKind
	PublishCancels        ByKind
	SubscribeAttempts     uint64
	SubscribeSuccesses    uint64
	SubscribeCancels      uint64

	// RTP of tracks, headers included; Again by RTX.
	PacketsReceived      uint64
	BytesReceived        uint64
	PacketsReceivedAgain uint64
	BytesReceivedAgain   uint64
	PacketsSent          uint64
	BytesSent            uint64
	PacketsSentAgain     uint64
	BytesSentAgain       uint64
	NACKsSent            uint64
	PLIsSent             uint64
	NACKsReceived        uint64
	PLIsReceived         uint64

	SignalRequests    uint64
	SignalBadRequests uint64
	SignalResponses   uint64

	Workers []WorkerStatistics

	PacketsFiltered uint64 // RTP of tracks that the host's filters dropped
	BytesFiltered   uint64
}

func byKind(counts [3]C.uint64_t) ByKind {
	return ByKind{uint64(counts[0]), uint64(counts[1]), uint64(counts[2])}
}

func microseconds(us C.int64_t) time.Duration { return time.Duration(us) * time.Microsecond }

func engineStatistics(s *C.sfu_engine_statistics) EngineStatistics {
	return EngineStatistics{
		NodeID: C.GoString(s.node_id), StartedAt: goTime(s.started_at_ms), UpdatedAt: goTime(s.updated_at_ms),
		Age: goDuration(s.age_ms), Rooms: uint64(s.rooms), Participants: uint64(s.participants),
		TracksPublished: byKind(s.tracks_published), TracksSubscribed: byKind(s.tracks_subscribed),
		ForwardLatency: microseconds(s.forward_latency_us), ForwardJitter: microseconds(s.forward_jitter_us),
		JoinsValidationFailed: uint64(s.joins_validation_failed), JoinsSignalFailed: uint64(s.joins_signal_failed),
		JoinsSignalConnected: uint64(s.joins_signal_connected), JoinsRTCInit: uint64(s.joins_rtc_init),
		JoinsRTCConnected: uint64(s.joins_rtc_connected), JoinsRTCActive: uint64(s.joins_rtc_active),
		JoinsRTCCanceled: uint64(s.joins_rtc_canceled), JoinsRTCFailure: uint64(s.joins_rtc_failure),
		PublishAttempts: byKind(s.publish_attempts), PublishSuccesses: byKind(s.publish_successes),
		PublishCancels: byKind(s.publish_cancels), SubscribeAttempts: uint64(s.subscribe_attempts),
		SubscribeSuccesses: uint64(s.subscribe_successes), SubscribeCancels: uint64(s.subscribe_cancels),
		PacketsReceived: uint64(s.packets_received), BytesReceived: uint64(s.bytes_received),
		PacketsReceivedAgain: uint64(s.packets_received_again), BytesReceivedAgain: uint64(s.bytes_received_again),
		PacketsSent: uint64(s.packets_sent), BytesSent: uint64(s.bytes_sent),
		PacketsSentAgain: uint64(s.packets_sent_again), BytesSentAgain: uint64(s.bytes_sent_again),
		NACKsSent: uint64(s.nacks_sent), PLIsSent: uint64(s.plis_sent), NACKsReceived: uint64(s.nacks_received),
		PLIsReceived: uint64(s.plis_received), SignalRequests: uint64(s.signal_requests),
		SignalBadRequests: uint64(s.signal_bad_requests), SignalResponses: uint64(s.signal_responses),
		Workers: goList(s.workers, s.worker_count, func(w *C.sfu_worker_statistics) WorkerStatistics {
			return WorkerStatistics{
				Rooms: uint64(w.rooms), Participants: uint64(w.participants),
				DatagramsReceived: uint64(w.datagrams_received), ProcessorTime: microseconds(w.processor_time_us),
			}
		}),
		PacketsFiltered: uint64(s.packets_filtered), BytesFiltered: uint64(s.bytes_filtered),
	}
}

// EngineCounters are of datagrams, and of packets of data tracks that did not go on.
type EngineCounters struct {
	PacketsReceived       uint64
	DroppedUnknownSource  uint64
	DroppedMalformed      uint64
	DroppedBetweenWorkers uint64
	DataTracksMalformed   uint64
	DataTracksUnknown     uint64
	DataTracksDropped     uint64
}

func engineCounters(c *C.sfu_engine_counters) EngineCounters {
	return EngineCounters{
		PacketsReceived: uint64(c.packets_received), DroppedUnknownSource: uint64(c.dropped_unknown_source),
		DroppedMalformed: uint64(c.dropped_malformed), DroppedBetweenWorkers: uint64(c.dropped_between_workers),
		DataTracksMalformed: uint64(c.data_tracks_malformed), DataTracksUnknown: uint64(c.data_tracks_unknown),
		DataTracksDropped: uint64(c.data_tracks_dropped),
	}
}

type ConnectionQuality int32

const (
	QualityPoor      ConnectionQuality = C.SFU_QUALITY_POOR
	QualityGood      ConnectionQuality = C.SFU_QUALITY_GOOD
	QualityExcellent ConnectionQuality = C.SFU_QUALITY_EXCELLENT
	QualityLost      ConnectionQuality = C.SFU_QUALITY_LOST
)

// ParticipantStatistics are of one participant's connection.
type ParticipantStatistics struct {
	Quality      ConnectionQuality
	Score        float64 // 1 to 4.5
	Identity     string
	SID          string
	RoundTrip    time.Duration // negative: not known
	EstimateBits int64         // a second, that its connection carries towards it; -1: nothing limits it
}

// StreamStatistics are of one encoding of a published track. They begin again when the publisher's sender does.
type StreamStatistics struct {
	Layer     int // 0 to 2, from the lowest; of audio always 0
	Publisher string
	Track     TrackInfo
	Bytes     uint64
	Packets   uint64
	Lost      uint64
	Jitter    time.Duration
	Filtered  uint64 // packets dropped by the host's filters
}

// SubscriptionStatistics are of one track that one participant gets.
type SubscriptionStatistics struct {
	Layer      int // that is forwarded; -1: none
	Paused     bool
	Subscriber string
	Publisher  string
	Track      string // sid
	Bytes      uint64
	Packets    uint64
	Lost       uint64
}

// RoomStatistics is what a room's participants, tracks and subscriptions have come to.
type RoomStatistics struct {
	Name          string
	Participants  []ParticipantStatistics
	Streams       []StreamStatistics
	Subscriptions []SubscriptionStatistics
}

func roomStatistics(s *C.sfu_room_statistics) RoomStatistics {
	return RoomStatistics{
		Name: C.GoString(s.name),
		Participants: goList(s.participants, s.participant_count,
			func(p *C.sfu_participant_statistics) ParticipantStatistics {
				return ParticipantStatistics{
					Quality: ConnectionQuality(p.quality), Score: float64(p.score), Identity: C.GoString(p.identity),
					SID: C.GoString(p.sid), RoundTrip: microseconds(p.round_trip_us), EstimateBits: int64(p.estimate_bps),
				}
			}),
		Streams: goList(s.streams, s.stream_count, func(t *C.sfu_stream_statistics) StreamStatistics {
			return StreamStatistics{
				Layer: int(t.layer), Publisher: C.GoString(t.publisher), Track: trackInfo(t.track), Bytes: uint64(t.bytes),
				Packets: uint64(t.packets), Lost: uint64(t.lost), Jitter: microseconds(t.jitter_us),
				Filtered: uint64(t.filtered),
			}
		}),
		Subscriptions: goList(s.subscriptions, s.subscription_count,
			func(t *C.sfu_subscription_statistics) SubscriptionStatistics {
				return SubscriptionStatistics{
					Layer: int(t.layer), Paused: t.paused != 0, Subscriber: C.GoString(t.subscriber),
					Publisher: C.GoString(t.publisher), Track: C.GoString(t.track), Bytes: uint64(t.bytes),
					Packets: uint64(t.packets), Lost: uint64(t.lost),
				}
			}),
	}
}
