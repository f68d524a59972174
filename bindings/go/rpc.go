// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unsafe"
)

// RPCRequest is a call of a method that a participant's client has registered.
type RPCRequest struct {
	Method  string
	Payload string        // at most 15 KiB
	Timeout time.Duration // default: 10 s; of a client's: 15 s
}

func (r *RPCRequest) c(a *arena) *C.sfu_rpc_request {
	to := structOf[C.sfu_rpc_request](a)
	to.method = a.string(r.Method)
	to.payload = a.string(r.Payload)
	to.response_timeout_ms = milliseconds(r.Timeout)
	return to
}

// RPCError is how a call failed. Codes 1001 to 1999 are LiveKit's (1400: no such method; 1402: the payload is too
// large; 1500: it failed; 1501: no connection; 1502: no answer in time; 1503: the callee left); others are the
// callee's own.
type RPCError struct {
	Code    uint32
	Message string
	Data    string
}

func (e *RPCError) Error() string {
	return fmt.Sprintf("sfu: the call failed: %d %s", e.Code, e.Message)
}

type rpcResult struct {
	payload string
	err     error
}

//export goRPCDone
func goRPCDone(user C.uintptr_t, r *C.sfu_rpc_result) {
	result := rpcResult{payload: C.GoString(r.payload)}
	if r.error_code != 0 {
		result.err = &RPCError{uint32(r.error_code), C.GoString(r.error_message), C.GoString(r.error_data)}
	}
	settle(user, result)
}

func perform(ctx context.Context, a *arena, begin func(user C.uintptr_t) C.sfu_status) (string, error) {
	defer a.free()
	if a.err != nil {
		return "", a.err
	}
	var payload string
	err := answer(ctx, begin, func(r rpcResult) error {
		payload = r.payload
		return r.err
	})
	return payload, err
}

// PerformRPC calls a method of another participant. Errors: *RPCError.
func (c *Client) PerformRPC(ctx context.Context, identity string, request RPCRequest) (string, error) {
	a := &arena{}
	who, from := a.string(identity), request.c(a)
	return perform(ctx, a, func(user C.uintptr_t) C.sfu_status {
		return C.sfu_go_client_perform_rpc(c.c, who, from, user)
	})
}

// PerformRPC calls a method of the participant's client. Errors: *RPCError, ErrNotFound.
func (p *Participant) PerformRPC(ctx context.Context, request RPCRequest) (string, error) {
	a := &arena{}
	from := request.c(a)
	return perform(ctx, a, func(user C.uintptr_t) C.sfu_status {
		return C.sfu_go_participant_perform_rpc(p.c, from, user)
	})
}

// RPCCall is a call that comes in.
type RPCCall struct {
	Caller  string // identity
	Method  string
	Payload string
}

// RPCHandler answers a call, on a goroutine of its own. The context ends when the caller waits no more. An *RPCError
// reaches the caller as it is, any other error as code 1500.
type RPCHandler func(ctx context.Context, call RPCCall) (string, error)

// RegisterRPC lets the handler answer calls of this method. Replaces an earlier one.
func (c *Client) RegisterRPC(method string, handler RPCHandler) error {
	a := &arena{}
	name := a.string(method)
	called := structOf[C.sfu_rpc_callbacks](a)
	C.sfu_go_rpc(called, a.user(handler))
	return once(a, func() C.sfu_status { return C.sfu_client_register_rpc(c.c, name, called) })
}

// UnregisterRPC ends that.
func (c *Client) UnregisterRPC(method string) error {
	a := &arena{}
	name := a.string(method)
	return once(a, func() C.sfu_status { return C.sfu_client_unregister_rpc(c.c, name) })
}

//export goCall
func goCall(user C.uintptr_t, call *C.sfu_rpc_call, responder *C.sfu_rpc_responder) {
	handler := of[RPCHandler](user)
	timeout := goDuration(call.timeout_ms)
	said := RPCCall{C.GoString(call.caller), C.GoString(call.method), C.GoString(call.payload)}
	go func() {
		defer C.sfu_rpc_responder_release(responder)
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		payload, err := handler(ctx, said)
		respond(responder, payload, err)
	}()
}

func respond(responder *C.sfu_rpc_responder, payload string, err error) {
	a := &arena{}
	defer a.free()
	result := structOf[C.sfu_rpc_result](a)
	var failed *RPCError
	if err == nil {
		result.payload = a.string(payload)
	} else if errors.As(err, &failed) {
		result.error_code = C.uint32_t(failed.Code)
		result.error_message = a.string(failed.Message)
		result.error_data = a.string(failed.Data)
	} else {
		result.error_code = 1500 // LiveKit's "application error"
		result.error_message = a.string(err.Error())
	}
	if a.err == nil { // else the release tells the caller that it failed
		C.sfu_rpc_responder_answer(responder, result)
	}
}

func pointerOf(bytes *C.uint8_t) unsafe.Pointer { return unsafe.Pointer(bytes) }
