// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "sfu-c/sfu.h"
import "C"

import (
	"context"
	"errors"
	"runtime"
	"time"
	"unsafe"
)

// RoomAPIOptions say where a server is, and who asks.
type RoomAPIOptions struct {
	JSON      bool   // bodies as JSON, not protobuf
	AnyServer bool   // take any certificate: for tests
	URL       string // "https://host[:port]", or http:, ws: or wss:
	// Signs a token for each call, good for ten minutes, that grants what this call needs and nothing else.
	APIKey    string
	APISecret string
	Token     string        // in place of a key: shown as it is, for all calls
	Timeout   time.Duration // of one call; 10 s. PerformRPC gets the time of the request beyond it
	CAFile    string        // https: PEM file of the authorities that are trusted; none: the system's
}

// RoomAPI is the room API of a LiveKit server, or of this library's, for programs that manage rooms from outside. Calls
// may overlap. Errors are *APIError where a server answered or could not be reached; errors.Is tells the Code of each.
type RoomAPI struct {
	c *C.sfu_room_api
	closer
}

// APIError is what a server said of a call that failed.
type APIError struct {
	Err        *Error
	HTTPStatus int    // 0: no answer came
	Code       string // Twirp's: "not_found", "unauthenticated" ...; empty: it is no answer of the API
	Message    string
	Meta       map[string]string // what the server adds
}

func (e *APIError) Error() string { return e.Err.Error() }

// Unwrap lets errors.Is(err, ErrNotFound) tell.
func (e *APIError) Unwrap() error { return e.Err }

// NewRoomAPI connects to nothing yet. Errors: ErrInvalidArgument (the URL; neither a key with its secret nor a token),
// ErrUnavailable (the authorities' file).
func NewRoomAPI(options *RoomAPIOptions) (*RoomAPI, error) {
	a := &arena{}
	from := structOf[C.sfu_room_api_options](a)
	from.json = boolean(options.JSON)
	from.any_server = boolean(options.AnyServer)
	from.url = a.string(options.URL)
	from.api_key = a.string(options.APIKey)
	from.api_secret = a.string(options.APISecret)
	from.token = a.string(options.Token)
	from.timeout_ms = milliseconds(options.Timeout)
	from.ca_file = a.string(options.CAFile)
	r := &RoomAPI{}
	if err := once(a, func() C.sfu_status { return C.sfu_room_api_create(from, &r.c) }); err != nil {
		return nil, err
	}
	return r, nil
}

// Close gives the API back.
func (r *RoomAPI) Close() error {
	return r.close(func() C.sfu_status { return C.sfu_room_api_release(r.c) })
}

// explained adds what the server said: both are the thread's, and of the same call if their texts are the same.
func explained(call func() error) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := call()
	var failed *Error
	if !errors.As(err, &failed) {
		return err
	}
	var said *C.sfu_api_error
	if C.sfu_room_api_get_last_error(&said) != C.SFU_OK {
		return err
	}
	defer C.sfu_free(unsafe.Pointer(said))
	if C.GoString(said.message) != failed.Message {
		return err
	}
	return &APIError{
		Err: failed, HTTPStatus: int(said.http_status), Code: C.GoString(said.code), Message: failed.Message,
		Meta: goPairs(said.meta, said.meta_count),
	}
}

// ask is do for calls of the API.
func ask(ctx context.Context, a *arena, call func() C.sfu_status) error {
	_, err := wait(ctx, a, func() (struct{}, error) {
		return struct{}{}, explained(func() error { return check(call) })
	}, nil)
	return err
}

// get is fetch for calls of the API.
func get[R, V any](ctx context.Context, a *arena, call func(result **R) C.sfu_status, value func(*R) V) (V, error) {
	return wait(ctx, a, func() (V, error) {
		var made V
		err := explained(func() (err error) {
			made, err = take(call, value)
			return err
		})
		return made, err
	}, nil)
}

