// SPDX-License-Identifier: Apache-2.0

package sfu_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

func TestWhatIsWrongIsToldAtOnce(t *testing.T) {
	_, err := sfu.NewServer(patient(t), &sfu.ServerOptions{Port: sfu.AnyPort, YAML: "rtc:\n  udp_prot: 1\n", YAMLFileName: "mine.yaml"})
	var failed *sfu.Error
	if !errors.Is(err, sfu.ErrInvalidArgument) || !errors.As(err, &failed) || !strings.Contains(failed.Message, "mine.yaml:2") {
		t.Error(err)
	}
	if sfu.ErrNotFound.Error() != "not_found" {
		t.Error(sfu.ErrNotFound)
	}
	if _, err := sfu.Connect(patient(t), "nowhere", "x", nil, nil); !errors.Is(err, sfu.ErrInvalidArgument) {
		t.Error(err)
	}
	server := newServer(t, nil)
	if _, err := sfu.Connect(patient(t), server.url("ws"), "nonsense", nil, nil); !errors.Is(err, sfu.ErrUnauthenticated) {
		t.Error(err)
	}
	ok(t, server.Close())
	ok(t, server.Close())
	if _, err := server.Port(); !errors.Is(err, sfu.ErrInvalidHandle) {
		t.Error(err)
	}
}

func TestOptionsThatDoNotFitAreRefusedByName(t *testing.T) {
	for says, options := range map[string]*sfu.EngineOptions{
		"worker_cpus":        {WorkerCPUs: []int32{1 << 20}},
		"lend_above_percent": {LendAbovePercent: 101},
		"domain":             {TURN: &sfu.TURNOptions{TLSPort: 5349}},
		"somewhere":          {TURN: &sfu.TURNOptions{UDPPort: 3478, DeniedPeers: []string{"somewhere"}}},
	} {
		options.Keys = keys
		options.Workers = 1
		_, err := sfu.NewEngine(patient(t), options)
		if !errors.Is(err, sfu.ErrInvalidArgument) || !strings.Contains(err.Error(), says) {
			t.Error(says, err)
		}
	}
}

func TestAServerTellsOfItself(t *testing.T) {
	log := newLines()
	server := newServer(t, func(o *sfu.ServerOptions) {
		o.YAML = "room:\n  empty_timeout: 7\n"
		o.Engine.Log = func(level sfu.LogLevel, message string, fields []sfu.LogField) {
			log.add("%d %s %v", level, message, fields)
		}
		o.Engine.LogLevel = sfu.LogDebug
		o.Engine.RoomPresets = []sfu.RoomPreset{{Name: "small", Configuration: sfu.RoomConfiguration{MaxParticipants: 2}}}
	})
	ann := server.member(t, "ann", "hall")
	server.events.expect(t, "participant_joined ann")
	log.wait(t, "")
	metrics, err := server.Metrics()
	if err != nil || !strings.Contains(metrics, "livekit_") {
		t.Error(err, metrics)
	}
	if warnings, err := server.Warnings(); err != nil || len(warnings) != 0 {
		t.Error(warnings, err)
	}
	if counters, err := server.WebhookCounters(); err != nil || counters != (sfu.WebhookCounters{}) {
		t.Error(counters, err)
	}
	statistics, err := server.engine.Statistics()
	if err != nil || len(statistics.Workers) != 1 || statistics.NodeID == "" {
		t.Error(statistics, err)
	}
	if counters, err := server.engine.Counters(patient(t)); err != nil || counters.PacketsReceived == 0 {
		t.Error(counters, err)
	}
	room, err := server.engine.CreateRoom(patient(t), "tiny", nil, "small")
	if err != nil || room.MaxParticipants != 2 {
		t.Error(room, err)
	}
	if rooms, err := server.engine.Rooms(patient(t), "tiny", "none"); err != nil || len(rooms) != 1 {
		t.Error(rooms, err)
	}
	if _, err := server.engine.CreateRoom(patient(t), "x", nil, "unheard of"); !errors.Is(err, sfu.ErrNotFound) {
		t.Error(err)
	}

	// Nobody gets up, so this waits until it is given up.
	ctx, cancel := context.WithCancel(context.Background())
	drained := make(chan error, 1)
	go func() { drained <- server.Drain(ctx) }()
	cancel()
	if err := <-drained; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ok(t, ann.Leave())
	ann.expect(t, "disconnected 1 <nil>")
	ok(t, server.engine.Drain(patient(t)))
	ok(t, server.Stop(patient(t)))
	server.events.expect(t, "room_finished hall")
}

