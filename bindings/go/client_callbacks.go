// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"errors"
	"unsafe"
)

type DisconnectReason int32

const (
	DisconnectOther              DisconnectReason = C.SFU_DISCONNECT_OTHER
	DisconnectClientInitiated    DisconnectReason = C.SFU_DISCONNECT_CLIENT_INITIATED
	DisconnectDuplicateIdentity  DisconnectReason = C.SFU_DISCONNECT_DUPLICATE_IDENTITY
	DisconnectServerShutdown     DisconnectReason = C.SFU_DISCONNECT_SERVER_SHUTDOWN
	DisconnectParticipantRemoved DisconnectReason = C.SFU_DISCONNECT_PARTICIPANT_REMOVED
	DisconnectRoomDeleted        DisconnectReason = C.SFU_DISCONNECT_ROOM_DELETED
	DisconnectRoomClosed         DisconnectReason = C.SFU_DISCONNECT_ROOM_CLOSED
	DisconnectJoinFailed         DisconnectReason = C.SFU_DISCONNECT_JOIN_FAILED
	DisconnectLost               DisconnectReason = C.SFU_DISCONNECT_LOST // the connection could not be made again
)

// DataMessage is data that someone sent.
type DataMessage struct {
	Reliable bool
	Sender   string // identity; empty: the server
	Topic    string
	Data     []byte
}

// Speaker is one whose loudness changed.
type Speaker struct {
	Identity string
	Level    float64 // 0 to 1; 0: silent again
}

// StreamInfo is what a stream's sender says of it.
type StreamInfo struct {
	Text        bool
	ID          string
	Sender      string // identity
	Topic       string
	MimeType    string
	Name        string
	TotalLength int64 // bytes; -1: the sender did not know
	Attributes  map[string]string
	ReplyTo     string
}

// ClientCallbacks is what a client hears, in order, on its thread. What is nil is left out.
type ClientCallbacks struct {
	// The room was joined. Who is in it is told right after.
	OnConnected func(room RoomInfo, self ParticipantInfo)
	// Media and data flow: after a join, and after each reconnection.
	OnReady func()
	// A connection was lost. `resuming`: the session goes on; else it is replaced.
	OnReconnecting func(resuming bool)
	OnReconnected  func(resumed bool)
	// For good; nothing follows. The error tells why, of DisconnectJoinFailed and DisconnectLost.
	OnDisconnected func(reason DisconnectReason, err error)
	// Into another room, by the server.
	OnMoved func(room RoomInfo)

	OnParticipantJoined  func(participant ParticipantInfo)
	OnParticipantChanged func(participant ParticipantInfo)
	OnParticipantLeft    func(participant ParticipantInfo)
	// Of other participants.
	OnTrackPublished   func(identity string, track TrackInfo)
	OnTrackChanged     func(identity string, track TrackInfo)
	OnTrackUnpublished func(identity string, track TrackInfo)
	OnSpeakers         func(speakers []Speaker)

	// Media of the track follows, or ends.
	OnSubscribed   func(trackSID, identity string, codec Codec)
	OnUnsubscribed func(trackSID string)
	// A frame that is whole, and for video decodable after those before it.
	OnFrame func(trackSID string, codec Codec, frame Frame)
	// Each packet as it arrived, unordered; `recovered`: it was lost and asked for again.
	OnRTP func(trackSID string, packet []byte, recovered bool)

	// A track that was published could not be published again after a reconnection.
	OnPublishFailed func(track *LocalTrack, err error)

	OnData func(message DataMessage)
	// A text stream that has come whole.
	OnText func(info StreamInfo, text string)
	// Every stream, as it comes. No error: it came whole.
	OnStreamOpened func(info StreamInfo)
	OnStreamData   func(sender, id string, data []byte)
	OnStreamClosed func(sender, id string, err error)
}

func hears(user C.uintptr_t) *ClientCallbacks { return &of[*clientState](user).callbacks }

// settled tells who waits in Connect.
func (s *clientState) settled(err error) {
	select {
	case s.ready <- err:
	default:
	}
}

//export goConnected
func goConnected(user C.uintptr_t, room *C.sfu_room_info, self *C.sfu_participant_info) {
	if c := hears(user); c.OnConnected != nil {
		c.OnConnected(roomInfo(room), participantInfo(self))
	}
}

//export goReady
func goReady(user C.uintptr_t) {
	if c := hears(user); c.OnReady != nil {
		c.OnReady()
	}
	of[*clientState](user).settled(nil)
}

//export goReconnecting
func goReconnecting(user C.uintptr_t, resuming C.sfu_bool) {
	if c := hears(user); c.OnReconnecting != nil {
		c.OnReconnecting(resuming != 0)
	}
}

//export goReconnected
func goReconnected(user C.uintptr_t, resumed C.sfu_bool) {
	if c := hears(user); c.OnReconnected != nil {
		c.OnReconnected(resumed != 0)
	}
}

//export goDisconnected
func goDisconnected(user C.uintptr_t, reason C.sfu_disconnect_reason, status C.sfu_status, message *C.char) {
	s := of[*clientState](user)
	err := errorOf(status, C.GoString(message))
	if s.callbacks.OnDisconnected != nil {
		s.callbacks.OnDisconnected(DisconnectReason(reason), err)
	}
	if err == nil {
		err = errGone
	}
	s.settled(err)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.gone = err
	for _, track := range s.tracks {
		track.settle(err)
	}
}

