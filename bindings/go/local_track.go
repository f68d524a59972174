// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"context"
	"strconv"
	"sync/atomic"
)

// LocalTrack is a track that a client publishes.
type LocalTrack struct {
	client    *Client
	id        string
	text      []byte // the id, for C
	sid       atomic.Value
	published chan error // the first answer
	requested func(layer uint32)
}

// Publish announces a track, and returns when it may be written. Where the engine is HostDriven, another goroutine must
// take its turns meanwhile.
func (c *Client) Publish(ctx context.Context, options PublishOptions) (*LocalTrack, error) {
	track := &LocalTrack{client: c, published: make(chan error, 1), requested: options.OnKeyframeRequested}
	track.sid.Store("")
	s := c.state
	s.mutex.Lock()
	if s.gone != nil {
		defer s.mutex.Unlock()
		return nil, s.gone
	}
	s.counter++
	track.id = "go-" + strconv.FormatUint(s.counter, 10)
	track.text = append([]byte(track.id), 0)
	s.tracks[track.id] = track
	s.mutex.Unlock()
	a := &arena{}
	id, from := a.string(track.id), options.c(a)
	err := do(ctx, a, func() C.sfu_status { return C.sfu_client_publish(c.c, id, from) })
	if err == nil {
		select {
		case err = <-track.published:
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	if err != nil {
		track.Unpublish()
		return nil, err
	}
	return track, nil
}

// SID is what the room calls it; another one after a reconnection that was no resumption.
func (t *LocalTrack) SID() string { return t.sid.Load().(string) }

// Unpublish ends it.
func (t *LocalTrack) Unpublish() error {
	s := t.client.state
	s.mutex.Lock()
	delete(s.tracks, t.id)
	s.mutex.Unlock()
	return check(func() C.sfu_status { return C.sfu_client_unpublish(t.client.c, t.c()) })
}

// SetMuted mutes or unmutes it.
func (t *LocalTrack) SetMuted(muted bool) error {
	return check(func() C.sfu_status { return C.sfu_client_set_muted(t.client.c, t.c(), boolean(muted)) })
}

// WriteFrame sends a frame. `layer`: which of PublishOptions.Layers, else 0. What is written while reconnecting, or
// while muted, is dropped.
func (t *LocalTrack) WriteFrame(frame Frame, layer uint32) error {
	return check(func() C.sfu_status {
		return C.sfu_go_write_frame(t.client.c, t.c(), bytesOf(frame.Data), C.size_t(len(frame.Data)),
			C.uint32_t(frame.Timestamp), flag(frame.Keyframe), C.uint32_t(layer))
	})
}

// WriteRTP sends a whole RTP packet; payload type, SSRC and header extensions are replaced.
func (t *LocalTrack) WriteRTP(packet []byte, layer uint32) error {
	return check(func() C.sfu_status {
		return C.sfu_client_write_rtp(t.client.c, t.c(), bytesOf(packet), C.size_t(len(packet)), C.uint32_t(layer))
	})
}

func (t *LocalTrack) c() *C.char { return (*C.char)(pointer(t.text)) }

func (s *clientState) track(id *C.char) *LocalTrack {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.tracks[C.GoString(id)]
}

//export goPublished
func goPublished(user C.uintptr_t, id, sid *C.char) {
	if track := of[*clientState](user).track(id); track != nil {
		track.sid.Store(C.GoString(sid))
		track.settle(nil)
	}
}

//export goPublishFailed
func goPublishFailed(user C.uintptr_t, id *C.char, status C.sfu_status, message *C.char) {
	s := of[*clientState](user)
	track := s.track(id)
	if track == nil {
		return
	}
	err := errorOf(status, C.GoString(message))
	if track.SID() == "" {
		track.settle(err)
	} else if s.callbacks.OnPublishFailed != nil {
		s.callbacks.OnPublishFailed(track, err)
	}
}

// settle answers Publish; what comes later is about a track that it has given out already.
func (t *LocalTrack) settle(err error) {
	select {
	case t.published <- err:
	default:
	}
}

//export goKeyframeRequested
func goKeyframeRequested(user C.uintptr_t, id *C.char, layer C.uint32_t) {
	if track := of[*clientState](user).track(id); track != nil && track.requested != nil {
		track.requested(uint32(layer))
	}
}
