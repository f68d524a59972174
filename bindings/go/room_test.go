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

func TestParticipantsOfTheProcessHearEachOther(t *testing.T) {
	engine := newEngine(t, nil)
	bot := inRoom(t, engine, "bot", "hall")
	ear := inRoom(t, engine, "ear", "hall")
	bot.expect(t, "joined ear")
	track, err := bot.Publish(patient(t), sfu.PublishOptions{Codec: sfu.Opus, Source: sfu.SourceMicrophone, Name: "voice"})
	ok(t, err)
	if !strings.HasPrefix(track.SID(), "TR_") {
		t.Errorf("sid %q", track.SID())
	}
	ear.expect(t, "subscribed bot opus")
	for i := uint32(0); i < 5; i++ {
		ok(t, track.WriteFrame(sfu.Frame{Timestamp: 960 * i, Data: []byte("\xfc sound"), Keyframe: true}, 0))
	}
	ear.waitCount(t, "frame opus \xfc sound", 5)
	ear.waitCount(t, "rtp", 5)
	ok(t, track.SetMuted(true))
	ear.expect(t, "track changed bot true")
	ok(t, track.Unpublish())
	ear.expect(t, "track gone bot voice")
}

func TestRTPAsItIs(t *testing.T) {
	engine := newEngine(t, nil)
	bot, ear := inRoom(t, engine, "bot", "hall"), inRoom(t, engine, "ear", "hall")
	track, err := bot.Publish(patient(t), sfu.PublishOptions{Codec: sfu.Opus, Source: sfu.SourceMicrophone})
	ok(t, err)
	ear.expect(t, "subscribed bot opus")
	ok(t, track.WriteRTP([]byte("\x80\x6f\x00\x09\x00\x00\x20\x00\x00\x00\x00\x09\xfc packet"), 0))
	ear.expect(t, "rtp")
	ear.expect(t, "frame opus \xfc packet")
}

func TestKeyframeRequests(t *testing.T) {
	engine := newEngine(t, nil)
	camera := inRoom(t, engine, "camera", "hall")
	viewer := inRoom(t, engine, "viewer", "hall")
	asked := newLines()
	track, err := camera.Publish(patient(t), sfu.PublishOptions{Codec: sfu.VP8, Source: sfu.SourceCamera,
		OnKeyframeRequested: func(layer uint32) { asked.add("asked %d", layer) }})
	ok(t, err)
	viewer.expect(t, "subscribed camera VP8")
	ok(t, track.WriteFrame(sfu.Frame{Data: []byte{0x01, 0, 0, 1}}, 0)) // which nobody can decode
	asked.expect(t, "asked 0")
	ok(t, viewer.RequestKeyframe(track.SID()))
	asked.waitCount(t, "asked 0", 2)
	ok(t, viewer.SetTrackSettings(track.SID(), sfu.TrackSettings{Quality: sfu.VideoLow}))
	ok(t, viewer.Subscribe(track.SID(), false))
	viewer.expect(t, "unsubscribed "+track.SID())
}

