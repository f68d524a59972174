// SPDX-License-Identifier: Apache-2.0
mod support;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::raw::{c_int, c_short, c_ulong};
use std::sync::mpsc::sync_channel;
use std::time::{Duration, SystemTime};

use sfu::*;
use support::*;

#[test]
fn what_is_wrong_is_told_at_once() {
    let _alone = alone();
    let wrong = Server::new(ServerOptions {
        port: Port::Any,
        yaml: "rtc:\n  udp_prot: 1\n".into(),
        yaml_file_name: "mine.yaml".into(),
        ..Default::default()
    })
    .unwrap_err();
    assert_eq!(wrong.code, ErrorCode::InvalidArgument);
    assert!(wrong.message.contains("mine.yaml:2"), "{}", wrong);
    assert_eq!(ErrorCode::NotFound.to_string(), "not_found");
    assert_eq!(Client::connect("nowhere", "x", &on_loopback(), |_| {}).unwrap_err().code, ErrorCode::InvalidArgument);
    let server = server(|_| {});
    let bad = Client::connect(&server.url("ws"), "nonsense", &on_loopback(), |_| {}).unwrap_err();
    assert_eq!(bad.code, ErrorCode::Unauthenticated);
}

#[test]
fn options_that_do_not_fit_are_refused_by_name() {
    let _alone = alone();
    let refused = |options: EngineOptions, says: &str| {
        let wrong = Engine::new(EngineOptions { keys: keys(), workers: 1, ..options }).unwrap_err();
        assert_eq!(wrong.code, ErrorCode::InvalidArgument);
        assert!(wrong.message.contains(says), "{}", wrong);
    };
    refused(EngineOptions { worker_cpus: vec![1 << 20], ..Default::default() }, "worker_cpus");
    refused(EngineOptions { lend_above_percent: 101, ..Default::default() }, "lend_above_percent");
    let turn = Some(TurnOptions { tls_port: 5349, ..Default::default() });
    refused(EngineOptions { turn, ..Default::default() }, "domain");
    let turn = Some(TurnOptions {
        tls_port: 5349,
        domain: "example.org".into(),
        external_tls: true,
        denied_peers: vec!["somewhere".into()],
        ..Default::default()
    });
    refused(EngineOptions { turn, ..Default::default() }, "somewhere");
}

#[test]
fn a_server_tells_of_itself() {
    let _alone = alone();
    let log = Lines::default();
    let logged = log.clone();
    let server = server(|options| {
        options.yaml = "room:\n  empty_timeout: 7\n".into();
        options.engine.log = Some(Box::new(move |level, message, _| logged.add(format!("{:?} {}", level, message))));
        options.engine.log_level = LogLevel::Debug;
        let configuration = RoomConfiguration { max_participants: 2, ..Default::default() };
        options.engine.room_presets = vec![RoomPreset { name: "small".into(), configuration }];
    });
    let (ann, ann_hears) = server.client("ann", "hall");
    server.events.wait("participant_joined ann");
    log.wait("");
    assert!(server.server.metrics().unwrap().contains("livekit_"));
    assert!(server.server.warnings().unwrap().is_empty());
    assert_eq!(server.server.webhook_counters().unwrap(), WebhookCounters::default());
    assert_eq!(server.engine.statistics().unwrap().workers.len(), 1);
    assert!(server.engine.counters().unwrap().packets_received > 0);
    let tiny = server.engine.create_room("tiny", &Default::default(), "small").unwrap();
    assert_eq!(tiny.max_participants, 2);
    assert_eq!(server.engine.rooms(&["tiny", "none"]).unwrap().len(), 1);
    let unknown = server.engine.create_room("x", &Default::default(), "unheard of").unwrap_err();
    assert_eq!(unknown.code, ErrorCode::NotFound);
    let (done, drained) = sync_channel(1);
    assert_eq!(server.server.drain(move |result| done.send(result).unwrap()).unwrap(), 1);
    assert!(drained.try_recv().is_err());
    ann.leave().unwrap();
    ann_hears.wait("disconnected ClientInitiated None");
    drained.recv_timeout(PATIENCE).unwrap().unwrap();
    server.server.stop().unwrap();
    server.events.wait("room_finished hall");
    assert_eq!(server.engine.drain(|_| {}).map_err(|error| error.code), Ok(0));
}

