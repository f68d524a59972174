// SPDX-License-Identifier: Apache-2.0

package sfu_test

import (
	"context"
	"errors"
	"testing"

	sfu "github.com/libsfu/libsfu/bindings/go"
)

// stage is a singer, and one who hears him.
type stage struct {
	engine *sfu.Engine
	voice  *sfu.LocalTrack
	track  *sfu.Track
	ear    member
	at     uint32
}

func newStage(t *testing.T, engine *sfu.Engine) *stage {
	t.Helper()
	s := &stage{engine: engine}
	singer := inRoom(t, s.engine, "singer", "hall")
	s.ear = inRoom(t, s.engine, "ear", "hall")
	var err error
	s.voice, err = singer.Publish(patient(t), sfu.PublishOptions{Codec: sfu.Opus, Name: "voice"})
	ok(t, err)
	s.ear.expect(t, "subscribed singer")
	room := must(s.engine.Room("hall"))
	defer room.Close()
	who := must(room.Participant("singer"))
	defer who.Close()
	s.track = must(who.Track(s.voice.SID()))
	t.Cleanup(func() { s.track.Close() })
	return s
}

func (s *stage) sound(t *testing.T, text string) {
	t.Helper()
	s.at += 960
	ok(t, s.voice.WriteFrame(sfu.Frame{Timestamp: s.at, Data: []byte("\xfc" + text), Keyframe: true}, 0))
}

func TestAFilterSeesDropsAndChangesPacketsUntilItIsClosed(t *testing.T) {
	s := newStage(t, newEngine(t, nil))
	seen := newLines()
	filter, err := s.track.AttachFilter(patient(t), sfu.PacketFilter{OnPacket: func(p *sfu.TrackPacket, room []byte) sfu.Verdict {
		text := string(p.Payload[1:])
		seen.add("%s %s %d", p.MimeType, text, p.AudioLevel)
		switch text {
		case "rude":
			return sfu.DropPacket
		case "empty":
			return sfu.Verdict(len(room) + 1)
		case "secret":
			return sfu.Verdict(copy(room, "\xfc******"))
		}
		return sfu.PassPacket
	}})
	ok(t, err)
	for _, text := range []string{"rude", "empty", "secret", "hello"} {
		s.sound(t, text)
	}
	s.ear.expect(t, "frame opus \xfchello")
	if line := s.ear.wait(t, "frame"); line != "frame opus \xfc******" || s.ear.count("frame") != 2 {
		t.Error(line)
	}
	seen.expect(t, "audio/opus secret -1")
	room := must(s.engine.Room("hall"))
	defer room.Close()
	statistics, err := room.Statistics(patient(t))
	if err != nil || statistics.Streams[0].Filtered != 2 || statistics.Streams[0].Packets != 4 {
		t.Error(statistics, err)
	}
	ok(t, filter.Close())
	ok(t, filter.Close())
	s.sound(t, "rude")
	s.ear.expect(t, "frame opus \xfcrude")
	if seen.count("") != 4 {
		t.Error("a filter that is closed is called")
	}
}

func TestAFilterIsToldThatItsTrackHasEnded(t *testing.T) {
	s := newStage(t, newEngine(t, nil))
	ended := newLines()
	filter, err := s.track.AttachFilter(patient(t), sfu.PacketFilter{
		OnPacket: func(*sfu.TrackPacket, []byte) sfu.Verdict { return sfu.PassPacket },
		OnEnded:  func() { ended.add("ended") },
	})
	ok(t, err)
	defer filter.Close()
	ok(t, s.voice.Unpublish())
	ended.expect(t, "ended")
	s.ear.expect(t, "track gone")
	_, err = s.track.AttachFilter(patient(t), sfu.PacketFilter{
		OnPacket: func(*sfu.TrackPacket, []byte) sfu.Verdict { return sfu.PassPacket },
	})
	if !errors.Is(err, sfu.ErrNotFound) {
		t.Error(err)
	}
	if _, err = s.track.AttachFilter(patient(t), sfu.PacketFilter{}); !errors.Is(err, sfu.ErrInvalidArgument) {
		t.Error(err)
	}
}

func TestAFilterOnTheNewsOfItsTrackMissesNothing(t *testing.T) {
	balanced(t, func(t *testing.T) {
		var engine *sfu.Engine
		seen := newLines()
		engine = newEngine(t, func(o *sfu.EngineOptions) {
			o.OnEvent = func(e sfu.Event) {
				if e.Kind != sfu.TrackPublished {
					return
				}
				room := must(engine.Room(e.Room.Name))
				defer room.Close()
				who := must(room.Participant(e.Participant.Identity))
				defer who.Close()
				track := must(who.Track(e.Track.SID))
				defer track.Close()
				var filter *sfu.AttachedFilter
				filter = must(track.AttachFilter(context.Background(), sfu.PacketFilter{
					OnPacket: func(p *sfu.TrackPacket, _ []byte) sfu.Verdict {
						seen.add("%s", p.Payload[1:])
						if err := filter.Close(); err != nil { // within its own call
							t.Error(err)
						}
						return sfu.DropPacket
					},
				}))
			}
		})
		s := newStage(t, engine)
		s.sound(t, "first")
		s.sound(t, "second")
		s.ear.expect(t, "frame opus \xfcsecond")
		if seen.count("first") != 1 || seen.count("") != 1 || s.ear.count("frame") != 1 {
			t.Error("not the first one alone")
		}
	})
}
