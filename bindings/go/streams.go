// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "sfu-c/sfu.h"
import "C"

import (
	"crypto/rand"
	"encoding/hex"
	"sync/atomic"
)

// StreamOptions says what a stream is.
type StreamOptions struct {
	Topic      string
	To         []string // identities; none: everyone
	Attributes map[string]string
	MimeType   string // empty: text/plain, application/octet-stream
	Name       string // of byte streams: the file's
	ReplyTo    string // of text streams: another's id
}

func (o *StreamOptions) c(a *arena) *C.sfu_stream_options {
	to := structOf[C.sfu_stream_options](a)
	to.topic = a.string(o.Topic)
	to.to, to.to_count = a.strings(o.To)
	to.attributes, to.attribute_count = a.pairs(o.Attributes)
	to.mime_type = a.string(o.MimeType)
	to.name = a.string(o.Name)
	to.reply_to = a.string(o.ReplyTo)
	return to
}

// SendText sends a whole text stream.
func (c *Client) SendText(text string, options StreamOptions) error {
	a := &arena{}
	bytes, length := a.bytes([]byte(text))
	how := options.c(a)
	return once(a, func() C.sfu_status {
		return C.sfu_client_send_text(c.c, (*C.char)(pointerOf(bytes)), length, how)
	})
}

// SendBytes sends a whole byte stream.
func (c *Client) SendBytes(data []byte, options StreamOptions) error {
	a := &arena{}
	how := options.c(a)
	return once(a, func() C.sfu_status {
		return C.sfu_client_send_bytes(c.c, bytesOf(data), C.size_t(len(data)), how)
	})
}

// StreamWriter is a stream that grows: an io.WriteCloser.
type StreamWriter struct {
	client *Client
	id     string
	text   []byte // the id, for C
	closed atomic.Bool
}

// OpenStream begins a stream of text, or of bytes.
func (c *Client) OpenStream(text bool, options StreamOptions) (*StreamWriter, error) {
	var random [16]byte
	if _, err := rand.Read(random[:]); err != nil {
		return nil, err
	}
	w := &StreamWriter{client: c, id: hex.EncodeToString(random[:])}
	w.text = append([]byte(w.id), 0)
	a := &arena{}
	how := options.c(a)
	err := once(a, func() C.sfu_status { return C.sfu_client_open_stream(c.c, w.c(), boolean(text), how) })
	if err != nil {
		return nil, err
	}
	return w, nil
}

func (w *StreamWriter) c() *C.char { return (*C.char)(pointer(w.text)) }

// ID is that of the stream, for its receivers too.
func (w *StreamWriter) ID() string { return w.id }

// Write sends more of it.
func (w *StreamWriter) Write(data []byte) (int, error) {
	if w.closed.Load() {
		return 0, ErrClosed
	}
	err := check(func() C.sfu_status {
		return C.sfu_client_write_stream(w.client.c, w.c(), bytesOf(data), C.size_t(len(data)))
	})
	if err != nil {
		return 0, err
	}
	return len(data), nil
}

// Close says that it is whole.
func (w *StreamWriter) Close() error { return w.CloseWithReason("") }

// CloseWithReason says, unless the reason is empty, why it ends before it is whole.
func (w *StreamWriter) CloseWithReason(reason string) error {
	if w.closed.Swap(true) {
		return nil
	}
	a := &arena{}
	why := a.string(reason)
	return once(a, func() C.sfu_status { return C.sfu_client_close_stream(w.client.c, w.c(), why) })
}
