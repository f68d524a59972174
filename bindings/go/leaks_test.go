// SPDX-License-Identifier: Apache-2.0

package sfu_test

import (
	"context"
	"errors"
	"runtime"
	"testing"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

// balanced checks that the body leaves no goroutine and nothing of the library.
func balanced(t *testing.T, body func(t *testing.T)) {
	t.Helper()
	goroutines, live := runtime.NumGoroutine(), sfu.LiveCount()
	t.Run("body", body)
	eventually(t, "all goroutines have ended", func() bool { return runtime.NumGoroutine() <= goroutines })
	eventually(t, "all is given back", func() bool { return sfu.LiveCount() == live })
}

func TestNothingIsLeft(t *testing.T) {
	balanced(t, func(t *testing.T) {
		server := newServer(t, func(o *sfu.ServerOptions) {
			o.Engine.Policy = &sfu.Policy{OnPublish: func(_ sfu.PublishRequest, d *sfu.Decision) { d.Allow() }}
		})
		ann := server.member(t, "ann", "hall")
		bot := inRoom(t, server.engine, "bot", "hall")
		track, err := bot.Publish(patient(t), sfu.PublishOptions{Codec: sfu.Opus})
		ok(t, err)
		ann.expect(t, "subscribed bot")
		ok(t, track.WriteFrame(sfu.Frame{Data: []byte{0xfc}}, 0))
		ok(t, ann.RegisterRPC("x", func(context.Context, sfu.RPCCall) (string, error) { return "", nil }))
		_, err = bot.PerformRPC(patient(t), "ann", sfu.RPCRequest{Method: "x"})
		ok(t, err)
	})
}

func TestWhatIsGivenUpIsNotLeftBehind(t *testing.T) {
	balanced(t, func(t *testing.T) {
		given := context.Background()
		for i := 0; i < 20; i++ {
			ctx, cancel := context.WithCancel(given)
			go cancel() // before, while, or after
			options := loopback()
			if engine, err := sfu.NewEngine(ctx, &options); err == nil {
				engine.Close()
			} else if !errors.Is(err, context.Canceled) && !errors.Is(err, sfu.ErrUnavailable) {
				t.Error(err)
			}
		}
		engine := newEngine(t, nil)
		room := must(engine.Room("hall"))
		defer room.Close()
		for i := 0; i < 20; i++ {
			ctx, cancel := context.WithCancel(given)
			go cancel()
			bot, err := room.Join(ctx, sfu.LocalParticipantOptions{Claims: sfu.Claims{Identity: "bot"}}, nil)
			if err == nil {
				bot.Close()
			}
			cancel()
			if _, err := room.Info(ctx); !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
	})
}

func TestACancelledCallReturnsAtOnce(t *testing.T) {
	// One worker whose host is busy: what waits for it waits.
	busy, free := make(chan struct{}), make(chan struct{})
	engine := newEngine(t, func(o *sfu.EngineOptions) {
		o.Policy = &sfu.Policy{OnData: func(sfu.DataRequest) sfu.DataAnswer {
			close(busy)
			<-free
			return sfu.PassData()
		}}
	})
	ann := inRoom(t, engine, "ann", "hall")
	room := must(engine.Room("hall"))
	defer room.Close()
	ok(t, ann.SendData([]byte("x"), sfu.DataOptions{}))
	<-busy
	ctx, cancel := context.WithCancel(context.Background())
	returned := make(chan error, 1)
	go func() {
		_, err := room.Info(ctx)
		returned <- err
	}()
	cancel()
	if err := <-returned; !errors.Is(err, context.Canceled) { // with the worker as busy as before
		t.Error(err)
	}
	close(free)
}

func TestManyRounds(t *testing.T) {
	balanced(t, func(t *testing.T) {
		engine := newEngine(t, nil)
		for i := 0; i < 1000; i++ {
			room := must(engine.Room("hall"))
			who := must(room.Participant("ann"))
			if _, err := who.Info(context.Background()); !errors.Is(err, sfu.ErrNotFound) {
				t.Fatal(err)
			}
			ok(t, who.Close())
			ok(t, who.Close())
			ok(t, room.Close())
		}
		for i := 0; i < 100; i++ {
			room := must(engine.Room("hall"))
			bot := must(room.Join(context.Background(), sfu.LocalParticipantOptions{Claims: sfu.Claims{Identity: "bot"}}, &sfu.ClientCallbacks{}))
			ok(t, bot.Close())
			ok(t, room.Close())
		}
	})
}

func BenchmarkWriteFrame(b *testing.B) {
	options := loopback()
	engine := must(sfu.NewEngine(context.Background(), &options))
	defer engine.Close()
	room := must(engine.Room("hall"))
	defer room.Close()
	bot := must(room.Join(context.Background(), sfu.LocalParticipantOptions{Claims: sfu.Claims{Identity: "bot"}}, nil))
	defer bot.Close()
	track := must(bot.Publish(context.Background(), sfu.PublishOptions{Codec: sfu.Opus}))
	frame := sfu.Frame{Data: make([]byte, 160)}
	b.ReportAllocs()
	b.ResetTimer()
	for i := 0; i < b.N; i++ {
		if err := track.WriteFrame(frame, 0); err != nil {
			b.Fatal(err)
		}
	}
}