// CreateRoomOptions say what a room is made with; what is empty is left to the preset, and then to the server.
type CreateRoomOptions struct {
	Configuration *RoomConfiguration
	Preset        string
	NodeID        string // of the server that is to have it; empty: any
}

// CreateRoom makes a room. One that exists stays as it is.
func (r *RoomAPI) CreateRoom(ctx context.Context, name string, options CreateRoomOptions) (RoomInfo, error) {
	a := &arena{}
	called := a.string(name)
	how := structOf[C.sfu_create_room_options](a)
	how.configuration = options.Configuration.c(a)
	how.preset = a.string(options.Preset)
	how.node_id = a.string(options.NodeID)
	return get(ctx, a, func(result **C.sfu_room_info) C.sfu_status {
		return C.sfu_room_api_create_room(r.c, called, how, result)
	}, roomInfo)
}

// ListRooms gives those of these names; all, if none is given.
func (r *RoomAPI) ListRooms(ctx context.Context, names ...string) ([]RoomInfo, error) {
	a := &arena{}
	from, count := a.strings(names)
	return get(ctx, a, func(result **C.sfu_room_info_list) C.sfu_status {
		return C.sfu_room_api_list_rooms(r.c, from, count, result)
	}, roomInfos)
}

// DeleteRoom disconnects everybody and ends the room.
func (r *RoomAPI) DeleteRoom(ctx context.Context, room string) error {
	a := &arena{}
	name := a.string(room)
	return ask(ctx, a, func() C.sfu_status { return C.sfu_room_api_delete_room(r.c, name) })
}

// UpdateRoomMetadata replaces it, and gives the room as it is then.
func (r *RoomAPI) UpdateRoomMetadata(ctx context.Context, room, metadata string) (RoomInfo, error) {
	a := &arena{}
	name, text := a.string(room), a.string(metadata)
	return get(ctx, a, func(result **C.sfu_room_info) C.sfu_status {
		return C.sfu_room_api_update_room_metadata(r.c, name, text, result)
	}, roomInfo)
}

// SendData sends data to the room's people. Without a nonce one is made.
func (r *RoomAPI) SendData(ctx context.Context, room string, data []byte, options DataOptions) error {
	a := &arena{}
	name, how := a.string(room), options.c(a)
	bytes, length := a.bytes(data)
	return ask(ctx, a, func() C.sfu_status { return C.sfu_room_api_send_data(r.c, name, bytes, length, how) })
}

// ListParticipants gives those who are in the room.
func (r *RoomAPI) ListParticipants(ctx context.Context, room string) ([]ParticipantInfo, error) {
	a := &arena{}
	name := a.string(room)
	return get(ctx, a, func(result **C.sfu_participant_info_list) C.sfu_status {
		return C.sfu_room_api_list_participants(r.c, name, result)
	}, participantInfos)
}

// GetParticipant gives one of them.
func (r *RoomAPI) GetParticipant(ctx context.Context, room, identity string) (ParticipantInfo, error) {
	a := &arena{}
	name, who := a.string(room), a.string(identity)
	return get(ctx, a, func(result **C.sfu_participant_info) C.sfu_status {
		return C.sfu_room_api_get_participant(r.c, name, who, result)
	}, participantInfo)
}

// RemoveParticipant disconnects it. Tokens for it that were made before `revokeBefore`, unless that is zero, do not let
// it in again; whole seconds.
func (r *RoomAPI) RemoveParticipant(ctx context.Context, room, identity string, revokeBefore time.Time) error {
	a := &arena{}
	name, who := a.string(room), a.string(identity)
	return ask(ctx, a, func() C.sfu_status {
		return C.sfu_room_api_remove_participant(r.c, name, who, unix(revokeBefore))
	})
}

