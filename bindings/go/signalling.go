// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"context"
	"net"
	"net/http"
	"strings"
)

// SignalSocket is the WebSocket of a signalling session, of a host with an HTTP stack of its own. Its functions are
// called in order, on a worker, until Close or Rejected; they must not block.
type SignalSocket struct {
	Accepted func()                          // complete the upgrade (101); messages may follow at once
	Rejected func(status int, body string)   // answer the request so instead
	Send     func(message []byte, text bool) // one WebSocket message
	Close    func(code uint16)               // after what was sent, with no reason
}

// SignalSession is one client's signalling connection, without the HTTP.
type SignalSession struct {
	c *C.sfu_signal_session
	closer
}

// connectRequest is the HTTP request, as the engine reads it.
func connectRequest(r *http.Request, a *arena) *C.sfu_connect_request {
	to := structOf[C.sfu_connect_request](a)
	to.path = a.string(r.URL.Path)
	query := map[string]string{}
	for key, values := range r.URL.Query() {
		query[key] = values[0]
	}
	to.query, to.query_count = a.pairs(query)
	headers := map[string]string{"Host": r.Host}
	for key, values := range r.Header {
		headers[key] = strings.Join(values, ", ")
	}
	to.headers, to.header_count = a.pairs(headers)
	remote := r.RemoteAddr
	if host, _, err := net.SplitHostPort(remote); err == nil {
		remote = host
	}
	to.remote_address = a.string(remote)
	return to
}

// Connect begins a signalling connection of the request that wants to become a WebSocket (GET /rtc or /rtc/v1); the
// answer comes to the socket, maybe before this returns.
func (e *Engine) Connect(request *http.Request, socket SignalSocket) (*SignalSession, error) {
	a := &arena{}
	from := connectRequest(request, a)
	called := structOf[C.sfu_signal_callbacks](a)
	C.sfu_go_signal(called, a.user(&socket))
	s := &SignalSession{}
	if err := once(a, func() C.sfu_status { return C.sfu_engine_connect(e.c, from, called, &s.c) }); err != nil {
		return nil, err
	}
	return s, nil
}

// Validate is the answer to a request that is no WebSocket upgrade: for /rtc/validate what a connection would be told,
// without its effects.
func (e *Engine) Validate(ctx context.Context, request *http.Request) (status int, body string, err error) {
	a := &arena{}
	from := connectRequest(request, a)
	type validated struct {
		status C.int32_t
		body   string
	}
	v, err := wait(ctx, a, func() (validated, error) {
		var v validated
		var err error
		v.body, err = take(func(text **C.char) C.sfu_status {
			return C.sfu_engine_validate(e.c, from, &v.status, text)
		}, goString)
		return v, err
	}, nil)
	return int(v.status), v.body, err
}

// Receive hands over one WebSocket message from the client; of one session from one goroutine at a time.
func (s *SignalSession) Receive(message []byte, text bool) error {
	return check(func() C.sfu_status {
		return C.sfu_signal_session_receive(s.c, bytesOf(message), C.size_t(len(message)), boolean(text))
	})
}

// Disconnected tells that the WebSocket is gone, however that came.
func (s *SignalSession) Disconnected() error {
	return check(func() C.sfu_status { return C.sfu_signal_session_disconnected(s.c) })
}

// Close is Disconnected, and gives the session back.
func (s *SignalSession) Close() error {
	return s.close(func() C.sfu_status { return C.sfu_signal_session_release(s.c) })
}

//export goSignalAccepted
func goSignalAccepted(user C.uintptr_t) {
	if s := of[*SignalSocket](user); s.Accepted != nil {
		s.Accepted()
	}
}

//export goSignalRejected
func goSignalRejected(user C.uintptr_t, status C.int32_t, body *C.char) {
	if s := of[*SignalSocket](user); s.Rejected != nil {
		s.Rejected(int(status), C.GoString(body))
	}
}

//export goSignalSend
func goSignalSend(user C.uintptr_t, message *C.uint8_t, length C.size_t, text C.sfu_bool) {
	if s := of[*SignalSocket](user); s.Send != nil {
		s.Send(goBytes(message, length), text != 0)
	}
}

//export goSignalClose
func goSignalClose(user C.uintptr_t, code C.uint16_t) {
	if s := of[*SignalSocket](user); s.Close != nil {
		s.Close(uint16(code))
	}
}
