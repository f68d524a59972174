// SPDX-License-Identifier: Apache-2.0

package sfu

/*
#include "callbacks.h"
*/
import "C"

import (
	"context"
	"sync/atomic"
	"unsafe"
)

type outcome[V any] struct {
	value V
	err   error
}

// free tells whether this goroutine may wait. Within a callback, what it waits for would wait for it.
func free(ctx context.Context) error {
	if C.sfu_go_in_callback() != 0 {
		return &Error{Code: ErrWrongThread, Message: "a call that waits, from within a callback"}
	}
	return ctx.Err()
}

// wait runs what waits for the library, with what it is given in the arena, which it frees. If the context ends first,
// it goes on in the background, and `undo` gets what came of it.
func wait[V any](ctx context.Context, a *arena, call func() (V, error), undo func(V)) (V, error) {
	var none V
	err := a.err
	if err == nil {
		err = free(ctx)
	}
	if err != nil {
		a.refused()
		return none, err
	}
	run := func() (V, error) {
		value, err := call()
		if err != nil {
			a.refused()
		} else {
			a.free()
		}
		return value, err
	}
	if ctx.Done() == nil {
		return run()
	}
	done := make(chan outcome[V], 1)
	go func() {
		value, err := run()
		done <- outcome[V]{value, err}
	}()
	select {
	case o := <-done:
		return o.value, o.err
	case <-ctx.Done():
		if undo != nil {
			go func() {
				if o := <-done; o.err == nil {
					undo(o.value)
				}
			}()
		}
		return none, ctx.Err()
	}
}

// do is wait for calls that give nothing.
func do(ctx context.Context, a *arena, call func() C.sfu_status) error {
	_, err := wait(ctx, a, func() (struct{}, error) { return struct{}{}, check(call) }, nil)
	return err
}

// fetch is wait for calls that give a result, which is turned into a value.
func fetch[R, V any](ctx context.Context, a *arena, call func(result **R) C.sfu_status, value func(*R) V) (V, error) {
	return wait(ctx, a, func() (V, error) { return take(call, value) }, nil)
}

// take is fetch for calls that do not wait.
func take[R, V any](call func(result **R) C.sfu_status, value func(*R) V) (V, error) {
	var result *R
	if err := check(func() C.sfu_status { return call(&result) }); err != nil {
		var none V
		return none, err
	}
	defer C.sfu_free(unsafe.Pointer(result))
	return value(result), nil
}

// once makes one call that does not wait, with what is in the arena.
func once(a *arena, call func() C.sfu_status) error {
	err := a.err
	if err == nil {
		err = check(call)
	}
	if err != nil {
		a.refused()
	} else {
		a.free()
	}
	return err
}

// closer makes Close do its work once.
type closer struct{ closed atomic.Bool }

func (c *closer) close(release func() C.sfu_status) error {
	if c.closed.Swap(true) {
		return nil
	}
	err := check(release)
	if e, ok := err.(*Error); ok && e.Code == ErrWrongThread {
		c.closed.Store(false) // nothing was done
	}
	return err
}