#[test]
fn a_host_with_tokens_of_its_own() {
    let _alone = alone();
    let asked = Lines::default();
    let (refreshed, configured) = (asked.clone(), asked.clone());
    let server = server(|options| {
        options.engine.auth = Some(Auth {
            authenticate: Box::new(|token, _| {
                if token != "sunflower" {
                    return Err("we do not know you".into());
                }
                let video = VideoGrant { room_join: true, room: "hall".into(), ..Default::default() };
                Ok(Claims { identity: "ann".into(), video: Some(video), ..Default::default() })
            }),
            refresh: Some(Box::new(move |claims, _, _| {
                refreshed.add(format!("refresh {}", claims.identity));
                Some("sunflower".into())
            })),
        });
        options.engine.client_config = Some(Box::new(move |client| {
            configured.add(format!("configure {}", client.address));
            Some(ClientConfiguration { disabled_codecs: vec!["video/AV1".into()], ..Default::default() })
        }));
    });
    let _ann = Client::connect(&server.url("ws"), "sunflower", &on_loopback(), |_| {}).unwrap();
    server.events.wait("participant_joined ann");
    asked.wait("refresh ann");
    asked.wait("configure 127.0.0.1");
    let bad = Client::connect(&server.url("ws"), "weed", &on_loopback(), |_| {}).unwrap_err();
    assert!(bad.message.contains("we do not know you"), "{}", bad);
}

#[test]
fn a_host_decides() {
    let _alone = alone();
    let (later, put_off) = sync_channel(1);
    let server = server(|options| {
        options.engine.policy = Some(Policy {
            on_join: Some(Box::new(|request, decision| match request.claims.identity.as_str() {
                "stranger" => decision.deny("members only"),
                "listener" => {
                    let grants = VideoGrant { can_publish: Setting::Off, ..Default::default() };
                    decision.allow_with(&grants).unwrap();
                }
                _ => decision.allow(),
            })),
            on_publish: Some(Box::new(move |request, decision| match request.track.name.as_str() {
                "later" => later.send(decision).unwrap(),
                "forbidden" => decision.deny("not that one"),
                "forgotten" => {}
                "panic" => panic!("as a policy may"),
                _ => decision.allow(),
            })),
            on_subscribe: Some(Box::new(|request, decision| match request.subscriber.identity.as_str() {
                "deaf" => decision.deny(""),
                _ => decision.allow(),
            })),
            on_data: Some(Box::new(|request| match request.payload {
                b"rude" => DataAnswer::Drop,
                b"secret" => DataAnswer::Replace(b"******".to_vec()),
                _ => DataAnswer::Pass,
            })),
        });
    });
    let stranger = Client::connect(&server.url("ws"), &token("stranger", "hall"), &on_loopback(), |_| {});
    assert!(stranger.unwrap_err().message.contains("members only"));
    let (ann, _) = server.client("ann", "hall");
    let (listener, listener_hears) = server.client("listener", "hall");
    let (_deaf, deaf_hears) = join(&server.engine, "deaf", "hall");
    listener.publish(&opus("voice")).unwrap_err();
    assert!(ann.publish(&opus("forbidden")).unwrap_err().message.contains("not that one"));
    ann.publish(&opus("forgotten")).unwrap_err();
    ann.publish(&opus("panic")).unwrap_err();
    let elsewhere = std::thread::spawn(move || put_off.recv_timeout(PATIENCE).unwrap().allow());
    let _track = ann.publish(&opus("later")).unwrap();
    elsewhere.join().unwrap();
    listener_hears.wait("subscribed ann");
    for data in ["rude", "secret", "hello"] {
        ann.send_data(data.as_bytes(), &Default::default()).unwrap();
    }
    listener_hears.wait("data ann  hello");
    assert_eq!(listener_hears.wait("data "), "data ann  ******");
    assert_eq!(listener_hears.count("data "), 2);
    deaf_hears.wait("data ann  hello");
    assert_eq!(deaf_hears.count("subscribed"), 0);
}

