// SPDX-License-Identifier: Apache-2.0
mod support;

use std::sync::mpsc::sync_channel;
use std::time::{Duration, SystemTime};

use sfu::*;
use support::*;

#[test]
fn participants_of_the_process_hear_each_other() {
    let _alone = alone();
    let engine = Engine::new(loopback()).unwrap();
    let (bot, bot_hears) = join(&engine, "bot", "hall");
    let (_ear, ear_hears) = join(&engine, "ear", "hall");
    bot_hears.wait("joined ear");
    let track = bot.publish(&opus("voice")).unwrap();
    assert!(track.sid().starts_with("TR_"));
    ear_hears.wait("subscribed bot opus");
    for n in 0..5 {
        let frame = Frame { timestamp: 960 * n, data: b"\xfc sound", keyframe: true };
        track.write_frame(frame, 0).unwrap();
    }
    ear_hears.wait_count("frame opus  sound", 5);
    ear_hears.wait_count("rtp", 5);
    track.set_muted(true).unwrap();
    ear_hears.wait("track changed bot true");
    drop(track);
    ear_hears.wait("track gone bot voice");
    drop(bot);
    ear_hears.wait("left bot");
}

#[test]
fn rtp_as_it_is() {
    let _alone = alone();
    let engine = Engine::new(loopback()).unwrap();
    let (bot, _) = join(&engine, "bot", "hall");
    let (_ear, ear_hears) = join(&engine, "ear", "hall");
    let track = bot.publish(&opus("voice")).unwrap();
    ear_hears.wait("subscribed bot opus");
    track.write_rtp(b"\x80\x6f\x00\x09\x00\x00\x20\x00\x00\x00\x00\x09\xfc packet", 0).unwrap();
    ear_hears.wait("rtp");
    ear_hears.wait("frame opus  packet");
}

#[test]
fn who_cannot_decode_asks_for_a_key_frame() {
    let _alone = alone();
    let engine = Engine::new(loopback()).unwrap();
    let (camera, camera_hears) = join(&engine, "camera", "hall");
    let (viewer, viewer_hears) = join(&engine, "viewer", "hall");
    let options = PublishOptions { codec: Codec::Vp8, source: TrackSource::Camera, ..Default::default() };
    let track = camera.publish(&options).unwrap();
    viewer_hears.wait("subscribed camera VP8");
    track.write_frame(Frame { timestamp: 0, data: &[1, 0, 0, 1], keyframe: false }, 0).unwrap();
    let asked = format!("keyframe {} 0", track.id());
    camera_hears.wait(&asked);
    viewer.request_keyframe(&track.sid()).unwrap();
    camera_hears.wait_count(&asked, 2);
    viewer
        .set_track_settings(&track.sid(), &TrackSettings { quality: VideoQuality::Low, ..Default::default() })
        .unwrap();
    viewer.subscribe(&track.sid(), false).unwrap();
    viewer_hears.wait(&format!("unsubscribed {}", track.sid()));
}

#[test]
fn data_text_and_streams() {
    let _alone = alone();
    let engine = Engine::new(loopback()).unwrap();
    let (ann, _) = join(&engine, "ann", "hall");
    let (_ben, ben_hears) = join(&engine, "ben", "hall");
    let options = DataOptions { topic: "chat".into(), to: vec!["ben".into()], ..Default::default() };
    ann.send_data(b"hello", &options).unwrap();
    ben_hears.wait("data ann chat hello");
    ann.send_text("long text", &StreamOptions { topic: "notes".into(), ..Default::default() }).unwrap();
    ben_hears.wait("text ann notes long text");
    ann.send_bytes(b"bytes", &StreamOptions { name: "file.bin".into(), ..Default::default() }).unwrap();
    ben_hears.wait("stream ann file.bin");
    ben_hears.wait("stream data ann bytes");
    let mut writer = ann.open_stream(false, &Default::default()).unwrap();
    writer.write(b"part").unwrap();
    ben_hears.wait("stream data ann part");
    writer.abort("enough").unwrap();
    ben_hears.wait("stream closed ann Some");
    drop(ann.open_stream(true, &Default::default()).unwrap());
    ben_hears.wait_count("stream closed ann None", 3);
    assert_eq!(ann.send_data(&[0; 60001], &options).unwrap_err().code, ErrorCode::InvalidArgument);
    let nul = DataOptions { topic: "a\0b".into(), ..Default::default() };
    assert_eq!(ann.send_data(b"x", &nul).unwrap_err().code, ErrorCode::InvalidArgument);
}