// MutePublishedTrack gives the track as it is then, or nil if there is none of that sid.
func (r *RoomAPI) MutePublishedTrack(ctx context.Context, room, identity, trackSID string, muted bool) (*TrackInfo, error) {
	a := &arena{}
	name, who, sid := a.string(room), a.string(identity), a.string(trackSID)
	return get(ctx, a, func(result **C.sfu_track_info) C.sfu_status {
		return C.sfu_room_api_mute_published_track(r.c, name, who, sid, boolean(muted), result)
	}, func(t *C.sfu_track_info) *TrackInfo { return maybe(t, trackInfo) })
}

// UpdateParticipant changes it, and gives it as it is then.
func (r *RoomAPI) UpdateParticipant(ctx context.Context, room, identity string, changes ParticipantChanges) (ParticipantInfo, error) {
	a := &arena{}
	name, who, from := a.string(room), a.string(identity), changes.c(a)
	return get(ctx, a, func(result **C.sfu_participant_info) C.sfu_status {
		return C.sfu_room_api_update_participant(r.c, name, who, from, result)
	}, participantInfo)
}

// UpdateSubscriptions subscribes it to tracks of others, or unsubscribes it.
func (r *RoomAPI) UpdateSubscriptions(ctx context.Context, room, identity string, trackSIDs []string, subscribe bool) error {
	a := &arena{}
	name, who := a.string(room), a.string(identity)
	from, count := a.strings(trackSIDs)
	return ask(ctx, a, func() C.sfu_status {
		return C.sfu_room_api_update_subscriptions(r.c, name, who, from, count, boolean(subscribe))
	})
}

// ForwardParticipant shows it in another room as well.
func (r *RoomAPI) ForwardParticipant(ctx context.Context, room, identity, destination string) error {
	a := &arena{}
	name, who, where := a.string(room), a.string(identity), a.string(destination)
	return ask(ctx, a, func() C.sfu_status { return C.sfu_room_api_forward_participant(r.c, name, who, where) })
}

// MoveParticipant moves it into another room.
func (r *RoomAPI) MoveParticipant(ctx context.Context, room, identity, destination string) error {
	a := &arena{}
	name, who, where := a.string(room), a.string(identity), a.string(destination)
	return ask(ctx, a, func() C.sfu_status { return C.sfu_room_api_move_participant(r.c, name, who, where) })
}

// PerformRPC calls a method of a participant's client, and gives its answer.
func (r *RoomAPI) PerformRPC(ctx context.Context, room, identity string, request RPCRequest) (string, error) {
	a := &arena{}
	name, who, from := a.string(room), a.string(identity), request.c(a)
	return get(ctx, a, func(result **C.char) C.sfu_status {
		return C.sfu_room_api_perform_rpc(r.c, name, who, from, result)
	}, goString)
}

// CreateDispatch asks for an agent, and gives it as the server has it.
func (r *RoomAPI) CreateDispatch(ctx context.Context, room string, dispatch AgentDispatch) (AgentDispatch, error) {
	a := &arena{}
	name, from := a.string(room), dispatch.c(a)
	return get(ctx, a, func(result **C.sfu_agent_dispatch) C.sfu_status {
		return C.sfu_room_api_create_dispatch(r.c, name, from, result)
	}, agentDispatch)
}

// DeleteDispatch gives the one that was deleted.
func (r *RoomAPI) DeleteDispatch(ctx context.Context, room, id string) (AgentDispatch, error) {
	a := &arena{}
	name, from := a.string(room), a.string(id)
	return get(ctx, a, func(result **C.sfu_agent_dispatch) C.sfu_status {
		return C.sfu_room_api_delete_dispatch(r.c, name, from, result)
	}, agentDispatch)
}

// ListDispatches gives the one of this id; all, if it is empty.
func (r *RoomAPI) ListDispatches(ctx context.Context, room, id string) ([]AgentDispatch, error) {
	a := &arena{}
	name, from := a.string(room), a.string(id)
	return get(ctx, a, func(result **C.sfu_agent_dispatch_list) C.sfu_status {
		return C.sfu_room_api_list_dispatches(r.c, name, from, result)
	}, agentDispatches)
}