#[test]
fn tokens() {
    let verifier = TokenVerifier::new(&keys(), None).unwrap();
    let made = token("ann", "hall");
    let claims = verifier.verify(&made, None).unwrap();
    assert_eq!((claims.identity.as_str(), claims.api_key.as_str()), ("ann", "devkey"));
    assert_eq!(claims.video.unwrap().can_update_own_metadata, Setting::On);
    let late = SystemTime::now() + Duration::from_secs(7 * 3600);
    assert_eq!(verifier.verify(&made, Some(late)).unwrap_err().code, ErrorCode::Unauthenticated);
    assert_eq!(verifier.verify("nonsense", None).unwrap_err().code, ErrorCode::Malformed);
    let nobody = access_token(&Claims::default(), &TokenOptions::default());
    assert_eq!(nobody.unwrap_err().code, ErrorCode::InvalidArgument);
    let full = Claims {
        kind: ParticipantKind::Agent,
        identity: "bot".into(),
        attributes: [("a".to_string(), "b".to_string())].into(),
        video: Some(VideoGrant { can_publish_sources: vec!["camera".into()], ..Default::default() }),
        sip: Some(SipGrant { admin: false, call: true }),
        agent: Some(AgentGrant { admin: true, ..Default::default() }),
        inference: Some(true),
        observability: Some(true),
        room_preset: "small".into(),
        ..Default::default()
    };
    let mut back = verifier.verify(&access_token(&full, &signed()).unwrap(), None).unwrap();
    assert!(back.expires_at > back.not_before);
    back.api_key.clear();
    back.not_before = None;
    back.issued_at = None;
    back.expires_at = None;
    assert_eq!(back, full);
}

/// One request of HTTP: its Authorization header, and its body.
fn read_request(stream: &mut impl Read) -> (String, Vec<u8>) {
    let mut got = Vec::new();
    let mut byte = [0];
    while !got.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        got.push(byte[0]);
    }
    let head = text(&got);
    let header = |name: &str| {
        let line = head.lines().find(|line| line.to_lowercase().starts_with(name));
        line.map_or(String::new(), |line| line.split_once(": ").unwrap().1.to_string())
    };
    let mut body = vec![0; header("content-length").parse().unwrap()];
    stream.read_exact(&mut body).unwrap();
    (header("authorization"), body)
}

#[test]
fn webhooks_arrive_and_are_believed() {
    let _alone = alone();
    let receiver = WebhookReceiver::new(&keys()).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let own = format!("{}own", url);
    let server = server(|options| {
        options.webhooks = WebhookOptions { urls: vec![url], api_key: "devkey".into(), ..Default::default() };
        options.webhooks.include_events = vec!["room_started".into()];
    });
    server.engine.create_room("hall", &Default::default(), "").unwrap();
    let mut stream = listener.accept().unwrap().0;
    let (authorization, body) = read_request(&mut stream);
    let event = receiver.receive(&body, &authorization, None).unwrap();
    assert_eq!((event.event.as_str(), event.room.unwrap().name.as_str()), ("room_started", "hall"));
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    drop(stream);
    let mut egress = EgressInfo::new("");
    assert_eq!(server.server.announce(&egress).unwrap_err().code, ErrorCode::InvalidArgument);
    egress.egress_id = "EG_1".into();
    egress.status = EgressStatus::Active;
    egress.files = vec![EgressFile { filename: "hall.ogg".into(), ..Default::default() }];
    egress.webhooks = vec![EgressWebhook { url: own, ..Default::default() }];
    server.server.announce(&egress).unwrap();
    let mut stream = listener.accept().unwrap().0;
    let (shown, told) = read_request(&mut stream);
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    let event = receiver.receive(&told, &shown, None).unwrap();
    assert_eq!(event.event, "egress_updated");
    assert!(event.egress_info.contains("hall.ogg"), "{}", event.egress_info);
    assert_eq!(receiver.receive(b"{}", "nonsense", None).unwrap_err().code, ErrorCode::Unauthenticated);
    assert_eq!(receiver.receive(b"other", &authorization, None).unwrap_err().code, ErrorCode::Unauthenticated);
}

