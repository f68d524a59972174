// SPDX-License-Identifier: Apache-2.0
mod support;

use std::sync::mpsc::{sync_channel, SyncSender};
use std::sync::{Arc, Mutex};

use sfu::*;
use support::*;

struct Stage {
    engine: Engine,
    _singer: Client,
    voice: LocalTrack,
    _ear: Client,
    ear_hears: Lines,
    sounded: Mutex<u32>,
}

impl Stage {
    fn new() -> Stage {
        let engine = Engine::new(loopback()).unwrap();
        let (singer, _) = join(&engine, "singer", "hall");
        let (ear, ear_hears) = join(&engine, "ear", "hall");
        let voice = singer.publish(&opus("voice")).unwrap();
        ear_hears.wait("subscribed singer");
        Stage { engine, _singer: singer, voice, _ear: ear, ear_hears, sounded: Mutex::new(0) }
    }

    fn track(&self) -> Track {
        let singer = self.engine.room("hall").unwrap().participant("singer").unwrap();
        singer.track(&self.voice.sid()).unwrap()
    }

    fn sound(&self, text: &str) {
        let mut sounded = self.sounded.lock().unwrap();
        *sounded += 960;
        let data = [b"\xfc", text.as_bytes()].concat();
        self.voice.write_frame(Frame { timestamp: *sounded, data: &data, keyframe: true }, 0).unwrap();
    }
}

#[test]
fn a_filter_sees_drops_and_changes_packets_until_it_is_dropped() {
    let _alone = alone();
    let stage = Stage::new();
    let seen = Lines::default();
    let sees = seen.clone();
    let filter = stage.track().attach_filter(move |packet: &TrackPacket<'_>, room: &mut [u8]| {
        sees.add(format!("{} {} {:?}", packet.mime_type, text(&packet.payload[1..]), packet.audio_level));
        match &packet.payload[1..] {
            b"rude" => Verdict::Drop,
            b"panic" => panic!("as a filter may"),
            b"empty" => Verdict::Replace(room.len() + 1),
            b"secret" => {
                room[..7].copy_from_slice(b"\xfc******");
                Verdict::Replace(7)
            }
            _ => Verdict::Pass,
        }
    });
    let filter = filter.unwrap();
    for sound in ["rude", "panic", "empty", "secret", "hello"] {
        stage.sound(sound);
    }
    stage.ear_hears.wait("frame opus hello");
    assert_eq!(stage.ear_hears.wait_count("frame", 2), ["frame opus ******", "frame opus hello"]);
    seen.wait("audio/opus secret None");
    let statistics = stage.engine.room("hall").unwrap().statistics().unwrap();
    assert_eq!((statistics.streams[0].filtered, statistics.streams[0].packets), (3, 5));
    drop(filter);
    stage.sound("rude");
    stage.ear_hears.wait("frame opus rude");
    assert_eq!(seen.count(""), 5);
}

struct Counts {
    ended: SyncSender<u32>,
    packets: u32,
}

impl PacketFilter for Counts {
    fn on_packet(&mut self, _: &TrackPacket<'_>, _: &mut [u8]) -> Verdict {
        self.packets += 1;
        Verdict::Pass
    }

    fn on_ended(&mut self) {
        self.ended.send(self.packets).unwrap();
    }
}

#[test]
fn a_filter_is_told_that_its_track_has_ended() {
    let _alone = alone();
    let stage = Stage::new();
    let (ended, counted) = sync_channel(1);
    let _filter = stage.track().attach_filter(Counts { ended, packets: 0 }).unwrap();
    stage.sound("one");
    stage.sound("two");
    stage.ear_hears.wait("frame opus two");
    let track = stage.track();
    drop(stage.voice);
    assert_eq!(counted.recv_timeout(PATIENCE).unwrap(), 2);
    stage.ear_hears.wait("track gone");
    let late = track.attach_filter(|_: &TrackPacket<'_>, _: &mut [u8]| Verdict::Pass);
    assert_eq!(late.unwrap_err().code, ErrorCode::NotFound);
}

#[test]
fn a_filter_takes_itself_out_within_its_own_call() {
    let _alone = alone();
    let live = live_count();
    let stage = Stage::new();
    let itself = Arc::new(Mutex::new(None::<AttachedFilter>));
    let (held, seen) = (itself.clone(), Lines::default());
    let sees = seen.clone();
    let filter = stage.track().attach_filter(move |_: &TrackPacket<'_>, _: &mut [u8]| {
        sees.add("packet");
        drop(held.lock().unwrap().take());
        Verdict::Drop
    });
    *itself.lock().unwrap() = Some(filter.unwrap());
    stage.sound("first");
    stage.sound("second");
    stage.ear_hears.wait("frame opus second");
    assert_eq!((seen.count("packet"), stage.ear_hears.count("frame")), (1, 1));
    drop(stage);
    assert_eq!(Arc::strong_count(&itself), 1, "the filter is given back");
    assert_eq!(live_count(), live);
}