func TestAHostWithTokensOfItsOwn(t *testing.T) {
	asked := newLines()
	server := newServer(t, func(o *sfu.ServerOptions) {
		o.Engine.Auth = &sfu.Auth{
			Authenticate: func(token string, now time.Time) (*sfu.Claims, error) {
				if token != "sunflower" {
					return nil, errors.New("we do not know you")
				}
				return &sfu.Claims{Identity: "ann", Video: &sfu.VideoGrant{RoomJoin: true, Room: "hall"}}, nil
			},
			Refresh: func(claims sfu.Claims, now time.Time, ttl time.Duration) string {
				asked.add("refresh %s", claims.Identity)
				return "sunflower"
			},
		}
		o.Engine.ClientConfig = func(c sfu.ClientDescription) *sfu.ClientConfiguration {
			asked.add("configure %s", c.Address)
			return &sfu.ClientConfiguration{DisabledCodecs: []string{"video/AV1"}}
		}
	})
	client, err := sfu.Connect(patient(t), server.url("ws"), "sunflower", &sfu.ClientOptions{MediaAddresses: []string{"127.0.0.1"}}, nil)
	ok(t, err)
	defer client.Close()
	server.events.expect(t, "participant_joined ann")
	asked.expect(t, "refresh ann")
	asked.expect(t, "configure 127.0.0.1")
	if _, err := sfu.Connect(patient(t), server.url("ws"), "weed", nil, nil); !errors.Is(err, sfu.ErrUnauthenticated) || !strings.Contains(err.Error(), "we do not know you") {
		t.Error(err)
	}
}

func TestTokens(t *testing.T) {
	made := token("ann", "hall")
	verifier, err := sfu.NewTokenVerifier(keys, 0)
	ok(t, err)
	defer verifier.Close()
	claims, err := verifier.Verify(made, time.Time{})
	if err != nil || claims.Identity != "ann" || claims.APIKey != "devkey" || !claims.Video.RoomJoin || claims.Video.CanUpdateOwnMetadata != sfu.On {
		t.Error(claims, err)
	}
	if _, err := verifier.Verify(made, time.Now().Add(7*time.Hour)); !errors.Is(err, sfu.ErrUnauthenticated) {
		t.Error(err)
	}
	if _, err := verifier.Verify("nonsense", time.Time{}); !errors.Is(err, sfu.ErrMalformed) {
		t.Error(err)
	}
	if _, err := sfu.AccessToken(&sfu.Claims{}, &sfu.TokenOptions{}); !errors.Is(err, sfu.ErrInvalidArgument) {
		t.Error(err)
	}
	full := sfu.Claims{
		Kind: sfu.KindAgent, Identity: "bot", Name: "Bot", Metadata: "m", Attributes: map[string]string{"a": "b"},
		Video: &sfu.VideoGrant{CanPublishSources: []string{"camera"}}, SIP: &sfu.SIPGrant{Call: true},
		Agent: &sfu.AgentGrant{Admin: true}, Inference: &sfu.InferenceGrant{Perform: true},
		Observability: &sfu.ObservabilityGrant{Write: true}, RoomPreset: "small",
	}
	back, err := verifier.Verify(must(sfu.AccessToken(&full, &sfu.TokenOptions{APIKey: "devkey", APISecret: keys["devkey"]})), time.Time{})
	if err != nil || back.Kind != sfu.KindAgent || back.Attributes["a"] != "b" || back.Video.CanPublishSources[0] != "camera" ||
		!back.SIP.Call || !back.Agent.Admin || !back.Inference.Perform || !back.Observability.Write || back.RoomPreset != "small" {
		t.Error(back, err)
	}
}

func TestWebhooksArriveAndAreBelieved(t *testing.T) {
	receiver, err := sfu.NewWebhookReceiver(keys)
	ok(t, err)
	defer receiver.Close()
	heard := newLines()
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := must(io.ReadAll(r.Body))
		event, err := receiver.Receive(body, r.Header.Get("Authorization"), time.Time{})
		if err != nil {
			heard.add("error %v", err)
		} else {
			heard.add("%s %s", event.Event, event.Room.Name)
		}
	}))
	t.Cleanup(host.Close) // after the server's
	server := newServer(t, func(o *sfu.ServerOptions) {
		o.Webhooks.URLs = []string{host.URL}
		o.Webhooks.APIKey = "devkey"
	})
	server.member(t, "ann", "hall")
	heard.expect(t, "room_started hall")
	heard.expect(t, "participant_joined hall")
	if err := server.Announce(&sfu.EgressInfo{}); !errors.Is(err, sfu.ErrInvalidArgument) {
		t.Error(err)
	}
	ok(t, server.Announce(&sfu.EgressInfo{Status: sfu.EgressActive, EgressID: "EG_1", Files: []sfu.EgressFile{{Filename: "hall.ogg"}}}))
	heard.expect(t, "egress_updated")
	if _, err := receiver.Receive([]byte("{}"), "nonsense", time.Time{}); !errors.Is(err, sfu.ErrUnauthenticated) {
		t.Error(err)
	}
	sum := sha256.Sum256([]byte("no event"))
	shown := must(sfu.AccessToken(&sfu.Claims{SHA256: base64.StdEncoding.EncodeToString(sum[:])}, &sfu.TokenOptions{APIKey: "devkey", APISecret: keys["devkey"]}))
	if _, err := receiver.Receive([]byte("no event"), shown, time.Time{}); !errors.Is(err, sfu.ErrMalformed) {
		t.Error(err)
	}
}

