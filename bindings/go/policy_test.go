// SPDX-License-Identifier: Apache-2.0

package sfu_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

func TestAHostDecides(t *testing.T) {
	later := make(chan *sfu.Decision, 1)
	asked := newLines()
	server := newServer(t, func(o *sfu.ServerOptions) {
		o.Engine.Policy = &sfu.Policy{
			OnJoin: func(r sfu.JoinRequest, d *sfu.JoinDecision) {
				asked.add("join %s %s %t", r.Claims.Identity, r.Claims.Video.Room, r.RoomExists)
				switch r.Claims.Identity {
				case "stranger":
					d.Deny("members only")
				case "listener":
					d.AllowWith(&sfu.VideoGrant{CanPublish: sfu.Off, CanPublishData: sfu.On})
				default:
					d.Allow()
				}
			},
			OnPublish: func(r sfu.PublishRequest, d *sfu.Decision) {
				asked.add("publish %s %s", r.Publisher.Identity, r.Track.Name)
				switch r.Track.Name {
				case "later":
					later <- d
				case "forbidden":
					d.Deny("not that one")
				default:
					d.Allow()
				}
			},
			OnSubscribe: func(r sfu.SubscribeRequest, d *sfu.Decision) {
				if r.Subscriber.Identity == "deaf" {
					d.Deny("")
				} else {
					d.Allow()
				}
				asked.add("subscribe %s to %s", r.Subscriber.Identity, r.Publisher.Identity)
			},
			OnData: func(r sfu.DataRequest) sfu.DataAnswer {
				switch string(r.Payload) {
				case "rude":
					return sfu.DropData()
				case "secret":
					return sfu.ReplaceData([]byte("******"))
				}
				return sfu.PassData()
			},
		}
	})
	_, err := sfu.Connect(patient(t), server.url("ws"), token("stranger", "hall"), nil, nil)
	if err == nil || !strings.Contains(err.Error(), "members only") {
		t.Error(err)
	}
	ann, listener := server.member(t, "ann", "hall"), server.member(t, "listener", "hall")
	deaf := inRoom(t, server.engine, "deaf", "hall")
	asked.expect(t, "join ann hall false")
	asked.expect(t, "join listener hall true")
	if _, err := listener.Publish(patient(t), sfu.PublishOptions{Codec: sfu.Opus}); err == nil {
		t.Error("a listener has published")
	}
	_, err = ann.Publish(patient(t), sfu.PublishOptions{Codec: sfu.Opus, Name: "forbidden"})
	if err == nil || !strings.Contains(err.Error(), "not that one") {
		t.Error(err)
	}
	go func() {
		d := <-later
		asked.add("decided %v", d.Allow())
		asked.add("again %v", d.Deny("too late"))
	}()
	_, err = ann.Publish(patient(t), sfu.PublishOptions{Codec: sfu.Opus, Name: "later"})
	ok(t, err)
	asked.expect(t, "decided <nil>")
	asked.expect(t, "again sfu: invalid_handle")
	listener.expect(t, "subscribed ann")
	asked.expect(t, "subscribe deaf to ann")
	for _, text := range []string{"rude", "secret", "hello"} {
		ok(t, ann.SendData([]byte(text), sfu.DataOptions{}))
	}
	listener.expect(t, "data ann  hello")
	if line := listener.wait(t, "data "); line != "data ann  ******" || listener.count("data ") != 2 {
		t.Error(line)
	}
	if deaf.count("subscribed") != 0 {
		t.Error("the deaf one hears")
	}
}

func TestADecisionThatIsForgottenIsNo(t *testing.T) {
	engine := newEngine(t, func(o *sfu.EngineOptions) {
		o.PolicyTimeout = time.Hour
		o.Policy = &sfu.Policy{OnPublish: func(sfu.PublishRequest, *sfu.Decision) {}}
	})
	ann := inRoom(t, engine, "ann", "hall")
	failed := make(chan error, 1)
	go func() {
		_, err := ann.Publish(patient(t), sfu.PublishOptions{Codec: sfu.Opus})
		failed <- err
	}()
	eventually(t, "the forgotten decision is collected", func() bool { return len(failed) == 1 })
	if err := <-failed; err == nil {
		t.Error("published")
	}
}

func TestWhatWaitsIsRefusedWithinCallbacks(t *testing.T) {
	engine := newEngine(t, nil)
	room := must(engine.Room("hall"))
	defer room.Close()
	result := make(chan [5]error, 1)
	var bot *sfu.Client
	joined := make(chan struct{})
	callbacks := &sfu.ClientCallbacks{OnData: func(sfu.DataMessage) {
		<-joined
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		_, deadline := room.Info(ctx)
		_, none := room.Info(context.Background())
		_, call := bot.PerformRPC(ctx, "ann", sfu.RPCRequest{Method: "x"})
		result <- [5]error{deadline, none, call, engine.Drain(ctx), bot.Close()}
	}}
	bot = must(room.Join(patient(t), sfu.LocalParticipantOptions{Claims: sfu.Claims{Identity: "bot"}}, callbacks))
	close(joined)
	ann := inRoom(t, engine, "ann", "hall")
	ok(t, ann.SendData([]byte("go"), sfu.DataOptions{}))
	for _, err := range <-result {
		if !errors.Is(err, sfu.ErrWrongThread) {
			t.Error(err)
		}
	}
	ok(t, bot.Close())
	ann.expect(t, "left bot")
}