#[test]
fn calls_both_ways() {
    let _alone = alone();
    let engine = Engine::new(loopback()).unwrap();
    let (ann, ann_hears) = join(&engine, "ann", "hall");
    let (ben, _) = join(&engine, "ben", "hall");
    ann_hears.wait("joined ben");
    ben.register_rpc("ask", |call, responder| match call.payload.as_str() {
        "fail" => {
            let error = RpcError { code: 4000, message: "no".into(), data: "more".into() };
            responder.fail(&error).unwrap();
        }
        "forget" => {}
        "panic" => panic!("as a handler may"),
        "later" => {
            std::thread::spawn(move || responder.answer("from elsewhere").unwrap());
        }
        _ => responder.answer(&format!("{} said {}", call.caller, call.payload)).unwrap(),
    })
    .unwrap();
    let request = |payload: &str| RpcRequest { method: "ask".into(), payload: payload.into(), ..Default::default() };
    assert_eq!(ann.perform_rpc("ben", &request("hi")).unwrap(), "ann said hi");
    assert_eq!(ann.perform_rpc("ben", &request("later")).unwrap(), "from elsewhere");
    let failed = RpcError { code: 4000, message: "no".into(), data: "more".into() };
    assert_eq!(ann.perform_rpc("ben", &request("fail")), Err(CallError::Failed(failed)));
    for lost in ["forget", "panic"] {
        match ann.perform_rpc("ben", &request(lost)) {
            Err(CallError::Failed(error)) => assert_eq!(error.code, 1500),
            other => panic!("{:?}", other),
        }
    }
    let room = engine.room("hall").unwrap();
    let from_the_host = room.participant("ben").unwrap().perform_rpc(&request("hi")).unwrap();
    assert!(from_the_host.ends_with(" said hi"));
    ben.unregister_rpc("ask").unwrap();
    match ann.perform_rpc("ben", &request("hi")) {
        Err(CallError::Failed(error)) => assert_eq!(error.code, 1400),
        other => panic!("{:?}", other),
    }
}

#[test]
fn the_host_looks_after_its_people() {
    let _alone = alone();
    let server = server(|_| {});
    let (ann, ann_hears) = server.client("ann", "hall");
    let (_ben, ben_hears) = server.client("ben", "hall");
    let (hall, attic) = (server.engine.room("hall").unwrap(), server.engine.room("attic").unwrap());
    let who = hall.participant("ann").unwrap();

    let info = who.info().unwrap();
    assert_eq!((info.identity.as_str(), info.state), ("ann", ParticipantState::Active));
    assert!(info.joined_at.is_some() && !info.message.is_empty());
    assert_eq!(hall.participants().unwrap().len(), 2);
    let attributes = [("hand".to_string(), "up".to_string())].into();
    who.update(&ParticipantChanges { name: "Ann".into(), attributes, ..Default::default() }).unwrap();
    ben_hears.wait("changed ann Ann  up");
    ann.update(&ParticipantChanges { metadata: "by herself".into(), ..Default::default() }).unwrap();
    ben_hears.wait("changed ann Ann by herself up");
    let mut may = who.permission().unwrap();
    may.can_publish_data = false;
    may.can_publish_sources = vec![TrackSource::Microphone];
    who.set_permission(&may).unwrap();
    assert_eq!(who.permission().unwrap(), may);
    hall.set_metadata("about").unwrap();
    assert_eq!(hall.info().unwrap().metadata, "about");
    hall.send_data(b"news", &DataOptions { topic: "all".into(), ..Default::default() }).unwrap();
    ben_hears.wait("data  all news");

    let track = ann.publish(&opus("voice")).unwrap();
    ben_hears.wait("subscribed ann opus");
    let sound = who.track(&track.sid()).unwrap();
    assert!(sound.set_muted(true).unwrap().muted);
    assert_eq!(sound.info().unwrap().name, "voice");
    let statistics = hall.statistics().unwrap();
    assert_eq!((statistics.name.as_str(), statistics.participants.len()), ("hall", 2));
    hall.participant("ben").unwrap().update_subscriptions(&[&track.sid()], false).unwrap();
    ben_hears.wait("unsubscribed");

    let helper = AgentDispatch { agent_name: "helper".into(), ..Default::default() };
    let added = hall.add_agent_dispatch(&helper).unwrap();
    assert!(hall.agent_dispatches().unwrap().contains(&added));
    assert_eq!(hall.remove_agent_dispatch(&added.id).unwrap().id, added.id);

    who.forward_to(&attic).unwrap();
    let shown = attic.participant("ann").unwrap();
    assert!(shown.info().unwrap().forwarded);
    shown.remove(None).unwrap();
    who.move_to(&attic).unwrap();
    ann_hears.wait("moved attic");
    shown.remove(Some(SystemTime::now() + Duration::from_secs(3600))).unwrap();
    ann_hears.wait("disconnected ParticipantRemoved");
    let again = Client::connect(&server.url("ws"), &token("ann", "attic"), &on_loopback(), |_| {});
    assert_eq!(again.unwrap_err().code, ErrorCode::Unauthenticated);
    assert_eq!(shown.info().unwrap_err().code, ErrorCode::NotFound);
    hall.close().unwrap();
    ben_hears.wait("disconnected RoomDeleted");
    server.events.wait("room_finished hall");
}

