// SPDX-License-Identifier: Apache-2.0

package sfu_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

// program is a command of this module that runs, and what it prints.
type program struct {
	*lines
	input io.Closer
	ended chan error
}

func start(t *testing.T, folder string, arguments ...string) *program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "program")
	if said, err := exec.Command("go", "build", "-o", path, "./"+folder).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	command := exec.Command(path, arguments...)
	command.Stderr = os.Stderr
	p := &program{lines: newLines(), ended: make(chan error, 1)}
	output := must(command.StdoutPipe())
	p.input = must(command.StdinPipe())
	ok(t, command.Start())
	go func() {
		for scanner := bufio.NewScanner(output); scanner.Scan(); {
			p.add("%s", scanner.Text())
		}
		p.ended <- command.Wait()
	}()
	t.Cleanup(func() { command.Process.Kill() })
	return p
}

// end closes its input, upon which it ends well.
func (p *program) end(t *testing.T) {
	t.Helper()
	p.input.Close()
	select {
	case err := <-p.ended:
		ok(t, err)
	case <-time.After(patience):
		t.Fatal("it does not end")
	}
}

func example(t *testing.T, name string) (*program, string) {
	t.Helper()
	p := start(t, "examples/"+name, "-port", "0", "-udp-port", fmt.Sprint(freeUDPPort()))
	return p, strings.TrimPrefix(p.wait(t, "listening at "), "listening at ")
}

func visitor(t *testing.T, url, identity, room string) member {
	t.Helper()
	heard := newLines()
	client, err := sfu.Connect(patient(t), url, token(identity, room),
		&sfu.ClientOptions{MediaAddresses: []string{"127.0.0.1"}}, heard.callbacks())
	ok(t, err)
	t.Cleanup(func() { client.Close() })
	return member{client, heard}
}

func TestExampleServer(t *testing.T) {
	p, url := example(t, "server")
	ann, ben := visitor(t, url, "ann", "hall"), visitor(t, url, "ben", "hall")
	ann.expect(t, "joined ben")
	ok(t, ben.SendData([]byte("hello"), sfu.DataOptions{}))
	ann.expect(t, "data ben  hello")
	p.end(t)
	ann.expect(t, "disconnected 3")
}

func TestExampleEcho(t *testing.T) {
	p, url := example(t, "echo")
	ann := visitor(t, url, "ann", "echo")
	track, err := ann.Publish(patient(t), sfu.PublishOptions{Codec: sfu.Opus, Source: sfu.SourceMicrophone, Name: "voice"})
	ok(t, err)
	ann.expect(t, "track echo echo of ann")
	ann.expect(t, "subscribed echo opus")
	// As a microphone does, until the first has come back.
	deadline := time.Now().Add(patience)
	for n := uint32(0); ann.count("frame opus \xfchello") == 0; n++ {
		if time.Now().After(deadline) {
			t.Fatal("no echo")
		}
		ok(t, track.WriteFrame(sfu.Frame{Timestamp: 960 * n, Data: []byte("\xfchello"), Keyframe: true}, 0))
		time.Sleep(20 * time.Millisecond)
	}
	ok(t, track.Unpublish())
	ann.expect(t, "track gone echo echo of ann")
	p.end(t)
}

func TestExamplePolicy(t *testing.T) {
	p, url := example(t, "policy")
	if _, err := sfu.Connect(patient(t), url, token("stranger", "hall"), nil, nil); err == nil || !strings.Contains(err.Error(), "members only") {
		t.Error(err)
	}
	ann, shy := visitor(t, url, "ann", "hall"), visitor(t, url, "shy", "hall")
	p.expect(t, "participant_joined ann")
	camera := sfu.PublishOptions{Codec: sfu.VP8, Source: sfu.SourceCamera}
	_, err := ann.Publish(patient(t), camera)
	ok(t, err)
	if _, err := shy.Publish(patient(t), camera); err == nil || !strings.Contains(err.Error(), "no pictures") {
		t.Error(err)
	}
	ok(t, ann.SendData([]byte("darn it"), sfu.DataOptions{}))
	shy.expect(t, "data ann  **** it")
	ok(t, ann.Leave())
	p.expect(t, "participant_left ann")
	p.end(t)
}

func TestPeersHearEachOther(t *testing.T) {
	server := newServer(t, nil)
	speaker := start(t, "cmd/peer", server.url("ws"), token("speaker", "hall"), "publish")
	listener := start(t, "cmd/peer", server.url("ws"), token("listener", "hall"), "receive")
	speaker.expect(t, "published")
	listener.waitCount(t, "received from go ", 5)
	speaker.end(t)
	listener.end(t)
}
