// SPDX-License-Identifier: Apache-2.0

package sfu_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"testing"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

// The README's lines.
func Example() {
	ctx := context.Background()
	server, err := sfu.NewServer(ctx, &sfu.ServerOptions{
		Engine: sfu.EngineOptions{Keys: map[string]string{"my-key": "a secret of at least 32 characters"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer server.Close()
	engine, _ := server.Engine()
	defer engine.Close()
	room, _ := engine.Room("hall")
	defer room.Close()
	bot, err := room.Join(ctx, sfu.LocalParticipantOptions{Claims: sfu.Claims{Identity: "bot"}}, &sfu.ClientCallbacks{
		OnFrame: func(trackSID string, codec sfu.Codec, frame sfu.Frame) { fmt.Println(trackSID, codec, len(frame.Data)) },
	})
	if err != nil {
		log.Fatal(err)
	}
	defer bot.Close()
}

func TestTheReadmesLinesCompile(t *testing.T) {
	readme := string(must(os.ReadFile("README.md")))
	compiled := string(must(os.ReadFile("example_test.go")))
	lines := strings.Split(strings.SplitN(strings.SplitN(readme, "```go\n", 2)[1], "```", 2)[0], "\n")
	if len(lines) < 10 {
		t.Fatal(lines)
	}
	for _, line := range lines {
		if !strings.Contains(compiled, strings.TrimSpace(line)) {
			t.Error(line)
		}
	}
}