#[test]
fn what_waits_is_refused_within_callbacks() {
    let _alone = alone();
    let engine = Engine::new(loopback()).unwrap();
    let room = engine.room("hall").unwrap();
    let (results, told) = sync_channel(1);
    let inside = engine.room("hall").unwrap();
    let claims = Claims { identity: "bot".into(), ..Default::default() };
    let (give, bot) = sync_channel::<Client>(1);
    let options = LocalParticipantOptions { claims, ..Default::default() };
    let joined = room.join(&options, move |event| {
        if let ClientEvent::Data { .. } = event {
            let bot = bot.recv().unwrap();
            let refused = bot.publish(&opus("x")).unwrap_err().code;
            drop(bot); // leaves, though not on this thread
            results.send((inside.info().unwrap_err().code, refused)).unwrap();
        }
    });
    give.send(joined.unwrap()).unwrap();
    let (ann, ann_hears) = join(&engine, "ann", "hall");
    ann.send_data(b"go", &Default::default()).unwrap();
    assert_eq!(told.recv_timeout(PATIENCE).unwrap(), (ErrorCode::WrongThread, ErrorCode::WrongThread));
    ann_hears.wait("left bot");
}

#[test]
fn a_handler_that_panics_hears_what_follows() {
    let _alone = alone();
    let engine = Engine::new(loopback()).unwrap();
    let heard = Lines::default();
    let told = heard.clone();
    let claims = Claims { identity: "bot".into(), ..Default::default() };
    let options = LocalParticipantOptions { claims, ..Default::default() };
    let _bot = engine.room("hall").unwrap().join(&options, move |event| {
        if let ClientEvent::Data { data, .. } = event {
            assert_ne!(data, b"bad", "as an assertion may");
            told.add(text(data));
        }
    });
    let (ann, _) = join(&engine, "ann", "hall");
    ann.send_data(b"bad", &Default::default()).unwrap();
    ann.send_data(b"good", &Default::default()).unwrap();
    heard.wait("good");
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").unwrap().count()
}

#[test]
fn nothing_is_left() {
    let _alone = alone();
    let live = live_count();
    let round = || {
        let server = server(|options| {
            options.engine.policy =
                Some(Policy { on_publish: Some(Box::new(|_, decision| decision.allow())), ..Default::default() });
        });
        let (_ann, ann_hears) = server.client("ann", "hall");
        let (bot, _) = join(&server.engine, "bot", "hall");
        let track = bot.publish(&opus("voice")).unwrap();
        ann_hears.wait("subscribed bot");
        track.write_frame(Frame { timestamp: 0, data: &[0xfc], keyframe: true }, 0).unwrap();
    };
    round(); // what is started once for the process
    let before = threads();
    for _ in 0..3 {
        round();
    }
    assert_eq!(live_count(), live);
    assert!(threads() <= before, "{} threads, {} before", threads(), before);
    let engine = Engine::new(loopback()).unwrap();
    for _ in 0..1000 {
        let who = engine.room("hall").unwrap().participant("ann").unwrap();
        assert_eq!(who.info().unwrap_err().code, ErrorCode::NotFound);
    }
    let room = engine.room("hall").unwrap();
    let counted = std::sync::Arc::new(());
    for _ in 0..100 {
        let mine = counted.clone();
        let claims = Claims { identity: "bot".into(), ..Default::default() };
        let options = LocalParticipantOptions { claims, ..Default::default() };
        drop(room.join(&options, move |_| drop(mine.clone())).unwrap());
        let mine = counted.clone();
        room.join(&Default::default(), move |_| drop(mine.clone())).unwrap_err();
        // takes nothing
    }
    drop((room, engine));
    assert_eq!(std::sync::Arc::strong_count(&counted), 1, "handlers are given back");
    assert_eq!(live_count(), live);
}