func TestRoomAPI(t *testing.T) {
	server := newServer(t, nil)
	api, err := sfu.NewRoomAPI(&sfu.RoomAPIOptions{URL: server.url("http"), APIKey: "devkey", APISecret: keys["devkey"]})
	ok(t, err)
	defer api.Close()
	ctx := patient(t)
	room, err := api.CreateRoom(ctx, "hall", sfu.CreateRoomOptions{Configuration: &sfu.RoomConfiguration{Metadata: "m", EmptyTimeout: time.Minute}})
	if err != nil || room.Name != "hall" || room.Metadata != "m" || room.EmptyTimeout != time.Minute {
		t.Error(room, err)
	}
	if rooms, err := api.ListRooms(ctx); err != nil || len(rooms) != 1 {
		t.Error(rooms, err)
	}
	if room, err := api.UpdateRoomMetadata(ctx, "hall", "n"); err != nil || room.Metadata != "n" {
		t.Error(room, err)
	}
	ann := server.member(t, "ann", "hall")
	ok(t, ann.RegisterRPC("echo", func(_ context.Context, call sfu.RPCCall) (string, error) { return call.Payload, nil }))
	track, err := ann.Publish(ctx, sfu.PublishOptions{Codec: sfu.Opus, Source: sfu.SourceMicrophone})
	ok(t, err)
	if people, err := api.ListParticipants(ctx, "hall"); err != nil || len(people) != 1 || len(people[0].Tracks) != 1 {
		t.Error(people, err)
	}
	if who, err := api.GetParticipant(ctx, "hall", "ann"); err != nil || who.Identity != "ann" {
		t.Error(who, err)
	}
	ok(t, api.SendData(ctx, "hall", []byte("news"), sfu.DataOptions{Topic: "t"}))
	ann.expect(t, "data  t news")
	if muted, err := api.MutePublishedTrack(ctx, "hall", "ann", track.SID(), true); err != nil || !muted.Muted {
		t.Error(muted, err)
	}
	if who, err := api.UpdateParticipant(ctx, "hall", "ann", sfu.ParticipantChanges{Name: "Ann"}); err != nil || who.Name != "Ann" {
		t.Error(who, err)
	}
	ok(t, api.UpdateSubscriptions(ctx, "hall", "ann", []string{"TR_other"}, true))
	if answer, err := api.PerformRPC(ctx, "hall", "ann", sfu.RPCRequest{Method: "echo", Payload: "hi"}); err != nil || answer != "hi" {
		t.Error(answer, err)
	}
	dispatch, err := api.CreateDispatch(ctx, "hall", sfu.AgentDispatch{AgentName: "helper"})
	if err != nil || dispatch.ID == "" {
		t.Error(dispatch, err)
	}
	if all, err := api.ListDispatches(ctx, "hall", ""); err != nil || len(all) == 0 || all[len(all)-1].ID != dispatch.ID {
		t.Error(all, err)
	}
	if gone, err := api.DeleteDispatch(ctx, "hall", dispatch.ID); err != nil || gone.AgentName != "helper" {
		t.Error(gone, err)
	}
	ok(t, api.ForwardParticipant(ctx, "hall", "ann", "attic"))
	ok(t, api.RemoveParticipant(ctx, "attic", "ann", time.Time{}))
	ok(t, api.MoveParticipant(ctx, "hall", "ann", "attic"))
	ann.expect(t, "moved attic")
	ok(t, api.RemoveParticipant(ctx, "attic", "ann", time.Time{}))
	ann.expect(t, "disconnected 4")
	ok(t, api.DeleteRoom(ctx, "hall"))

	_, err = api.GetParticipant(ctx, "hall", "nobody")
	var said *sfu.APIError
	if !errors.Is(err, sfu.ErrNotFound) || !errors.As(err, &said) || said.Code != "not_found" || said.HTTPStatus != 404 {
		t.Error(err)
	}
	if err := api.DeleteRoom(ctx, "a\x00b"); errors.As(err, &said) || !errors.Is(err, sfu.ErrInvalidArgument) {
		t.Error("what never went out is no answer:", err)
	}
}

