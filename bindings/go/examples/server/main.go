// SPDX-License-Identifier: Apache-2.0

// A LiveKit server inside a Go program: `server -key my-key -secret ...`; Ctrl-C or the end of its input ends it.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

func main() {
	port := flag.Int("port", 7880, "HTTP and WebSocket; 0: a free one")
	udp := flag.Uint("udp-port", 7882, "media")
	key := flag.String("key", "devkey", "API key")
	secret := flag.String("secret", "a secret of at least thirty-two characters", "its secret")
	flag.Parse()
	if *port == 0 {
		*port = sfu.AnyPort
	}
	server, err := sfu.NewServer(context.Background(), &sfu.ServerOptions{
		Port: *port,
		Engine: sfu.EngineOptions{
			Keys:         map[string]string{*key: *secret},
			UDPPortFirst: uint16(*udp),
			Loopback:     true,
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