#[test]
fn room_api() {
    let _alone = alone();
    let server = server(|_| {});
    let options = RoomApiOptions {
        url: server.url("http"),
        api_key: "devkey".into(),
        api_secret: SECRET.into(),
        ..Default::default()
    };
    let api = RoomApi::new(&options).unwrap();
    let configuration =
        RoomConfiguration { metadata: "m".into(), empty_timeout: Duration::from_secs(60), ..Default::default() };
    let room = api.create_room("hall", &CreateRoomOptions { configuration, ..Default::default() }).unwrap();
    assert_eq!((room.name.as_str(), room.metadata.as_str()), ("hall", "m"));
    assert_eq!(room.empty_timeout, Duration::from_secs(60));
    assert_eq!(api.list_rooms(&[]).unwrap().len(), 1);
    assert_eq!(api.update_room_metadata("hall", "n").unwrap().metadata, "n");
    let (ann, ann_hears) = server.client("ann", "hall");
    ann.register_rpc("echo", |call, responder| responder.answer(&call.payload).unwrap()).unwrap();
    let track = ann.publish(&opus("voice")).unwrap();
    assert_eq!(api.list_participants("hall").unwrap()[0].tracks.len(), 1);
    assert_eq!(api.get_participant("hall", "ann").unwrap().identity, "ann");
    api.send_data("hall", b"news", &DataOptions { topic: "t".into(), ..Default::default() }).unwrap();
    ann_hears.wait("data  t news");
    assert!(api.mute_published_track("hall", "ann", &track.sid(), true).unwrap().unwrap().muted);
    let changes = ParticipantChanges { name: "Ann".into(), ..Default::default() };
    assert_eq!(api.update_participant("hall", "ann", &changes).unwrap().name, "Ann");
    api.update_subscriptions("hall", "ann", &["TR_other"], true).unwrap();
    let request = RpcRequest { method: "echo".into(), payload: "hi".into(), ..Default::default() };
    assert_eq!(api.perform_rpc("hall", "ann", &request).unwrap(), "hi");
    let helper = AgentDispatch { agent_name: "helper".into(), ..Default::default() };
    let added = api.create_dispatch("hall", &helper).unwrap();
    assert!(api.list_dispatches("hall", "").unwrap().iter().any(|each| each.id == added.id));
    assert_eq!(api.delete_dispatch("hall", &added.id).unwrap().agent_name, "helper");
    api.forward_participant("hall", "ann", "attic").unwrap();
    api.remove_participant("attic", "ann", None).unwrap();
    api.move_participant("hall", "ann", "attic").unwrap();
    ann_hears.wait("moved attic");
    api.remove_participant("attic", "ann", None).unwrap();
    ann_hears.wait("disconnected ParticipantRemoved");
    api.delete_room("hall").unwrap();

    let failed = api.get_participant("hall", "nobody").unwrap_err();
    let answer = failed.answer.unwrap();
    assert_eq!((failed.code, answer.http_status, answer.code.as_str()), (ErrorCode::NotFound, 404, "not_found"));
    let never_sent = api.delete_room("a\0b").unwrap_err();
    assert_eq!((never_sent.code, never_sent.answer), (ErrorCode::InvalidArgument, None));
}

#[test]
fn signalling_of_a_hosts_own() {
    let _alone = alone();
    let engine = Engine::new(loopback()).unwrap();
    let heard = Lines::default();
    let writer = || {
        let heard = heard.clone();
        move |event: SignalEvent<'_>| match event {
            SignalEvent::Send { message, .. } => heard.add(format!("message of {}", message.len())),
            other => heard.add(format!("{:?}", other)),
        }
    };
    let request = |path: &str, token: String| ConnectRequest {
        path: path.into(),
        query: vec![("access_token".into(), token), ("protocol".into(), "16".into())],
        remote_address: "127.0.0.1".into(),
        ..Default::default()
    };
    let session = engine.connect(&request("/rtc", token("ann", "hall")), writer()).unwrap();
    heard.wait("Accepted");
    heard.wait("message of ");
    session.receive(b"no message", false).unwrap();
    session.disconnected().unwrap();
    drop(session);
    let bad = engine.connect(&request("/rtc", "bad".into()), writer()).unwrap();
    heard.wait("Rejected { status: 401");
    drop(bad);
    let validated = engine.validate(&request("/rtc/validate", token("ann", "hall"))).unwrap();
    assert_eq!(validated, (200, "success".to_string()));
    let video = VideoGrant { room: "hall".into(), ..Default::default() };
    engine.check_revoked(&Claims { identity: "ann".into(), video: Some(video), ..Default::default() }).unwrap();
}