func TestDataTextAndStreams(t *testing.T) {
	engine := newEngine(t, nil)
	ann, ben := inRoom(t, engine, "ann", "hall"), inRoom(t, engine, "ben", "hall")
	ok(t, ann.SendData([]byte("hello"), sfu.DataOptions{Topic: "chat", To: []string{"ben"}}))
	ben.expect(t, "data ann chat hello")
	ok(t, ann.SendText("long text", sfu.StreamOptions{Topic: "notes"}))
	ben.expect(t, "text ann notes long text")
	ok(t, ann.SendBytes([]byte("bytes"), sfu.StreamOptions{Name: "file.bin"}))
	ben.expect(t, "stream ann file.bin")
	ben.expect(t, "stream data ann bytes")
	writer, err := ann.OpenStream(false, sfu.StreamOptions{Name: "growing"})
	ok(t, err)
	if n, err := writer.Write([]byte("part")); n != 4 || err != nil {
		t.Error(n, err)
	}
	ben.expect(t, "stream data ann part")
	ok(t, writer.CloseWithReason("enough"))
	ok(t, writer.Close())
	ben.expect(t, "stream closed ann sfu: ")
	if _, err := writer.Write([]byte("more")); !errors.Is(err, sfu.ErrClosed) {
		t.Error(err)
	}
	if err := ann.SendData(make([]byte, 60001), sfu.DataOptions{}); !errors.Is(err, sfu.ErrInvalidArgument) {
		t.Error(err)
	}
	if err := ann.SendData([]byte("x"), sfu.DataOptions{Topic: "a\x00b"}); !errors.Is(err, sfu.ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestCallsBothWays(t *testing.T) {
	engine := newEngine(t, nil)
	ann, ben := inRoom(t, engine, "ann", "hall"), inRoom(t, engine, "ben", "hall")
	ok(t, ben.RegisterRPC("ask", func(ctx context.Context, call sfu.RPCCall) (string, error) {
		switch call.Payload {
		case "fail":
			return "", &sfu.RPCError{Code: 4000, Message: "no", Data: "more"}
		case "break":
			return "", errors.New("broken")
		case "wait":
			<-ctx.Done() // as long as the caller waits
			return "", ctx.Err()
		}
		return call.Caller + " said " + call.Payload, nil
	}))
	ann.expect(t, "joined ben")
	answer, err := ann.PerformRPC(patient(t), "ben", sfu.RPCRequest{Method: "ask", Payload: "hi"})
	if err != nil || answer != "ann said hi" {
		t.Error(answer, err)
	}
	var failed *sfu.RPCError
	_, err = ann.PerformRPC(patient(t), "ben", sfu.RPCRequest{Method: "ask", Payload: "fail"})
	if !errors.As(err, &failed) || *failed != (sfu.RPCError{Code: 4000, Message: "no", Data: "more"}) {
		t.Error(err)
	}
	_, err = ann.PerformRPC(patient(t), "ben", sfu.RPCRequest{Method: "ask", Payload: "break"})
	if !errors.As(err, &failed) || failed.Code != 1500 {
		t.Error(err)
	}
	room := must(engine.Room("hall"))
	defer room.Close()
	who := must(room.Participant("ben"))
	defer who.Close()
	answer, err = who.PerformRPC(patient(t), sfu.RPCRequest{Method: "ask", Payload: "from the host"})
	if err != nil || !strings.HasSuffix(answer, " said from the host") {
		t.Error(answer, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	go cancel()
	if _, err = ann.PerformRPC(ctx, "ben", sfu.RPCRequest{Method: "ask", Payload: "wait", Timeout: time.Second}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ok(t, ben.UnregisterRPC("ask"))
	_, err = ann.PerformRPC(patient(t), "ben", sfu.RPCRequest{Method: "ask"})
	if !errors.As(err, &failed) || failed.Code != 1400 {
		t.Error(err)
	}
}

func TestTheHostLooksAfterItsPeople(t *testing.T) {
	server := newServer(t, nil)
	ann, ben := server.member(t, "ann", "hall"), server.member(t, "ben", "hall")
	hall, attic := must(server.engine.Room("hall")), must(server.engine.Room("attic"))
	defer hall.Close()
	defer attic.Close()
	who := must(hall.Participant("ann"))
	defer who.Close()
	ctx := patient(t)

	info, err := who.Info(ctx)
	if err != nil || info.Identity != "ann" || info.State != sfu.ParticipantActive || len(info.Message) == 0 || info.JoinedAt.IsZero() {
		t.Error(info, err)
	}
	if people, err := hall.Participants(ctx); err != nil || len(people) != 2 {
		t.Error(people, err)
	}
	ok(t, who.Update(ctx, sfu.ParticipantChanges{Name: "Ann", Attributes: map[string]string{"hand": "up"}}))
	ben.expect(t, "changed ann Ann  up")
	ok(t, ann.Update(sfu.ParticipantChanges{Metadata: "by herself"}))
	ben.expect(t, "changed ann Ann by herself up")
	may, err := who.Permission(ctx)
	ok(t, err)
	may.CanPublishData = false
	may.CanPublishSources = []sfu.TrackSource{sfu.SourceMicrophone}
	ok(t, who.SetPermission(ctx, may))
	if now, err := who.Permission(ctx); err != nil || now.CanPublishData || !now.CanPublish || len(now.CanPublishSources) != 1 {
		t.Error(now, err)
	}
	ok(t, hall.SetMetadata(ctx, "about"))
	if room, err := hall.Info(ctx); err != nil || room.Metadata != "about" || room.NumParticipants != 2 {
		t.Error(room, err)
	}
	ok(t, hall.SendData(ctx, []byte("news"), sfu.DataOptions{Topic: "all"}))
	ben.expect(t, "data  all news")

	track, err := ann.Publish(ctx, sfu.PublishOptions{Codec: sfu.Opus, Source: sfu.SourceMicrophone, Name: "voice"})
	ok(t, err)
	ben.expect(t, "subscribed ann opus")
	sound := must(who.Track(track.SID()))
	defer sound.Close()
	if muted, err := sound.SetMuted(ctx, true); err != nil || !muted.Muted || muted.Name != "voice" {
		t.Error(muted, err)
	}
	if now, err := sound.Info(ctx); err != nil || !now.Muted {
		t.Error(now, err)
	}
	statistics, err := hall.Statistics(ctx)
	if err != nil || statistics.Name != "hall" || len(statistics.Participants) != 2 {
		t.Error(statistics, err)
	}
	listener := must(hall.Participant("ben"))
	defer listener.Close()
	ok(t, listener.UpdateSubscriptions(ctx, []string{track.SID()}, false))
	ben.expect(t, "unsubscribed")

	dispatch, err := hall.AddAgentDispatch(ctx, sfu.AgentDispatch{AgentName: "helper"})
	if err != nil || dispatch.AgentName != "helper" || dispatch.ID == "" {
		t.Error(dispatch, err)
	}
	if all, err := hall.AgentDispatches(ctx); err != nil || len(all) == 0 || all[len(all)-1].ID != dispatch.ID {
		t.Error(all, err)
	}
	if gone, err := hall.RemoveAgentDispatch(ctx, dispatch.ID); err != nil || gone.ID != dispatch.ID {
		t.Error(gone, err)
	}

	ok(t, who.ForwardTo(ctx, attic))
	shown := must(attic.Participant("ann"))
	defer shown.Close()
	if info, err := shown.Info(ctx); err != nil || !info.Forwarded {
		t.Error(info, err)
	}
	ok(t, shown.Remove(ctx, time.Time{}))
	ok(t, who.MoveTo(ctx, attic))
	ann.expect(t, "moved attic")
	ok(t, shown.Remove(ctx, time.Now().Add(time.Hour)))
	ann.expect(t, "disconnected 4 ")
	_, err = sfu.Connect(ctx, server.url("ws"), token("ann", "attic"), nil, nil)
	if !errors.Is(err, sfu.ErrUnauthenticated) {
		t.Error("a revoked token:", err)
	}
	if _, err := shown.Info(ctx); !errors.Is(err, sfu.ErrNotFound) {
		t.Error(err)
	}
	ok(t, hall.End(ctx))
	ben.expect(t, "disconnected 5 ")
	server.events.expect(t, "room_finished hall")
}
