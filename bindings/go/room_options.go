// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "sfu-c/sfu.h"
import "C"

import "time"

type DuplicateIdentity int32

const (
	DuplicateReplace DuplicateIdentity = C.SFU_DUPLICATE_IDENTITY_REPLACE // the older session ends
	DuplicateRefuse  DuplicateIdentity = C.SFU_DUPLICATE_IDENTITY_REFUSE  // the newcomer is refused with 409
)

// RoomOptions are the defaults of all rooms of an engine. Zero is what the comment says; None is none or no limit.
type RoomOptions struct {
	AutoCreate                  Setting       // a join makes the room; default: on
	EmptyTimeout                time.Duration // a room that nobody joined ends after this long; 5 minutes
	DepartureTimeout            time.Duration // a room that everybody left ends after this long; 20 s
	MaxParticipants             uint32        // no limit
	SyncStreams                 bool
	EnabledCodecs               []string // mime types that may be published, most liked first; the protocol's list
	Metadata                    string
	PlayoutDelayMin             time.Duration // both 0: subscribers are told nothing
	PlayoutDelayMax             time.Duration
	DataTracks                  Setting // those who may publish data may publish data tracks; default: on
	ParticipantDataBlobs        bool
	SubscriptionLimitVideo      uint32 // tracks that one participant gets at once; no limit
	SubscriptionLimitAudio      uint32
	CodecRegressionThreshold    int32 // 5; None: in rooms of any size
	ReconnectOnPublicationError bool
	RemoteUnmute                bool // tracks may be unmuted by others than their publisher
	DuplicateIdentity           DuplicateIdentity
	SpeakerActiveLevel          uint32        // -dBov; 35
	SpeakerMinPercentile        uint32        // 40
	SpeakerInterval             time.Duration // 400 ms
	SpeakerSmoothIntervals      int32         // 2
	KeyframeThrottleLow         time.Duration // 500 ms
	KeyframeThrottleMid         time.Duration // 1 s
	KeyframeThrottleHigh        time.Duration // 1 s
	PacketBufferVideo           uint32        // packets of each stream that are kept for retransmission; 500
	PacketBufferAudio           uint32        // 200
	DynacastPauseDelay          time.Duration // 5 s
	CongestionControl           Setting       // default: on
	AllowPause                  bool          // tracks that do not fit are paused for all
	UpdateBatchTargetSize       uint32        // bytes of a message with news of many; 128 KiB
	RoomNameLimit               int64         // bytes; 256
	IdentityLimit               int64         // 256
	NameLimit                   int64         // 256
	MetadataLimit               int64         // 512 KiB
	AttributesLimit             int64         // keys and values together; 64 KiB
	DataBlobKeyLimit            int64         // 256
	DataBlobsLimit              int64         // of one participant, with their keys; 64000
	DataTrackEncodingLimit      int64         // 32
	SendSideBWE                 Setting       // a connection's capacity is estimated here, not by the client; default: on
	ActiveREDEncoding           bool          // sound goes with redundancy to those who can take it
	LossProxying                bool          // publishers of sound are told of what their subscribers lose
	EqualPacketSizes            bool          // video is padded, so that the kernel takes more packets in one call
	DataChannelLossyLatency     time.Duration // lossy data that has waited longer is dropped; 100 ms
	DataChannelTrackLatency     time.Duration // of data tracks; 100 ms
	DataChannelSlowThresholdBPS uint64        // who takes fewer bits a second is not waited for; everyone is
}

