// SPDX-License-Identifier: Apache-2.0

package sfu

/*
#include <string.h>
#include "callbacks.h"
*/
import "C"

import (
	"context"
	"time"
	"unsafe"
)

// TrackPacket is one RTP packet as its publisher sent it; but for Payload, which the filters before this one may have
// replaced. It and its bytes are there until the function that was given them returns.
type TrackPacket struct {
	SSRC           uint32
	Timestamp      uint32 // in units of the codec's clock
	SequenceNumber uint16
	PayloadType    uint8 // as negotiated with the publisher
	// Video; 0 where it cannot be told.
	Layer          uint8 // which encoding of a simulcast, 0 the lowest
	SpatialLayer   uint8 // within the encoding
	TemporalLayer  uint8 // the same
	Marker         bool
	Redundant      bool // audio/red (RFC 2198)
	Recovered      bool // it was lost, and came by RTX
	StartsFrame    bool
	StartsKeyframe bool          // shows that a decoder may start with this frame
	Voice          bool          // audio: speech, if the publisher says so
	AudioLevel     int           // -dBov, 0 the loudest and 127 silence (RFC 6464); -1: not told
	Arrived        time.Duration // when its worker took it, on the engine's clock
	MimeType       string        // "video/VP8", "audio/opus"; of redundant audio that of the sound in it
	Descriptor     []byte        // what the RTP payload begins with that is the packet's and not the codec's, and stays
	Payload        []byte        // the rest: what a filter may replace
}

// Verdict is what becomes of a packet. A positive number: its payload is replaced by so many bytes of the room, and it
// is dropped if there are fewer.
type Verdict int64

const (
	PassPacket Verdict = C.SFU_PACKET_PASS
	DropPacket Verdict = C.SFU_PACKET_DROP // leaves no gap in what subscribers get
)

// PacketFilter observes the packets of a track, drops them, or gives them another payload, before anybody is sent them.
// On the worker of the track's room: all media of its rooms waits meanwhile.
type PacketFilter struct {
	// Each packet that brings media, once, in the order of arrival, of all encodings and codecs of the track, also while
	// it is muted and when nobody is subscribed. `room` is for a replacement: it holds at least as much as the payload.
	// Who receives frames must find in a replacement a frame whose first bytes are the codec's (of VP8 ten of a key
	// frame and three of others).
	OnPacket func(packet *TrackPacket, room []byte) Verdict
	// The track has ended. Not where the filter was closed before. May be nil.
	OnEnded func()
}

// filterState is a filter with its packet, which is used again for the next one.
type filterState struct {
	filter PacketFilter
	packet TrackPacket
}

// AttachedFilter is a filter in its place.
type AttachedFilter struct {
	c *C.sfu_packet_filter
	closer
}

// AttachFilter puts a filter on the track's packets, behind those that it has. It goes with the track into other rooms.
// In callbacks on the worker of the track's room it is done at once: on TrackPublished it misses no packet. Errors:
// ErrInvalidArgument (no OnPacket), ErrUnsupported (of a forwarded participant: attach in its own room).
func (t *Track) AttachFilter(ctx context.Context, filter PacketFilter) (*AttachedFilter, error) {
	if filter.OnPacket == nil {
		return nil, &Error{Code: ErrInvalidArgument, Message: "a filter has no OnPacket"}
	}
	a := &arena{}
	called := structOf[C.sfu_packet_filter_callbacks](a)
	C.sfu_go_packet_filter(called, a.user(&filterState{filter: filter}))
	attached := &AttachedFilter{}
	attach := func() C.sfu_status { return C.sfu_track_attach_filter(t.c, called, &attached.c) }
	if C.sfu_go_in_callback() != 0 { // the library knows whether this is the track's worker
		if err := once(a, attach); err != nil {
			return nil, err
		}
		return attached, nil
	}
	return wait(ctx, a, func() (*AttachedFilter, error) {
		return attached, check(attach)
	}, func(f *AttachedFilter) { f.Close() })
}

// Close takes it out: it is called no more. In callbacks on the worker of the track's room it is done at once, and within
// OnPacket that call is the last one.
func (f *AttachedFilter) Close() error {
	return f.close(func() C.sfu_status { return C.sfu_packet_filter_release(f.c) })
}

// lent is C's memory as it is.
func lent(bytes *C.uint8_t, length C.size_t) []byte {
	return unsafe.Slice((*byte)(bytes), int(length))
}

//export goPacket
func goPacket(user C.uintptr_t, c *C.sfu_track_packet, room *C.uint8_t, length C.size_t) C.sfu_packet_verdict {
	state := of[*filterState](user)
	mime := state.packet.MimeType
	// Most packets have the type of the one before: no text is made for them.
	if said := lent((*C.uint8_t)(unsafe.Pointer(c.mime_type)), C.strlen(c.mime_type)); string(said) != mime {
		mime = string(said)
	}
	state.packet = TrackPacket{
		SSRC: uint32(c.ssrc), Timestamp: uint32(c.timestamp), SequenceNumber: uint16(c.sequence_number),
		PayloadType: uint8(c.payload_type), Layer: uint8(c.layer), SpatialLayer: uint8(c.spatial_layer),
		TemporalLayer: uint8(c.temporal_layer), Marker: c.marker != 0, Redundant: c.redundant != 0,
		Recovered: c.recovered != 0, StartsFrame: c.starts_frame != 0, StartsKeyframe: c.starts_keyframe != 0,
		Voice: c.voice != 0, AudioLevel: int(c.audio_level), Arrived: time.Duration(c.arrived_ns), MimeType: mime,
		Descriptor: lent(c.descriptor, c.descriptor_length), Payload: lent(c.payload, c.payload_length),
	}
	return C.sfu_packet_verdict(state.filter.OnPacket(&state.packet, lent(room, length)))
}

//export goFilterEnded
func goFilterEnded(user C.uintptr_t) {
	if ended := of[*filterState](user).filter.OnEnded; ended != nil {
		ended()
	}
}
