// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"context"
	"runtime/cgo"
	"time"
)

// Engine is the SFU itself: workers, rooms, and the media between them, without HTTP. One is independent of others in
// the same process.
type Engine struct {
	c *C.sfu_engine
	closer
}

// NewEngine opens the sockets and starts the workers. Errors: ErrUnavailable (a port in use: the message names it),
// ErrInvalidArgument.
func NewEngine(ctx context.Context, options *EngineOptions) (*Engine, error) {
	a := &arena{}
	from := options.c(a)
	return wait(ctx, a, func() (*Engine, error) {
		e := &Engine{}
		err := check(func() C.sfu_status { return C.sfu_engine_create(from, &e.c) })
		return e, err
	}, func(e *Engine) { e.Close() })
}

// Close stops the engine and gives it back; that of a server is given back only.
func (e *Engine) Close() error {
	return e.close(func() C.sfu_status { return C.sfu_engine_release(e.c) })
}

// Stop tells every client that the server shuts down, ends all rooms and stops the workers. Again: does nothing.
func (e *Engine) Stop(ctx context.Context) error {
	return do(ctx, &arena{}, func() C.sfu_status { return C.sfu_engine_stop(e.c) })
}

// Drain returns as soon as nobody is in any room; who comes meanwhile is let in. Errors: ErrClosed (stopped, or drained
// by another call).
func (e *Engine) Drain(ctx context.Context) error {
	return answer(ctx, func(user C.uintptr_t) C.sfu_status { return C.sfu_go_engine_drain(e.c, user) }, drainResult)
}

//export goDrained
func goDrained(user C.uintptr_t, status C.sfu_status) { settle(user, status) }

func drainResult(status C.sfu_status) error {
	return errorOf(status, "stopped, or drained again")
}

// answer awaits the one value that a `done` gives. The channel is buffered: nobody waits for who has gone.
func answer[T any](ctx context.Context, begin func(user C.uintptr_t) C.sfu_status, read func(T) error) error {
	if err := free(ctx); err != nil {
		return err
	}
	done := make(chan T, 1)
	handle := cgo.NewHandle(done)
	if err := check(func() C.sfu_status { return begin(C.uintptr_t(handle)) }); err != nil {
		handle.Delete()
		return err
	}
	select {
	case value := <-done:
		return read(value)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// settle is a `done`'s end of it.
func settle[T any](user C.uintptr_t, value T) {
	handle := cgo.Handle(user)
	handle.Value().(chan T) <- value
	handle.Delete()
}

// Rooms are those that exist now; those of these names, if any are given.
func (e *Engine) Rooms(ctx context.Context, names ...string) ([]RoomInfo, error) {
	a := &arena{}
	from, count := a.strings(names)
	return fetch(ctx, a, func(result **C.sfu_room_info_list) C.sfu_status {
		return C.sfu_engine_get_rooms(e.c, from, count, result)
	}, roomInfos)
}

// Room is a name for the room of that name, whether or not it exists, now or later.
func (e *Engine) Room(name string) (*Room, error) {
	a := &arena{}
	from := a.string(name)
	r := &Room{}
	if err := once(a, func() C.sfu_status { return C.sfu_engine_room(e.c, from, &r.c) }); err != nil {
		return nil, err
	}
	return r, nil
}

// CreateRoom makes a room before anyone joins. The configuration may be nil, the preset empty. One that exists stays as
// it is. Errors: ErrInvalidArgument, ErrNotFound (no such preset), ErrLimitExceeded, ErrClosed.
func (e *Engine) CreateRoom(ctx context.Context, name string, configuration *RoomConfiguration, preset string) (RoomInfo, error) {
	a := &arena{}
	called, wanted, known := a.string(name), configuration.c(a), a.string(preset)
	return fetch(ctx, a, func(result **C.sfu_room_info) C.sfu_status {
		return C.sfu_engine_create_room(e.c, called, wanted, known, result)
	}, roomInfo)
}

// PollDescriptor, PollTimeout and RunOnce are for a host that drives the engine on an event loop of its own
// (EngineOptions.HostDriven), from one goroutine at a time; of others the descriptor is -1. Wait for it to become
// readable, for PollTimeout at most, then call RunOnce, within which callbacks come. Other goroutines may call all else
// meanwhile; what waits waits for a turn, so the one that takes them must not.
func (e *Engine) PollDescriptor() (int, error) {
	var descriptor C.int
	err := check(func() C.sfu_status { return C.sfu_engine_get_poll_descriptor(e.c, &descriptor) })
	return int(descriptor), err
}

// PollTimeout is how long RunOnce has nothing to do, if the descriptor does not become readable; -1 once the engine has
// stopped.
func (e *Engine) PollTimeout() (time.Duration, error) {
	var nanoseconds C.int64_t
	err := check(func() C.sfu_status { return C.sfu_engine_get_poll_timeout(e.c, &nanoseconds) })
	return time.Duration(nanoseconds), err
}

// RunOnce does what is due and what has come. It never waits.
func (e *Engine) RunOnce() error {
	return check(func() C.sfu_status { return C.sfu_engine_run_once(e.c) })
}

// Statistics is what the workers have published last.
func (e *Engine) Statistics() (EngineStatistics, error) {
	return take(func(result **C.sfu_engine_statistics) C.sfu_status {
		return C.sfu_engine_get_statistics(e.c, result)
	}, engineStatistics)
}

// Counters are of datagrams, as they are counted now.
func (e *Engine) Counters(ctx context.Context) (EngineCounters, error) {
	return fetch(ctx, &arena{}, func(result **C.sfu_engine_counters) C.sfu_status {
		return C.sfu_engine_get_counters(e.c, result)
	}, engineCounters)
}

// CheckRevoked is for hosts that read tokens themselves. Errors: ErrUnauthenticated (Participant.Remove has revoked
// it), with the text for the client.
func (e *Engine) CheckRevoked(claims *Claims) error {
	a := &arena{}
	from := claims.c(a)
	return once(a, func() C.sfu_status { return C.sfu_engine_check_revoked(e.c, from) })
}