func (o *RoomOptions) c(a *arena) *C.sfu_room_options {
	to := structOf[C.sfu_room_options](a)
	to.auto_create = C.sfu_setting(o.AutoCreate)
	to.empty_timeout_ms = milliseconds(o.EmptyTimeout)
	to.departure_timeout_ms = milliseconds(o.DepartureTimeout)
	to.max_participants = C.uint32_t(o.MaxParticipants)
	to.sync_streams = boolean(o.SyncStreams)
	to.enabled_codecs, to.enabled_codec_count = a.strings(o.EnabledCodecs)
	to.metadata = a.string(o.Metadata)
	to.playout_delay_min_ms = milliseconds(o.PlayoutDelayMin)
	to.playout_delay_max_ms = milliseconds(o.PlayoutDelayMax)
	to.data_tracks = C.sfu_setting(o.DataTracks)
	to.participant_data_blobs = boolean(o.ParticipantDataBlobs)
	to.subscription_limit_video = C.uint32_t(o.SubscriptionLimitVideo)
	to.subscription_limit_audio = C.uint32_t(o.SubscriptionLimitAudio)
	to.codec_regression_threshold = C.int32_t(o.CodecRegressionThreshold)
	to.reconnect_on_publication_error = boolean(o.ReconnectOnPublicationError)
	to.remote_unmute = boolean(o.RemoteUnmute)
	to.duplicate_identity = C.sfu_duplicate_identity(o.DuplicateIdentity)
	to.speaker_active_level = C.uint32_t(o.SpeakerActiveLevel)
	to.speaker_min_percentile = C.uint32_t(o.SpeakerMinPercentile)
	to.speaker_interval_ms = milliseconds(o.SpeakerInterval)
	to.speaker_smooth_intervals = C.int32_t(o.SpeakerSmoothIntervals)
	to.keyframe_throttle_low_ms = milliseconds(o.KeyframeThrottleLow)
	to.keyframe_throttle_mid_ms = milliseconds(o.KeyframeThrottleMid)
	to.keyframe_throttle_high_ms = milliseconds(o.KeyframeThrottleHigh)
	to.packet_buffer_video = C.uint32_t(o.PacketBufferVideo)
	to.packet_buffer_audio = C.uint32_t(o.PacketBufferAudio)
	to.dynacast_pause_delay_ms = milliseconds(o.DynacastPauseDelay)
	to.congestion_control = C.sfu_setting(o.CongestionControl)
	to.allow_pause = boolean(o.AllowPause)
	to.update_batch_target_size = C.uint32_t(o.UpdateBatchTargetSize)
	to.room_name_limit = C.int64_t(o.RoomNameLimit)
	to.identity_limit = C.int64_t(o.IdentityLimit)
	to.name_limit = C.int64_t(o.NameLimit)
	to.metadata_limit = C.int64_t(o.MetadataLimit)
	to.attributes_limit = C.int64_t(o.AttributesLimit)
	to.data_blob_key_limit = C.int64_t(o.DataBlobKeyLimit)
	to.data_blobs_limit = C.int64_t(o.DataBlobsLimit)
	to.data_track_encoding_limit = C.int64_t(o.DataTrackEncodingLimit)
	to.send_side_bwe = C.sfu_setting(o.SendSideBWE)
	to.active_red_encoding = boolean(o.ActiveREDEncoding)
	to.loss_proxying = boolean(o.LossProxying)
	to.equal_packet_sizes = boolean(o.EqualPacketSizes)
	to.data_channel_lossy_latency_ms = milliseconds(o.DataChannelLossyLatency)
	to.data_channel_track_latency_ms = milliseconds(o.DataChannelTrackLatency)
	to.data_channel_slow_threshold_bps = C.uint64_t(o.DataChannelSlowThresholdBPS)
	return to
}

// RoomConfiguration is what is wanted of one room; what is empty or 0 is left to a preset and the engine's defaults.
type RoomConfiguration struct {
	MaxParticipants  uint32
	EmptyTimeout     time.Duration
	DepartureTimeout time.Duration
	Metadata         string
	PlayoutDelayMin  time.Duration
	PlayoutDelayMax  time.Duration
	SyncStreams      bool
	Agents           string // JSON: a list of RoomAgentDispatch
	Egress           string // JSON: a RoomEgress
	Tags             map[string]string
}

func (r *RoomConfiguration) c(a *arena) *C.sfu_room_configuration {
	if r == nil {
		return nil
	}
	to := structOf[C.sfu_room_configuration](a)
	to.max_participants = C.uint32_t(r.MaxParticipants)
	to.empty_timeout_ms = milliseconds(r.EmptyTimeout)
	to.departure_timeout_ms = milliseconds(r.DepartureTimeout)
	to.metadata = a.string(r.Metadata)
	to.playout_delay_min_ms = milliseconds(r.PlayoutDelayMin)
	to.playout_delay_max_ms = milliseconds(r.PlayoutDelayMax)
	to.sync_streams = boolean(r.SyncStreams)
	to.agents = a.string(r.Agents)
	to.egress = a.string(r.Egress)
	to.tags, to.tag_count = a.pairs(r.Tags)
	return to
}
