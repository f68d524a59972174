// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "sfu-c/sfu.h"
import "C"

import "time"

type EgressStatus int32

const (
	EgressStarting     EgressStatus = C.SFU_EGRESS_STARTING
	EgressActive       EgressStatus = C.SFU_EGRESS_ACTIVE
	EgressEnding       EgressStatus = C.SFU_EGRESS_ENDING
	EgressComplete     EgressStatus = C.SFU_EGRESS_COMPLETE
	EgressFailed       EgressStatus = C.SFU_EGRESS_FAILED
	EgressAborted      EgressStatus = C.SFU_EGRESS_ABORTED
	EgressLimitReached EgressStatus = C.SFU_EGRESS_LIMIT_REACHED
)

// EgressFile is a file that is written, or was.
type EgressFile struct {
	Filename  string
	StartedAt time.Time
	EndedAt   time.Time
	Duration  time.Duration
	Bytes     uint64
	Location  string // where it can be had: a path or a URL
}

type EgressStreamStatus int32

const (
	EgressStreamActive   EgressStreamStatus = C.SFU_EGRESS_STREAM_ACTIVE
	EgressStreamFinished EgressStreamStatus = C.SFU_EGRESS_STREAM_FINISHED
	EgressStreamFailed   EgressStreamStatus = C.SFU_EGRESS_STREAM_FAILED
)

// EgressStream is where a stream is sent to, or was.
type EgressStream struct {
	Status    EgressStreamStatus
	URL       string // as receivers of webhooks may see it: without its key
	StartedAt time.Time
	EndedAt   time.Time
	Duration  time.Duration
	Error     string
}

// EgressWebhook is a receiver of one egress's events, beside those of the server.
type EgressWebhook struct {
	URL        string // "http://" or "https://"
	SigningKey string // one of the server's API keys; empty: WebhookOptions.APIKey
}

// EgressInfo is what a host that records or streams rooms itself tells of it. Times that are zero are left out.
type EgressInfo struct {
	Status    EgressStatus
	EgressID  string // "EG_..." in LiveKit; any text that no other egress has
	RoomID    string // RoomInfo.SID
	RoomName  string
	Error     string // why it failed, for people
	StartedAt time.Time
	UpdatedAt time.Time
	EndedAt   time.Time
	Files     []EgressFile
	Streams   []EgressStream
	Webhooks  []EgressWebhook // are told, and not part of what is told
}

func (e *EgressInfo) c(a *arena) *C.sfu_egress_info {
	to := structOf[C.sfu_egress_info](a)
	to.status = C.sfu_egress_status(e.Status)
	to.egress_id = a.string(e.EgressID)
	to.room_id = a.string(e.RoomID)
	to.room_name = a.string(e.RoomName)
	to.error = a.string(e.Error)
	to.started_at_ms = unix(e.StartedAt)
	to.updated_at_ms = unix(e.UpdatedAt)
	to.ended_at_ms = unix(e.EndedAt)
	to.files, to.file_count = list(e.Files, a, func(a *arena, f *EgressFile) *C.sfu_egress_file {
		file := structOf[C.sfu_egress_file](a)
		file.filename = a.string(f.Filename)
		file.started_at_ms = unix(f.StartedAt)
		file.ended_at_ms = unix(f.EndedAt)
		file.duration_ms = milliseconds(f.Duration)
		file.bytes = C.uint64_t(f.Bytes)
		file.location = a.string(f.Location)
		return file
	})
	to.streams, to.stream_count = list(e.Streams, a, func(a *arena, s *EgressStream) *C.sfu_egress_stream {
		stream := structOf[C.sfu_egress_stream](a)
		stream.status = C.sfu_egress_stream_status(s.Status)
		stream.url = a.string(s.URL)
		stream.started_at_ms = unix(s.StartedAt)
		stream.ended_at_ms = unix(s.EndedAt)
		stream.duration_ms = milliseconds(s.Duration)
		stream.error = a.string(s.Error)
		return stream
	})
	to.webhooks, to.webhook_count = list(e.Webhooks, a, func(a *arena, w *EgressWebhook) *C.sfu_egress_webhook {
		webhook := structOf[C.sfu_egress_webhook](a)
		webhook.url = a.string(w.URL)
		webhook.signing_key = a.string(w.SigningKey)
		return webhook
	})
	return to
}

// Announce tells the webhooks of an egress, as it is now: EgressStarting as "egress_started", EgressActive and
// EgressEnding as "egress_updated", the others as "egress_ended". Errors, with nothing sent: ErrInvalidArgument (no
// EgressID, a URL that cannot be posted to), ErrUnavailable (WebhookOptions.CAFile), ErrClosed.
func (s *Server) Announce(egress *EgressInfo) error {
	a := &arena{}
	defer a.free()
	from := egress.c(a)
	if a.err != nil {
		return a.err
	}
	return check(func() C.sfu_status { return C.sfu_server_announce(s.c, from) })
}
