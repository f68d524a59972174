// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "sfu-c/sfu.h"
import "C"

import (
	"time"
	"unsafe"
)

type TrackKind int32

const (
	TrackAudio TrackKind = C.SFU_TRACK_KIND_AUDIO
	TrackVideo TrackKind = C.SFU_TRACK_KIND_VIDEO
	TrackData  TrackKind = C.SFU_TRACK_KIND_DATA
)

type TrackSource int32

const (
	SourceUnknown          TrackSource = C.SFU_TRACK_SOURCE_UNKNOWN
	SourceCamera           TrackSource = C.SFU_TRACK_SOURCE_CAMERA
	SourceMicrophone       TrackSource = C.SFU_TRACK_SOURCE_MICROPHONE
	SourceScreenShare      TrackSource = C.SFU_TRACK_SOURCE_SCREEN_SHARE
	SourceScreenShareAudio TrackSource = C.SFU_TRACK_SOURCE_SCREEN_SHARE_AUDIO
)

// TrackInfo is a track as it was when the snapshot was taken.
type TrackInfo struct {
	Kind          TrackKind
	Source        TrackSource
	Muted         bool
	Simulcast     bool
	Width, Height uint32
	SID           string // "TR_..."
	Name          string
	MimeType      string // "video/VP8"; empty until negotiated
	Message       []byte // the protocol's TrackInfo, serialized; none in ParticipantInfo.Tracks
}

func trackInfo(t *C.sfu_track_info) TrackInfo {
	return TrackInfo{
		Kind: TrackKind(t.kind), Source: TrackSource(t.source), Muted: t.muted != 0, Simulcast: t.simulcast != 0,
		Width: uint32(t.width), Height: uint32(t.height), SID: C.GoString(t.sid), Name: C.GoString(t.name),
		MimeType: C.GoString(t.mime_type), Message: goBytes(t.message, t.message_length),
	}
}

type ParticipantState int32

const (
	ParticipantJoining      ParticipantState = C.SFU_PARTICIPANT_JOINING
	ParticipantJoined       ParticipantState = C.SFU_PARTICIPANT_JOINED
	ParticipantActive       ParticipantState = C.SFU_PARTICIPANT_ACTIVE
	ParticipantDisconnected ParticipantState = C.SFU_PARTICIPANT_DISCONNECTED
)

// ParticipantInfo is a participant as it was when the snapshot was taken.
type ParticipantInfo struct {
	State       ParticipantState
	IsPublisher bool
	Hidden      bool
	Forwarded   bool   // a copy of a participant of another room: Participant.ForwardTo
	SID         string // "PA_...", new for each session
	Identity    string
	Name        string
	Metadata    string
	Attributes  map[string]string
	JoinedAt    time.Time
	Tracks      []TrackInfo
	Message     []byte // the protocol's ParticipantInfo, serialized
}

func participantInfo(p *C.sfu_participant_info) ParticipantInfo {
	return ParticipantInfo{
		State: ParticipantState(p.state), IsPublisher: p.is_publisher != 0, Hidden: p.hidden != 0,
		Forwarded: p.forwarded != 0, SID: C.GoString(p.sid), Identity: C.GoString(p.identity), Name: C.GoString(p.name),
		Metadata: C.GoString(p.metadata), Attributes: goPairs(p.attributes, p.attribute_count),
		JoinedAt: goTime(p.joined_at_ms), Tracks: goList(p.tracks, p.track_count, trackInfo),
		Message: goBytes(p.message, p.message_length),
	}
}

// RoomInfo is a room as it was when the snapshot was taken.
type RoomInfo struct {
	SID              string // "RM_..."
	Name             string
	Metadata         string
	NumParticipants  uint32 // hidden ones included, agents and recorders not
	NumPublishers    uint32
	MaxParticipants  uint32 // 0: no limit
	CreatedAt        time.Time
	EmptyTimeout     time.Duration
	DepartureTimeout time.Duration
	PlayoutDelayMin  time.Duration
	PlayoutDelayMax  time.Duration
	SyncStreams      bool
	Agents           string // JSON, as RoomConfiguration has them
	Egress           string
	Tags             map[string]string
	Message          []byte // the protocol's Room, serialized
}

func roomInfo(r *C.sfu_room_info) RoomInfo {
	return RoomInfo{
		SID: C.GoString(r.sid), Name: C.GoString(r.name), Metadata: C.GoString(r.metadata),
		NumParticipants: uint32(r.num_participants), NumPublishers: uint32(r.num_publishers),
		MaxParticipants: uint32(r.max_participants), CreatedAt: goTime(r.created_at_ms),
		EmptyTimeout: goDuration(r.empty_timeout_ms), DepartureTimeout: goDuration(r.departure_timeout_ms),
		PlayoutDelayMin: goDuration(r.playout_delay_min_ms), PlayoutDelayMax: goDuration(r.playout_delay_max_ms),
		SyncStreams: r.sync_streams != 0, Agents: C.GoString(r.agents), Egress: C.GoString(r.egress),
		Tags: goPairs(r.tags, r.tag_count), Message: goBytes(r.message, r.message_length),
	}
}

func roomInfos(l *C.sfu_room_info_list) []RoomInfo { return goList(l.items, l.count, roomInfo) }

func participantInfos(l *C.sfu_participant_info_list) []ParticipantInfo {
	return goList(l.items, l.count, participantInfo)
}

// Permission is what a participant may do. To change some of it, begin with what Participant.Permission gives.
type Permission struct {
	CanSubscribe          bool
	CanPublish            bool
	CanPublishData        bool
	CanUpdateMetadata     bool // its own
	CanSubscribeMetrics   bool
	CanManageAgentSession bool
	Hidden                bool // other participants do not see it
	Recorder              bool
	Agent                 bool
	CanPublishSources     []TrackSource // none: all
}

