// SPDX-License-Identifier: Apache-2.0

// A server that has a say in its rooms: strangers stay outside, video is decided elsewhere and later, bad words are
// hidden; and it prints what happens. Ctrl-C or the end of its input ends it.
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"strings"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

// cameras are decided by one who asks elsewhere, here at once.
func cameras(questions <-chan camera) {
	for question := range questions {
		if question.who == "shy" {
			question.decision.Deny("no pictures of this one")
		} else {
			question.decision.Allow()
		}
	}
}

type camera struct {
	who      string
	decision *sfu.Decision
}

func policy(questions chan<- camera) *sfu.Policy {
	return &sfu.Policy{
		OnJoin: func(request sfu.JoinRequest, decision *sfu.JoinDecision) {
			if strings.HasPrefix(request.Claims.Identity, "stranger") {
				decision.Deny("members only")
			} else {
				decision.Allow()
			}
		},
		OnPublish: func(request sfu.PublishRequest, decision *sfu.Decision) {
			if request.Track.Kind != sfu.TrackVideo {
				decision.Allow()
				return
			}
			select {
			case questions <- camera{request.Publisher.Identity, decision}: // the room goes on meanwhile
			default:
				decision.Deny("too many cameras at once")
			}
		},
		OnData: func(request sfu.DataRequest) sfu.DataAnswer {
			if bytes.Contains(request.Payload, []byte("darn")) {
				return sfu.ReplaceData(bytes.ReplaceAll(request.Payload, []byte("darn"), []byte("****")))
			}
			return sfu.PassData()
		},
	}
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
	questions := make(chan camera, 16)
	go cameras(questions)
	server, err := sfu.NewServer(context.Background(), &sfu.ServerOptions{
		Port: *port,
		Engine: sfu.EngineOptions{
			Keys:         map[string]string{*key: *secret},
			UDPPortFirst: uint16(*udp),
			Loopback:     true,
			Policy:       policy(questions),
			OnEvent: func(event sfu.Event) {
				about := event.Room.Name
				if event.Participant != nil {
					about = event.Participant.Identity
				}
				fmt.Println(event.Name, about)
			},
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	listening, err := server.Port()
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("listening at ws://127.0.0.1:%d\n", listening)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	<-ctx.Done()
}
