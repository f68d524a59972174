// SPDX-License-Identifier: Apache-2.0

// A server with a participant of its own, who is in the room "echo" and says back what everyone says, each in a track
// named after its speaker. Ctrl-C or the end of its input ends it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"sync"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

// echo is the participant, and the tracks that it answers in.
type echo struct {
	bot    *sfu.Client
	mutex  sync.Mutex
	tracks map[string]*sfu.LocalTrack // by the sid of what they echo
}

// hear comes on the room's worker: what waits is done elsewhere.
func (e *echo) hear(ctx context.Context, trackSID, identity string, codec sfu.Codec) {
	if codec != sfu.Opus {
		return
	}
	go func() {
		track, err := e.bot.Publish(ctx, sfu.PublishOptions{Codec: codec, Source: sfu.SourceMicrophone, Name: "echo of " + identity})
		if err != nil {
			log.Print(err)
			return
		}
		e.mutex.Lock()
		defer e.mutex.Unlock()
		e.tracks[trackSID] = track
	}()
}

func (e *echo) answer(trackSID string, frame sfu.Frame) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if track := e.tracks[trackSID]; track != nil {
		track.WriteFrame(frame, 0)
	}
}

func (e *echo) forget(trackSID string) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if track := e.tracks[trackSID]; track != nil {
		track.Unpublish()
	}
	delete(e.tracks, trackSID)
}

func run(ctx context.Context, port int, udp uint16, key, secret string) error {
	server, err := sfu.NewServer(ctx, &sfu.ServerOptions{
		Port: port,
		Engine: sfu.EngineOptions{
			Keys: map[string]string{key: secret}, UDPPortFirst: udp, Loopback: true,
		},
	})
	if err != nil {
		return err
	}
	defer server.Close()
	engine, err := server.Engine()
	if err != nil {
		return err
	}
	defer engine.Close()
	room, err := engine.Room("echo")
	if err != nil {
		return err
	}
	defer room.Close()

	e := &echo{tracks: map[string]*sfu.LocalTrack{}}
	known := make(chan struct{}) // e.bot
	e.bot, err = room.Join(ctx, sfu.LocalParticipantOptions{Claims: sfu.Claims{Identity: "echo"}}, &sfu.ClientCallbacks{
		OnSubscribed: func(sid, identity string, codec sfu.Codec) {
			<-known
			e.hear(ctx, sid, identity, codec)
		},
		OnFrame:        func(sid string, _ sfu.Codec, frame sfu.Frame) { e.answer(sid, frame) },
		OnUnsubscribed: e.forget,
	})
	close(known)
	if err != nil {
		return err
	}
	defer e.bot.Close()
	listening, err := server.Port()
	if err != nil {
		return err
	}
	fmt.Printf("listening at ws://127.0.0.1:%d\n", listening)
	<-ctx.Done()
	return nil
}

func main() {
	port := flag.Int("port", 7880, "HTTP and WebSocket; 0: a free one")
	udp := flag.Uint("udp-port", 7882, "media")
	key := flag.String("key", "devkey", "API key")
	secret := flag.String("secret", "a secret of at least thirty-two characters", "its secret")
	flag.Parse()
	if *port == 0 {
		*port = sfu.AnyPort
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	if err := run(ctx, *port, uint16(*udp), *key, *secret); err != nil {
		log.Fatal(err)
	}
}