func permission(p *C.sfu_permission) Permission {
	made := Permission{
		CanSubscribe: p.can_subscribe != 0, CanPublish: p.can_publish != 0, CanPublishData: p.can_publish_data != 0,
		CanUpdateMetadata: p.can_update_metadata != 0, CanSubscribeMetrics: p.can_subscribe_metrics != 0,
		CanManageAgentSession: p.can_manage_agent_session != 0, Hidden: p.hidden != 0, Recorder: p.recorder != 0,
		Agent: p.agent != 0,
	}
	for _, source := range unsafe.Slice(p.can_publish_sources, int(p.can_publish_source_count)) {
		made.CanPublishSources = append(made.CanPublishSources, TrackSource(source))
	}
	return made
}

func (p *Permission) c(a *arena) *C.sfu_permission {
	to := structOf[C.sfu_permission](a)
	to.can_subscribe = boolean(p.CanSubscribe)
	to.can_publish = boolean(p.CanPublish)
	to.can_publish_data = boolean(p.CanPublishData)
	to.can_update_metadata = boolean(p.CanUpdateMetadata)
	to.can_subscribe_metrics = boolean(p.CanSubscribeMetrics)
	to.can_manage_agent_session = boolean(p.CanManageAgentSession)
	to.hidden = boolean(p.Hidden)
	to.recorder = boolean(p.Recorder)
	to.agent = boolean(p.Agent)
	sources := array[C.sfu_track_source](a, len(p.CanPublishSources))
	for i, source := range p.CanPublishSources {
		sources[i] = C.sfu_track_source(source)
	}
	to.can_publish_sources = first(sources)
	to.can_publish_source_count = C.size_t(len(sources))
	return to
}

// ParticipantChanges says what becomes of a participant. What is empty stays; an attribute of empty value is removed.
type ParticipantChanges struct {
	Name       string
	Metadata   string
	Attributes map[string]string
	Permission *Permission // replaces all of them
}

func (p *ParticipantChanges) c(a *arena) *C.sfu_participant_changes {
	to := structOf[C.sfu_participant_changes](a)
	to.name = a.string(p.Name)
	to.metadata = a.string(p.Metadata)
	to.attributes, to.attribute_count = a.pairs(p.Attributes)
	if p.Permission != nil {
		to.permission = p.Permission.c(a)
	}
	return to
}

// AgentDispatch is an agent that is wanted in a room.
type AgentDispatch struct {
	ID         string // "AD_..."; given by the server
	AgentName  string // empty: any worker that gave itself no name
	Metadata   string
	Attributes map[string]string
	Deployment string
	Restarts   Setting // a job that failed is given to another worker; default: on
	CreatedAt  time.Time
}

func agentDispatch(d *C.sfu_agent_dispatch) AgentDispatch {
	return AgentDispatch{
		ID: C.GoString(d.id), AgentName: C.GoString(d.agent_name), Metadata: C.GoString(d.metadata),
		Attributes: goPairs(d.attributes, d.attribute_count), Deployment: C.GoString(d.deployment),
		Restarts: Setting(d.restarts), CreatedAt: goTime(d.created_at_ms),
	}
}

func agentDispatches(l *C.sfu_agent_dispatch_list) []AgentDispatch {
	return goList(l.items, l.count, agentDispatch)
}

func (d *AgentDispatch) c(a *arena) *C.sfu_agent_dispatch {
	to := structOf[C.sfu_agent_dispatch](a)
	to.id = a.string(d.ID)
	to.agent_name = a.string(d.AgentName)
	to.metadata = a.string(d.Metadata)
	to.attributes, to.attribute_count = a.pairs(d.Attributes)
	to.deployment = a.string(d.Deployment)
	to.restarts = C.sfu_setting(d.Restarts)
	to.created_at_ms = unix(d.CreatedAt)
	return to
}

// DataOptions says how data is sent; the zero value: reliably, to all.
type DataOptions struct {
	Lossy bool
	Topic string
	To    []string // identities
	ToSID []string
	Nonce []byte // 16 bytes; what is sent again with the same ones is dropped
}

func (d *DataOptions) c(a *arena) *C.sfu_data_options {
	to := structOf[C.sfu_data_options](a)
	if d.Lossy {
		to.reliable = C.SFU_OFF
	}
	to.topic = a.string(d.Topic)
	to.to, to.to_count = a.strings(d.To)
	to.to_sids, to.to_sid_count = a.strings(d.ToSID)
	to.nonce, to.nonce_length = a.bytes(d.Nonce)
	return to
}

func goTime(ms C.int64_t) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(ms))
}

func goDuration(ms C.int64_t) time.Duration { return time.Duration(ms) * time.Millisecond }

func goBytes(bytes *C.uint8_t, length C.size_t) []byte {
	if length == 0 {
		return nil
	}
	return append([]byte(nil), unsafe.Slice((*byte)(bytes), int(length))...)
}

func goPairs(pairs *C.sfu_pair, count C.size_t) map[string]string {
	if count == 0 {
		return nil
	}
	made := make(map[string]string, int(count))
	for _, pair := range unsafe.Slice(pairs, int(count)) {
		made[C.GoString(pair.key)] = C.GoString(pair.value)
	}
	return made
}

func goStrings(strings **C.char, count C.size_t) []string {
	var made []string
	for _, s := range unsafe.Slice(strings, int(count)) {
		made = append(made, C.GoString(s))
	}
	return made
}

// goList makes values of an array of pointers to structs.
func goList[R, V any](items **R, count C.size_t, value func(*R) V) []V {
	var made []V
	for _, item := range unsafe.Slice(items, int(count)) {
		made = append(made, value(item))
	}
	return made
}
