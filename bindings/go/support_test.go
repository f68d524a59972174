// SPDX-License-Identifier: Apache-2.0

package sfu_test

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

const patience = 20 * time.Second

var keys = map[string]string{"devkey": "a secret of at least thirty-two characters"}

// lines is what happened, to be waited for.
type lines struct {
	mutex sync.Mutex
	all   []string
	more  chan struct{} // closed when there is another one
}

func newLines() *lines { return &lines{more: make(chan struct{})} }

func (l *lines) add(format string, values ...any) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	l.all = append(l.all, fmt.Sprintf(format, values...))
	close(l.more)
	l.more = make(chan struct{})
}

func (l *lines) with(beginning string) (found []string, more chan struct{}, all []string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	for _, line := range l.all {
		if strings.HasPrefix(line, beginning) {
			found = append(found, line)
		}
	}
	return found, l.more, append([]string(nil), l.all...)
}

// wait is the first line that begins so.
func (l *lines) wait(t *testing.T, beginning string) string {
	t.Helper()
	return l.waitCount(t, beginning, 1)[0]
}

func (l *lines) waitCount(t *testing.T, beginning string, count int) []string {
	t.Helper()
	deadline := time.After(patience)
	for {
		found, more, all := l.with(beginning)
		if len(found) >= count {
			return found
		}
		select {
		case <-more:
		case <-deadline:
			t.Fatalf("no %d times %q in:\n%s", count, beginning, strings.Join(all, "\n"))
		}
	}
}

func (l *lines) expect(t *testing.T, line string) {
	t.Helper()
	l.wait(t, line)
}

func (l *lines) count(beginning string) int {
	found, _, _ := l.with(beginning)
	return len(found)
}

func patient(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func freeUDPPort() uint16 {
	socket := must(net.ListenPacket("udp4", "127.0.0.1:0"))
	defer socket.Close()
	return uint16(socket.LocalAddr().(*net.UDPAddr).Port)
}

func loopback() sfu.EngineOptions {
	return sfu.EngineOptions{
		Workers: 1, UDPPortFirst: freeUDPPort(), BindAddresses: []string{"127.0.0.1"}, Keys: keys,
		RoomDefaults: &sfu.RoomOptions{RemoteUnmute: true},
	}
}

func newEngine(t *testing.T, change func(*sfu.EngineOptions)) *sfu.Engine {
	t.Helper()
	options := loopback()
	if change != nil {
		change(&options)
	}
	engine, err := sfu.NewEngine(patient(t), &options)
	ok(t, err)
	t.Cleanup(func() { engine.Close() })
	return engine
}

type testServer struct {
	*sfu.Server
	engine *sfu.Engine
	events *lines
}

func newServer(t *testing.T, change func(*sfu.ServerOptions)) *testServer {
	t.Helper()
	s := &testServer{events: newLines()}
	options := sfu.ServerOptions{Port: sfu.AnyPort, BindAddresses: []string{"127.0.0.1"}, Engine: loopback()}
	options.Engine.OnEvent = func(e sfu.Event) {
		about := e.Room.Name
		if e.Participant != nil {
			about = e.Participant.Identity
		}
		s.events.add("%s %s", e.Name, about)
	}
	if change != nil {
		change(&options)
	}
	var err error
	s.Server, err = sfu.NewServer(patient(t), &options)
	ok(t, err)
	s.engine = must(s.Server.Engine())
	t.Cleanup(func() {
		s.engine.Close()
		s.Server.Close()
	})
	return s
}

func (s *testServer) url(scheme string) string {
	return fmt.Sprintf("%s://127.0.0.1:%d", scheme, must(s.Port()))
}

func token(identity, room string) string {
	return must(sfu.AccessToken(&sfu.Claims{
		Identity: identity,
		Video:    &sfu.VideoGrant{RoomJoin: true, Room: room, CanUpdateOwnMetadata: sfu.On},
	}, &sfu.TokenOptions{APIKey: "devkey", APISecret: keys["devkey"]}))
}

// member is a client that writes down what it hears.
type member struct {
	*sfu.Client
	*lines
}

func (l *lines) callbacks() *sfu.ClientCallbacks {
	return &sfu.ClientCallbacks{
		OnConnected: func(room sfu.RoomInfo, self sfu.ParticipantInfo) { l.add("connected %s %s", room.Name, self.Identity) },
		OnReady:     func() { l.add("ready") },
		OnDisconnected: func(reason sfu.DisconnectReason, err error) {
			l.add("disconnected %d %v", reason, err)
		},
		OnMoved:             func(room sfu.RoomInfo) { l.add("moved %s", room.Name) },
		OnParticipantJoined: func(p sfu.ParticipantInfo) { l.add("joined %s", p.Identity) },
		OnParticipantChanged: func(p sfu.ParticipantInfo) {
			l.add("changed %s %s %s %s", p.Identity, p.Name, p.Metadata, p.Attributes["hand"])
		},
		OnParticipantLeft: func(p sfu.ParticipantInfo) { l.add("left %s", p.Identity) },
		OnTrackPublished:  func(identity string, track sfu.TrackInfo) { l.add("track %s %s", identity, track.Name) },
		OnTrackChanged: func(identity string, track sfu.TrackInfo) {
			l.add("track changed %s %t", identity, track.Muted)
		},
		OnTrackUnpublished: func(identity string, track sfu.TrackInfo) { l.add("track gone %s %s", identity, track.Name) },
		OnSubscribed: func(sid, identity string, codec sfu.Codec) {
			l.add("subscribed %s %s", identity, codec)
		},
		OnUnsubscribed: func(sid string) { l.add("unsubscribed %s", sid) },
		OnFrame:        func(sid string, codec sfu.Codec, frame sfu.Frame) { l.add("frame %s %s", codec, frame.Data) },
		OnRTP:          func(sid string, packet []byte, recovered bool) { l.add("rtp") },
		OnData:         func(m sfu.DataMessage) { l.add("data %s %s %s", m.Sender, m.Topic, m.Data) },
		OnText:         func(i sfu.StreamInfo, text string) { l.add("text %s %s %s", i.Sender, i.Topic, text) },
		OnStreamOpened: func(i sfu.StreamInfo) { l.add("stream %s %s", i.Sender, i.Name) },
		OnStreamData:   func(sender, id string, data []byte) { l.add("stream data %s %s", sender, data) },
		OnStreamClosed: func(sender, id string, err error) { l.add("stream closed %s %v", sender, err) },
	}
}

func (s *testServer) member(t *testing.T, identity, room string) member {
	t.Helper()
	heard := newLines()
	client, err := sfu.Connect(patient(t), s.url("ws"), token(identity, room),
		&sfu.ClientOptions{MediaAddresses: []string{"127.0.0.1"}}, heard.callbacks())
	ok(t, err)
	t.Cleanup(func() { client.Close() })
	return member{client, heard}
}

func inRoom(t *testing.T, engine *sfu.Engine, identity, name string) member {
	t.Helper()
	room := must(engine.Room(name))
	defer room.Close()
	heard := newLines()
	client, err := room.Join(patient(t), sfu.LocalParticipantOptions{Claims: sfu.Claims{Identity: identity}},
		heard.callbacks())
	ok(t, err)
	t.Cleanup(func() { client.Close() })
	return member{client, heard}
}

// eventually is for what nobody tells of: goroutines that end, finalizers that run.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never was so that %s", what)
		}
		runtime.GC()
	}
}
