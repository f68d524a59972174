// SPDX-License-Identifier: Apache-2.0

// One end of the round among the languages' bindings: `peer URL TOKEN publish` writes a numbered frame every 20 ms,
// `peer URL TOKEN receive` prints those of others. Both end when their input does.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"time"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

const frameSamples = 960 // 20 ms at 48 kHz

func publish(ctx context.Context, client *sfu.Client) error {
	track, err := client.Publish(ctx, sfu.PublishOptions{Codec: sfu.Opus, Source: sfu.SourceMicrophone, Name: "round"})
	if err != nil {
		return err
	}
	fmt.Println("published")
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	for n := uint32(0); ; n++ {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
		frame := sfu.Frame{Timestamp: n * frameSamples, Data: []byte(fmt.Sprintf("\xfcfrom go %d", n)), Keyframe: true}
		if err := track.WriteFrame(frame, 0); err != nil {
			return err
		}
	}
}

func run(ctx context.Context, url, token, role string) error {
	client, err := sfu.Connect(ctx, url, token, &sfu.ClientOptions{MediaAddresses: []string{"127.0.0.1"}},
		&sfu.ClientCallbacks{OnFrame: func(_ string, _ sfu.Codec, frame sfu.Frame) {
			if role == "receive" && len(frame.Data) > 0 {
				fmt.Printf("received %s\n", frame.Data[1:])
			}
		}})
	if err != nil {
		return err
	}
	defer client.Close()
	if role == "publish" {
		return publish(ctx, client)
	}
	<-ctx.Done()
	return nil
}

func main() {
	if len(os.Args) != 4 || os.Args[3] != "publish" && os.Args[3] != "receive" {
		log.Fatal("usage: peer URL TOKEN publish|receive")
	}
	ctx, cancel := context.WithCancel(context.Background())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	if err := run(ctx, os.Args[1], os.Args[2], os.Args[3]); err != nil {
		log.Fatal(err)
	}
}