#[repr(C)]
struct PollFd {
    fd: c_int,
    events: c_short,
    revents: c_short,
}

extern "C" {
    fn poll(fds: *mut PollFd, count: c_ulong, timeout_ms: c_int) -> c_int;
}

#[test]
fn a_hosts_own_loop() {
    let _alone = alone();
    let engine = Engine::new(EngineOptions { host_driven: true, ..loopback() }).unwrap();
    let descriptor = engine.poll_descriptor().unwrap().unwrap();
    let (_ear, ear_hears) = join(&engine, "ear", "hall");
    let (mouth, _) = join(&engine, "mouth", "hall");
    let turn = || {
        let timeout = engine.poll_timeout().unwrap().unwrap();
        let mut readable = PollFd { fd: descriptor, events: 1, revents: 0 };
        unsafe { poll(&mut readable, 1, timeout.as_millis() as c_int + 1) };
        engine.run_once().unwrap();
    };
    mouth.send_data(b"hello", &Default::default()).unwrap();
    while ear_hears.count("data mouth  hello") == 0 {
        turn();
    }
    let mut pending = mouth.begin_publish(&opus("voice")).unwrap();
    let track = loop {
        match pending.try_finish() {
            Ok(answer) => break answer.unwrap(),
            Err(not_yet) => pending = not_yet,
        }
        turn();
    };
    while ear_hears.count("subscribed mouth opus") == 0 {
        turn();
    }
    track.write_frame(Frame { timestamp: 0, data: b"\xfc sound", keyframe: true }, 0).unwrap();
    while ear_hears.count("frame opus  sound") == 0 {
        turn();
    }
    engine.stop().unwrap();
    assert_eq!(engine.poll_timeout().unwrap(), None);
    let threaded = Engine::new(loopback()).unwrap();
    assert_eq!(threaded.poll_descriptor().unwrap(), None);
}

#[test]
fn frames_of_a_file() {
    assert_eq!((Codec::Vp8.name(), Codec::Opus.clock_rate()), ("VP8", 48000));
    let mut file = b"DKIF\0\0\x20\0VP80\x10\0\x08\0\x1e\0\0\0\x01\0\0\0\x01\0\0\0\0\0\0\0".to_vec();
    file.extend(b"\x04\0\0\0\0\0\0\0\0\0\0\0\0\x01\x02\x03");
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("one.ivf");
    std::fs::write(&path, file).unwrap();
    let media = MediaFile::open(&path, None).unwrap();
    assert_eq!(media.info().unwrap(), MediaFileInfo { codec: Codec::Vp8, width: 16, height: 8 });
    for _ in 0..2 {
        let sample = media.next().unwrap().unwrap();
        assert_eq!(sample.frame(), Frame { timestamp: sample.timestamp, data: &[0, 1, 2, 3], keyframe: true });
        assert_eq!(media.next().unwrap(), None);
        media.rewind().unwrap();
    }
    assert_eq!(MediaFile::open("there is no such file", None).unwrap_err().code, ErrorCode::NotFound);
}

/// All types may go to other threads, and be used by several at once.
#[test]
fn all_is_send_and_sync() {
    fn both<T: Send + Sync>() {}
    both::<(Engine, Server, Room, Participant, Track, Client, LocalTrack)>();
    both::<(Decision, JoinDecision, RpcResponder, SignalSession, RoomApi, MediaFile, TokenVerifier, WebhookReceiver)>();
    both::<(EngineOptions, ServerOptions, Error, ApiError, CallError, StreamWriter<'static>)>();
}