//export goMoved
func goMoved(user C.uintptr_t, room *C.sfu_room_info) {
	if c := hears(user); c.OnMoved != nil {
		c.OnMoved(roomInfo(room))
	}
}

//export goParticipantJoined
func goParticipantJoined(user C.uintptr_t, p *C.sfu_participant_info) {
	if c := hears(user); c.OnParticipantJoined != nil {
		c.OnParticipantJoined(participantInfo(p))
	}
}

//export goParticipantChanged
func goParticipantChanged(user C.uintptr_t, p *C.sfu_participant_info) {
	if c := hears(user); c.OnParticipantChanged != nil {
		c.OnParticipantChanged(participantInfo(p))
	}
}

//export goParticipantLeft
func goParticipantLeft(user C.uintptr_t, p *C.sfu_participant_info) {
	if c := hears(user); c.OnParticipantLeft != nil {
		c.OnParticipantLeft(participantInfo(p))
	}
}

//export goTrackPublished
func goTrackPublished(user C.uintptr_t, identity *C.char, track *C.sfu_track_info) {
	if c := hears(user); c.OnTrackPublished != nil {
		c.OnTrackPublished(C.GoString(identity), trackInfo(track))
	}
}

//export goTrackChanged
func goTrackChanged(user C.uintptr_t, identity *C.char, track *C.sfu_track_info) {
	if c := hears(user); c.OnTrackChanged != nil {
		c.OnTrackChanged(C.GoString(identity), trackInfo(track))
	}
}

//export goTrackUnpublished
func goTrackUnpublished(user C.uintptr_t, identity *C.char, track *C.sfu_track_info) {
	if c := hears(user); c.OnTrackUnpublished != nil {
		c.OnTrackUnpublished(C.GoString(identity), trackInfo(track))
	}
}

//export goSpeakers
func goSpeakers(user C.uintptr_t, speakers **C.sfu_speaker, count C.size_t) {
	if c := hears(user); c.OnSpeakers != nil {
		c.OnSpeakers(goList(speakers, count, func(s *C.sfu_speaker) Speaker {
			return Speaker{Identity: C.GoString(s.identity), Level: float64(s.level)}
		}))
	}
}

//export goSubscribed
func goSubscribed(user C.uintptr_t, sid, identity *C.char, codec C.sfu_codec) {
	if c := hears(user); c.OnSubscribed != nil {
		c.OnSubscribed(C.GoString(sid), C.GoString(identity), Codec(codec))
	}
}

//export goUnsubscribed
func goUnsubscribed(user C.uintptr_t, sid *C.char) {
	if c := hears(user); c.OnUnsubscribed != nil {
		c.OnUnsubscribed(C.GoString(sid))
	}
}

//export goFrame
func goFrame(user C.uintptr_t, sid *C.char, codec C.sfu_codec, f *C.sfu_frame) {
	hears(user).OnFrame(C.GoString(sid), Codec(codec), frame(f))
}

//export goRTP
func goRTP(user C.uintptr_t, sid *C.char, packet *C.uint8_t, length C.size_t, recovered C.sfu_bool) {
	hears(user).OnRTP(C.GoString(sid), goBytes(packet, length), recovered != 0)
}

//export goData
func goData(user C.uintptr_t, m *C.sfu_data_message) {
	if c := hears(user); c.OnData != nil {
		c.OnData(DataMessage{
			Reliable: m.reliable != 0, Sender: C.GoString(m.sender), Topic: C.GoString(m.topic),
			Data: goBytes(m.bytes, m.length),
		})
	}
}

func streamInfo(s *C.sfu_stream_info) StreamInfo {
	return StreamInfo{
		Text: s.text != 0, ID: C.GoString(s.id), Sender: C.GoString(s.sender), Topic: C.GoString(s.topic),
		MimeType: C.GoString(s.mime_type), Name: C.GoString(s.name), TotalLength: int64(s.total_length),
		Attributes: goPairs(s.attributes, s.attribute_count), ReplyTo: C.GoString(s.reply_to),
	}
}

//export goText
func goText(user C.uintptr_t, info *C.sfu_stream_info, text *C.char, length C.size_t) {
	if c := hears(user); c.OnText != nil {
		c.OnText(streamInfo(info), C.GoStringN(text, C.int(length)))
	}
}

//export goStreamOpened
func goStreamOpened(user C.uintptr_t, info *C.sfu_stream_info) {
	if c := hears(user); c.OnStreamOpened != nil {
		c.OnStreamOpened(streamInfo(info))
	}
}

//export goStreamData
func goStreamData(user C.uintptr_t, sender, id *C.char, bytes *C.uint8_t, length C.size_t) {
	if c := hears(user); c.OnStreamData != nil {
		c.OnStreamData(C.GoString(sender), C.GoString(id), goBytes(bytes, length))
	}
}

//export goStreamClosed
func goStreamClosed(user C.uintptr_t, sender, id *C.char, status C.sfu_status, message *C.char) {
	if c := hears(user); c.OnStreamClosed != nil {
		c.OnStreamClosed(C.GoString(sender), C.GoString(id), errorOf(status, C.GoString(message)))
	}
}

var errGone = errors.New("sfu: the client has left the room")

// pointer is that of bytes that are lent to C for one call.
func pointer(b []byte) unsafe.Pointer { return unsafe.Pointer(&b[0]) }