func TestSignallingOfAHostsOwn(t *testing.T) {
	engine := newEngine(t, nil)
	heard := newLines()
	socket := sfu.SignalSocket{
		Accepted: func() { heard.add("accepted") },
		Rejected: func(status int, body string) { heard.add("rejected %d", status) },
		Send:     func(message []byte, text bool) { heard.add("message %d", len(message)) },
		Close:    func(code uint16) { heard.add("close %d", code) },
	}
	request := httptest.NewRequest("GET", "/rtc?protocol=16&access_token="+token("ann", "hall"), nil)
	session, err := engine.Connect(request, socket)
	ok(t, err)
	heard.expect(t, "accepted")
	heard.expect(t, "message")
	ok(t, session.Receive([]byte("no message"), false))
	ok(t, session.Disconnected())
	ok(t, session.Close())
	bad, err := engine.Connect(httptest.NewRequest("GET", "/rtc?access_token=bad", nil), socket)
	ok(t, err)
	heard.expect(t, "rejected 401")
	ok(t, bad.Close())
	request = httptest.NewRequest("GET", "/rtc/validate?access_token="+token("ann", "hall"), nil)
	if status, body, err := engine.Validate(patient(t), request); err != nil || status != 200 || body != "success" {
		t.Error(status, body, err)
	}
	ok(t, engine.CheckRevoked(&sfu.Claims{Identity: "ann", Video: &sfu.VideoGrant{Room: "hall"}}))
}

// drive takes the engine's turns until it has stopped.
func drive(engine *sfu.Engine, descriptor int) error {
	for {
		timeout, err := engine.PollTimeout()
		if err != nil || timeout < 0 {
			return err
		}
		var set syscall.FdSet
		set.Bits[descriptor/64] |= 1 << (descriptor % 64)
		wait := syscall.NsecToTimeval(int64(timeout))
		if _, err := syscall.Select(descriptor+1, &set, nil, nil, &wait); err != nil && err != syscall.EINTR {
			return err
		}
		if err := engine.RunOnce(); err != nil {
			return err
		}
	}
}

func TestAHostsOwnLoop(t *testing.T) {
	engine := newEngine(t, func(o *sfu.EngineOptions) { o.HostDriven = true })
	descriptor, err := engine.PollDescriptor()
	if err != nil || descriptor < 0 {
		t.Fatal(descriptor, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- drive(engine, descriptor) }()
	ear, mouth := inRoom(t, engine, "ear", "hall"), inRoom(t, engine, "mouth", "hall")
	ok(t, mouth.SendData([]byte("hello"), sfu.DataOptions{}))
	ear.expect(t, "data mouth  hello")
	ok(t, mouth.Close())
	ok(t, ear.Close())
	ok(t, engine.Stop(patient(t)))
	ok(t, <-ended)
}

func TestFramesOfAFile(t *testing.T) {
	if sfu.VP8.String() != "VP8" || sfu.Opus.ClockRate() != 48000 {
		t.Error(sfu.VP8, sfu.Opus.ClockRate())
	}
	path := filepath.Join(t.TempDir(), "one.ivf")
	header := append([]byte("DKIF\x00\x00\x20\x00VP80\x10\x00\x08\x00\x1e\x00\x00\x00\x01\x00\x00\x00\x01\x00\x00\x00"), 0, 0, 0, 0)
	ok(t, os.WriteFile(path, append(append(header, 4, 0, 0, 0), 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3), 0o600))
	file, err := sfu.OpenMediaFile(path, 0)
	ok(t, err)
	defer file.Close()
	if info, err := file.Info(); err != nil || info.Codec != sfu.VP8 || info.Width != 16 {
		t.Error(info, err)
	}
	for round := 0; round < 2; round++ {
		sample, err := file.Next()
		if err != nil || sample == nil || len(sample.Frame.Data) != 4 || !sample.Frame.Keyframe {
			t.Fatal(sample, err)
		}
		if sample, err = file.Next(); err != nil || sample != nil {
			t.Error(sample, err)
		}
		ok(t, file.Rewind())
	}
	if _, err := sfu.OpenMediaFile("there is no such file", 0); !errors.Is(err, sfu.ErrNotFound) {
		t.Error(err)
	}
}
