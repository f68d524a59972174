// SPDX-License-Identifier: Apache-2.0

package sfu

// #include "callbacks.h"
import "C"

import (
	"context"
	"time"
)

// WebhookOptions say where events are posted, beside EngineOptions.OnEvent.
type WebhookOptions struct {
	URLs                  []string
	APIKey                string // one of the keys; signs
	IncludeEvents         []string
	ExcludeEvents         []string
	FullRoomInTrackEvents bool
	MaxAge                time.Duration // an event that has waited longer is dropped; 30 s
	MaxDepth              uint64        // events of one room that wait; 200
	CAFile                string        // PEM; none: the system's authorities
	StopTimeout           time.Duration // 10 s
}

// ServerOptions says what a server is like: first what the YAML says, over it what else is set here and in Engine.
type ServerOptions struct {
	Port int // HTTP and WebSocket; 7880. AnyPort takes a free one

	YAML         string            // LiveKit's configuration
	YAMLFileName string            // for messages
	YAMLLenient  bool              // unknown keys are warned of, not refused
	Overrides    map[string]string // over the YAML: a key, as "room.empty_timeout", and its value
	Development  bool              // LiveKit's --dev

	BindAddresses    []string // none: all interfaces
	MeetDirectory    string   // served at /meet/
	ConsoleDirectory string

	Webhooks WebhookOptions

	MetricsPort      uint16 // for Prometheus, beside /metrics on the HTTP port; 0: none
	MetricsUsername  string
	MetricsPassword  string
	RequestBodyLimit int64 // bytes; 10 MiB

	Engine EngineOptions
}

func (o *ServerOptions) c(a *arena) *C.sfu_server_options {
	to := structOf[C.sfu_server_options](a)
	to.port = C.int32_t(o.Port)
	to.yaml = a.string(o.YAML)
	to.yaml_file_name = a.string(o.YAMLFileName)
	to.yaml_lenient = boolean(o.YAMLLenient)
	to.overrides, to.override_count = a.pairs(o.Overrides)
	to.development = boolean(o.Development)
	to.bind_addresses, to.bind_address_count = a.strings(o.BindAddresses)
	to.meet_directory = a.string(o.MeetDirectory)
	to.console_directory = a.string(o.ConsoleDirectory)
	w := &o.Webhooks
	to.webhook_urls, to.webhook_url_count = a.strings(w.URLs)
	to.webhook_api_key = a.string(w.APIKey)
	to.webhook_include_events, to.webhook_include_event_count = a.strings(w.IncludeEvents)
	to.webhook_exclude_events, to.webhook_exclude_event_count = a.strings(w.ExcludeEvents)
	to.webhook_full_room_in_track_events = boolean(w.FullRoomInTrackEvents)
	to.webhook_max_age_ms = milliseconds(w.MaxAge)
	to.webhook_max_depth = C.uint64_t(w.MaxDepth)
	to.webhook_ca_file = a.string(w.CAFile)
	to.webhook_stop_timeout_ms = milliseconds(w.StopTimeout)
	to.metrics_port = C.uint16_t(o.MetricsPort)
	to.metrics_username = a.string(o.MetricsUsername)
	to.metrics_password = a.string(o.MetricsPassword)
	to.request_body_limit = C.int64_t(o.RequestBodyLimit)
	to.engine = o.Engine.c(a)
	return to
}

// Server is an engine with its control plane: the HTTP port that clients and server SDKs of LiveKit speak to.
type Server struct {
	c *C.sfu_server
	closer
}

// NewServer opens the port and starts the engine. Errors: ErrUnavailable (a port in use: the message names it),
// ErrInvalidArgument (of YAML: "config.yaml:12: unknown key rtc.udp_prot"), for a key file also ErrNotFound and
// ErrPermissionDenied.
func NewServer(ctx context.Context, options *ServerOptions) (*Server, error) {
	a := &arena{}
	from := options.c(a)
	return wait(ctx, a, func() (*Server, error) {
		s := &Server{}
		err := check(func() C.sfu_status { return C.sfu_server_create(from, &s.c) })
		return s, err
	}, func(s *Server) { s.Close() })
}

// Close stops the server and gives it back.
func (s *Server) Close() error {
	return s.close(func() C.sfu_status { return C.sfu_server_release(s.c) })
}

// Stop stops taking connections, tells the clients, ends the rooms; then waits for webhooks that are not delivered yet.
// Again: does nothing.
func (s *Server) Stop(ctx context.Context) error {
	return do(ctx, &arena{}, func() C.sfu_status { return C.sfu_server_stop(s.c) })
}

// Drain is Engine.Drain.
func (s *Server) Drain(ctx context.Context) error {
	return answer(ctx, func(user C.uintptr_t) C.sfu_status { return C.sfu_go_server_drain(s.c, user) }, drainResult)
}

// Engine is another handle to the server's engine, with a Close of its own.
func (s *Server) Engine() (*Engine, error) {
	e := &Engine{}
	if err := check(func() C.sfu_status { return C.sfu_server_engine(s.c, &e.c) }); err != nil {
		return nil, err
	}
	return e, nil
}

// Port is the HTTP port in use.
func (s *Server) Port() (int, error) {
	var port C.uint16_t
	err := check(func() C.sfu_status { return C.sfu_server_get_port(s.c, &port) })
	return int(port), err
}

// Metrics is what Prometheus reads.
func (s *Server) Metrics() (string, error) {
	return take(func(text **C.char) C.sfu_status { return C.sfu_server_get_metrics(s.c, text) }, goString)
}

// Warnings are keys of the YAML that are understood but have no effect here, for the operator to read.
func (s *Server) Warnings() ([]string, error) {
	return take(func(result **C.sfu_string_list) C.sfu_status {
		return C.sfu_server_get_warnings(s.c, result)
	}, func(l *C.sfu_string_list) []string { return goStrings(l.items, l.count) })
}

// WebhookCounters are of all URLs together, each counted by itself; all 0 without webhooks.
type WebhookCounters struct {
	Delivered          uint64 // answered, and not to be tried again: 4xx too
	Failed             uint64 // given up
	DroppedAge         uint64
	DroppedQueueFull   uint64
	DroppedQueueClosed uint64 // the server stopped
	QueueLength        uint64 // waiting, or under way
}

// WebhookCounters tells what has become of the webhooks.
func (s *Server) WebhookCounters() (WebhookCounters, error) {
	return take(func(result **C.sfu_webhook_counters) C.sfu_status {
		return C.sfu_server_get_webhook_counters(s.c, result)
	}, func(w *C.sfu_webhook_counters) WebhookCounters {
		return WebhookCounters{
			Delivered: uint64(w.delivered), Failed: uint64(w.failed), DroppedAge: uint64(w.dropped_age),
			DroppedQueueFull: uint64(w.dropped_queue_full), DroppedQueueClosed: uint64(w.dropped_queue_closed),
			QueueLength: uint64(w.queue_length),
		}
	})
}
