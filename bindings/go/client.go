// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"context"
	"sync"
)

// ClientOptions says how a client stays in its room.
type ClientOptions struct {
	SingleConnection Setting // one peer connection for both ways; default: on
	AutoSubscribe    Setting // to every track; default: on
	AdaptiveStream   bool
	Metadata         string            // in place of the token's, if it allows
	Attributes       map[string]string // the same
	MediaAddresses   []string          // where media comes from and goes to; none: every interface
	CAFile           string            // wss: PEM file of the authorities that are trusted; none: the system's
	AnyServer        bool              // take any certificate: for tests
	// Opus goes and comes as RED (RFC 2198) where the server has it, so that sound survives the loss of one packet or two,
	// for about twice the bytes.
	AudioRedundancy bool
}

// Client is one who is in a room: over the network (Connect), or of this process (Room.Join). Lost connections are made
// again by the client itself. What it is asked to do is handed over to its own thread, or to the room's worker.
type Client struct {
	c     *C.sfu_client
	state *clientState
	closer
}

// clientState is what its callbacks know.
type clientState struct {
	callbacks ClientCallbacks
	ready     chan error // the first of ready and disconnected

	mutex   sync.Mutex
	tracks  map[string]*LocalTrack
	counter uint64
	gone    error // why it has left its room for good
}

func newClientState(callbacks *ClientCallbacks) *clientState {
	s := &clientState{ready: make(chan error, 1), tracks: map[string]*LocalTrack{}}
	if callbacks != nil {
		s.callbacks = *callbacks
	}
	return s
}

func (s *clientState) c(a *arena) *C.sfu_client_callbacks {
	to := structOf[C.sfu_client_callbacks](a)
	c := &s.callbacks
	streams := c.OnStreamOpened != nil || c.OnStreamData != nil || c.OnStreamClosed != nil
	C.sfu_go_client(to, a.user(s), flag(c.OnFrame != nil), flag(c.OnRTP != nil), flag(streams))
	return to
}

// frames: nobody puts packets together for one who does not want frames.
func (s *clientState) frames() C.sfu_setting {
	if s.callbacks.OnFrame == nil {
		return C.SFU_OFF
	}
	return C.SFU_ON
}

// Connect joins the room that the token grants, at "ws://host:port" or "wss://host", and returns when media and data
// flow, or why that did not come about. The options and the callbacks may be nil.
func Connect(ctx context.Context, url, token string, options *ClientOptions, callbacks *ClientCallbacks) (*Client, error) {
	if options == nil {
		options = &ClientOptions{}
	}
	a := &arena{}
	client := &Client{state: newClientState(callbacks)}
	from := structOf[C.sfu_client_options](a)
	from.url = a.string(url)
	from.token = a.string(token)
	from.single_connection = C.sfu_setting(options.SingleConnection)
	from.auto_subscribe = C.sfu_setting(options.AutoSubscribe)
	from.adaptive_stream = boolean(options.AdaptiveStream)
	from.metadata = a.string(options.Metadata)
	from.attributes, from.attribute_count = a.pairs(options.Attributes)
	from.media_addresses, from.media_address_count = a.strings(options.MediaAddresses)
	from.ca_file = a.string(options.CAFile)
	from.any_server = boolean(options.AnyServer)
	from.audio_redundancy = boolean(options.AudioRedundancy)
	from.receive_frames = client.state.frames()
	called := client.state.c(a)
	_, err := wait(ctx, a, func() (struct{}, error) {
		return struct{}{}, check(func() C.sfu_status { return C.sfu_client_connect(from, called, &client.c) })
	}, func(struct{}) { client.Close() })
	if err != nil {
		return nil, err
	}
	select {
	case err = <-client.state.ready:
	case <-ctx.Done():
		err = ctx.Err()
	}
	if err != nil {
		if ctx.Err() != nil {
			go client.Close() // takes up to a second
		} else {
			client.Close()
		}
		return nil, err
	}
	return client, nil
}

// LocalParticipantOptions say who joins a room from within this process.
type LocalParticipantOptions struct {
	// Who it is (Identity, which must not be empty, Name, Metadata, Attributes, Kind), what it may (Video), and the
	// settings of the room that its joining makes, as a token would say it. Video may be nil: all that a grant allows
	// unless it says otherwise.
	Claims        Claims
	AutoSubscribe Setting // to every track; default: on
}

// Join enters the room, which is made if there is none, as a participant without a connection. To the others it is like
// any other. The callbacks, which may be nil, come on the room's worker. Errors: ErrInvalidArgument (no identity),
// ErrNotFound (no such preset), ErrLimitExceeded (the room is full), ErrAlreadyExists, ErrClosed.
func (r *Room) Join(ctx context.Context, options LocalParticipantOptions, callbacks *ClientCallbacks) (*Client, error) {
	a := &arena{}
	state := newClientState(callbacks)
	from := structOf[C.sfu_local_participant_options](a)
	from.claims = options.Claims.c(a)
	from.auto_subscribe = C.sfu_setting(options.AutoSubscribe)
	from.receive_frames = state.frames()
	called := state.c(a)
	return wait(ctx, a, func() (*Client, error) {
		client := &Client{state: state}
		err := check(func() C.sfu_status { return C.sfu_room_join(r.c, from, called, &client.c) })
		return client, err
	}, func(c *Client) { c.Close() })
}

// Close leaves the room and gives the client back; callbacks do not come any more. Up to a second.
func (c *Client) Close() error {
	return c.close(func() C.sfu_status { return C.sfu_client_release(c.c) })
}

// Leave leaves the room; OnDisconnected follows.
func (c *Client) Leave() error { return check(func() C.sfu_status { return C.sfu_client_leave(c.c) }) }

// Subscribe asks for a track, or gives it up.
func (c *Client) Subscribe(trackSID string, subscribed bool) error {
	a := &arena{}
	sid := a.string(trackSID)
	return once(a, func() C.sfu_status { return C.sfu_client_subscribe(c.c, sid, boolean(subscribed)) })
}

// SetTrackSettings says what is wanted of a subscribed video track.
func (c *Client) SetTrackSettings(trackSID string, settings TrackSettings) error {
	a := &arena{}
	sid, from := a.string(trackSID), settings.c(a)
	return once(a, func() C.sfu_status { return C.sfu_client_set_track_settings(c.c, sid, from) })
}

// RequestKeyframe asks the publisher of a subscribed track for one; for OnFrame that is done where one is needed.
func (c *Client) RequestKeyframe(trackSID string) error {
	a := &arena{}
	sid := a.string(trackSID)
	return once(a, func() C.sfu_status { return C.sfu_client_request_key_frame(c.c, sid) })
}

// Update changes the client itself, which needs a token that allows it; Permission must be nil.
func (c *Client) Update(changes ParticipantChanges) error {
	a := &arena{}
	from := changes.c(a)
	return once(a, func() C.sfu_status { return C.sfu_client_update(c.c, from) })
}

// SendData sends up to 60000 bytes. While reconnecting, they wait inside. Errors: ErrInvalidArgument (too large).
func (c *Client) SendData(data []byte, options DataOptions) error {
	a := &arena{}
	how := options.c(a)
	return once(a, func() C.sfu_status {
		return C.sfu_client_send_data(c.c, bytesOf(data), C.size_t(len(data)), how)
	})
}
