// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"runtime/cgo"
	"time"
	"unsafe"
)

//export goDropped
func goDropped(user C.uintptr_t) { cgo.Handle(user).Delete() }

// of is what a callback's `user` stands for.
func of[T any](user C.uintptr_t) T { return cgo.Handle(user).Value().(T) }

type LogLevel int32

const (
	LogDefault LogLevel = C.SFU_LOG_DEFAULT
	LogDebug   LogLevel = C.SFU_LOG_DEBUG
	LogInfo    LogLevel = C.SFU_LOG_INFO
	LogWarn    LogLevel = C.SFU_LOG_WARN
	LogError   LogLevel = C.SFU_LOG_ERROR
	LogOff     LogLevel = C.SFU_LOG_OFF
)

// LogField is one of the things that a line of the log says beside its message.
type LogField struct{ Key, Value string }

// LogFunc takes lines, on any thread of the library, also at once.
type LogFunc func(level LogLevel, message string, fields []LogField)

//export goLog
func goLog(user C.uintptr_t, level C.sfu_log_level, message *C.char, fields *C.sfu_pair, count C.size_t) {
	var said []LogField
	for _, field := range unsafe.Slice(fields, int(count)) {
		said = append(said, LogField{C.GoString(field.key), C.GoString(field.value)})
	}
	of[LogFunc](user)(LogLevel(level), C.GoString(message), said)
}

type EventKind int32

const (
	RoomStarted                  EventKind = C.SFU_EVENT_ROOM_STARTED
	RoomFinished                 EventKind = C.SFU_EVENT_ROOM_FINISHED
	ParticipantJoinedRoom        EventKind = C.SFU_EVENT_PARTICIPANT_JOINED
	ParticipantLeftRoom          EventKind = C.SFU_EVENT_PARTICIPANT_LEFT
	ParticipantConnectionAborted EventKind = C.SFU_EVENT_PARTICIPANT_CONNECTION_ABORTED
	TrackPublished               EventKind = C.SFU_EVENT_TRACK_PUBLISHED
	TrackUnpublished             EventKind = C.SFU_EVENT_TRACK_UNPUBLISHED
)

// Event is what happened in a room. Each joined is followed by exactly one left of the same participant's SID, and a
// room's start by its finish, which is its last event; also when the engine stops.
type Event struct {
	Kind        EventKind
	Name        string // "participant_joined"
	ID          string // "EV_...", as in webhooks
	Sequence    uint64 // within the room's SID: 1, 2, 3, ... without a gap
	At          time.Time
	Room        RoomInfo
	Participant *ParticipantInfo // nil for events of the room
	Track       *TrackInfo       // nil but for events of a track
}

// EventFunc hears of each room in order, on the room's worker: those of several rooms may come at once.
type EventFunc func(Event)

//export goEvent
func goEvent(user C.uintptr_t, e *C.sfu_event) {
	of[EventFunc](user)(Event{
		Kind: EventKind(e.kind), Name: C.GoString(e.name), ID: C.GoString(e.id), Sequence: uint64(e.sequence),
		At: goTime(e.at_ms), Room: roomInfo(e.room), Participant: maybe(e.participant, participantInfo),
		Track: maybe(e.track, trackInfo),
	})
}

// Auth tells who somebody is, for hosts with tokens of their own. Both on any thread, also at once.
type Auth struct {
	// Authenticate gives the claims of a valid token; the text of an error is what the client reads, with status 401.
	Authenticate func(token string, now time.Time) (*Claims, error)
	// Refresh makes a token with these claims, which clients reconnect with. nil, or "": there are none.
	Refresh func(claims Claims, now time.Time, ttl time.Duration) string
}

//export goAuthenticate
func goAuthenticate(user C.uintptr_t, token *C.char, now C.int64_t, answer *C.sfu_answer) {
	who, err := of[*Auth](user).Authenticate(C.GoString(token), goTime(now))
	a := &arena{}
	defer a.free()
	if err == nil && who != nil {
		if said := who.c(a); a.err == nil {
			C.sfu_answer_claims(answer, said)
		}
	} else if err != nil {
		C.sfu_answer_refuse(answer, a.string(err.Error()))
	}
}

//export goRefresh
func goRefresh(user C.uintptr_t, c *C.sfu_claims, now, ttl C.int64_t, answer *C.sfu_answer) {
	token := of[*Auth](user).Refresh(claims(c), goTime(now), goDuration(ttl))
	a := &arena{}
	defer a.free()
	if said := a.string(token); said != nil && a.err == nil {
		C.sfu_answer_token(answer, said)
	}
}

// ClientDescription is whoever joins, as it describes itself; in lower case but for the address and the versions.
type ClientDescription struct {
	SDK            string // "js", "swift", "android", ...
	Version        string
	Protocol       int64
	OS             string
	OSVersion      string
	DeviceModel    string
	Browser        string
	BrowserVersion string
	Address        string
}

// ClientConfiguration is what a client is told; what is Default or empty is its own business.
type ClientConfiguration struct {
	VideoHardwareEncoder  Setting
	ScreenHardwareEncoder Setting
	ResumeConnection      Setting
	ForceRelay            Setting
	DisabledCodecs        []string // neither sent nor received: "video/AV1"
	DisabledPublishCodecs []string // received, but not to be published
}

func (c *ClientConfiguration) c(a *arena) *C.sfu_client_configuration {
	to := structOf[C.sfu_client_configuration](a)
	to.video_hardware_encoder = C.sfu_setting(c.VideoHardwareEncoder)
	to.screen_hardware_encoder = C.sfu_setting(c.ScreenHardwareEncoder)
	to.resume_connection = C.sfu_setting(c.ResumeConnection)
	to.force_relay = C.sfu_setting(c.ForceRelay)
	to.disabled_codecs, to.disabled_codec_count = a.strings(c.DisabledCodecs)
	to.disabled_publish_codecs, to.disabled_publish_codec_count = a.strings(c.DisabledPublishCodecs)
	return to
}

// ClientRule is for certain clients. `When` is an expression: c.browser == "safari" && c.browser_version > "18.3".
type ClientRule struct {
	When  string
	Then  ClientConfiguration
	Merge Setting // off: a client that this rule fits gets nothing else. Default: on
}

// ClientConfigFunc tells a client what to do, or nil. On workers, also at once.
type ClientConfigFunc func(ClientDescription) *ClientConfiguration

//export goConfigure
func goConfigure(user C.uintptr_t, c *C.sfu_client_description, answer *C.sfu_answer) {
	told := of[ClientConfigFunc](user)(ClientDescription{
		SDK: C.GoString(c.sdk), Version: C.GoString(c.version), Protocol: int64(c.protocol), OS: C.GoString(c.os),
		OSVersion: C.GoString(c.os_version), DeviceModel: C.GoString(c.device_model), Browser: C.GoString(c.browser),
		BrowserVersion: C.GoString(c.browser_version), Address: C.GoString(c.address),
	})
	if told == nil {
		return
	}
	a := &arena{}
	defer a.free()
	if said := told.c(a); a.err == nil {
		C.sfu_answer_configuration(answer, said)
	}
}
