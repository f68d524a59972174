// SPDX-License-Identifier: Apache-2.0
//! What the tests share: what happened, as lines that can be waited for; servers on loopback, and clients in their rooms.
#![allow(dead_code)] // not every test needs all of it

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use sfu::*;

pub const PATIENCE: Duration = Duration::from_secs(20);
pub const SECRET: &str = "a secret of at least thirty-two characters";

pub fn keys() -> HashMap<String, String> {
    [("devkey".to_string(), SECRET.to_string())].into()
}

/// What the process holds is counted: one test at a time.
pub fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

#[derive(Clone, Default)]
pub struct Lines(Arc<(Mutex<Vec<String>>, Condvar)>);

impl Lines {
    pub fn add(&self, line: impl Into<String>) {
        self.0 .0.lock().unwrap().push(line.into());
        self.0 .1.notify_all();
    }

    pub fn count(&self, beginning: &str) -> usize {
        self.0 .0.lock().unwrap().iter().filter(|line| line.starts_with(beginning)).count()
    }

    /// The first line that begins so.
    #[track_caller]
    pub fn wait(&self, beginning: &str) -> String {
        self.wait_count(beginning, 1).remove(0)
    }

    #[track_caller]
    pub fn wait_count(&self, beginning: &str, count: usize) -> Vec<String> {
        let found = |lines: &Vec<String>| -> Vec<String> {
            lines.iter().filter(|line| line.starts_with(beginning)).cloned().collect()
        };
        let lines = self.0 .0.lock().unwrap();
        let (lines, _) = self.0 .1.wait_timeout_while(lines, PATIENCE, |lines| found(lines).len() < count).unwrap();
        let got = found(&lines);
        assert!(got.len() >= count, "no {} times {:?} in {:#?}", count, beginning, *lines);
        got
    }
}

pub fn free_udp_port() -> u16 {
    std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn loopback() -> EngineOptions {
    EngineOptions {
        workers: 1,
        udp_port_first: free_udp_port(),
        bind_addresses: vec!["127.0.0.1".into()],
        keys: keys(),
        room_defaults: RoomOptions { remote_unmute: true, ..Default::default() },
        ..Default::default()
    }
}

pub struct TestServer {
    pub server: Server,
    pub engine: Engine,
    pub events: Lines,
}

pub fn server(change: impl FnOnce(&mut ServerOptions)) -> TestServer {
    let events = Lines::default();
    let heard = events.clone();
    let mut options = ServerOptions {
        port: Port::Any,
        bind_addresses: vec!["127.0.0.1".into()],
        engine: EngineOptions {
            on_event: Some(Box::new(move |event: Event| {
                let about = event.participant.map_or(event.room.name, |who| who.identity);
                heard.add(format!("{} {}", event.name, about));
            })),
            ..loopback()
        },
        ..Default::default()
    };
    change(&mut options);
    let server = Server::new(options).unwrap();
    let engine = server.engine().unwrap();
    TestServer { server, engine, events }
}

impl TestServer {
    pub fn url(&self, scheme: &str) -> String {
        format!("{}://127.0.0.1:{}", scheme, self.server.port().unwrap())
    }

    pub fn client(&self, identity: &str, room: &str) -> (Client, Lines) {
        connect(&self.url("ws"), identity, room)
    }
}

pub fn token(identity: &str, room: &str) -> String {
    let video =
        VideoGrant { room_join: true, room: room.into(), can_update_own_metadata: Setting::On, ..Default::default() };
    let claims = Claims { identity: identity.into(), video: Some(video), ..Default::default() };
    access_token(&claims, &signed()).unwrap()
}

pub fn signed() -> TokenOptions {
    TokenOptions { api_key: "devkey".into(), api_secret: SECRET.into(), ..Default::default() }
}

pub fn on_loopback() -> ClientOptions {
    ClientOptions { media_addresses: vec!["127.0.0.1".into()], receive_rtp: true, ..Default::default() }
}

pub fn connect(url: &str, identity: &str, room: &str) -> (Client, Lines) {
    let lines = Lines::default();
    let client = Client::connect(url, &token(identity, room), &on_loopback(), write_down(lines.clone())).unwrap();
    (client, lines)
}

pub fn join(engine: &Engine, identity: &str, room: &str) -> (Client, Lines) {
    let lines = Lines::default();
    let claims = Claims { identity: identity.into(), ..Default::default() };
    let options = LocalParticipantOptions { claims, receive_rtp: true, ..Default::default() };
    let client = engine.room(room).unwrap().join(&options, write_down(lines.clone())).unwrap();
    (client, lines)
}

pub fn opus(name: &str) -> PublishOptions {
    PublishOptions { codec: Codec::Opus, source: TrackSource::Microphone, name: name.into(), ..Default::default() }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn write_down(lines: Lines) -> impl FnMut(ClientEvent<'_>) + Send + 'static {
    move |event| {
        let line = match event {
            ClientEvent::Connected { room, me } => format!("connected {} {}", room.name, me.identity),
            ClientEvent::Ready => "ready".into(),
            ClientEvent::Disconnected { reason, error } => format!("disconnected {:?} {:?}", reason, error),
            ClientEvent::Moved { room } => format!("moved {}", room.name),
            ClientEvent::ParticipantJoined(who) => format!("joined {}", who.identity),
            ClientEvent::ParticipantChanged(who) => {
                let hand = who.attributes.get("hand").cloned().unwrap_or_default();
                format!("changed {} {} {} {}", who.identity, who.name, who.metadata, hand)
            }
            ClientEvent::ParticipantLeft(who) => format!("left {}", who.identity),
            ClientEvent::TrackPublished { identity, track } => format!("track {} {}", identity, track.name),
            ClientEvent::TrackChanged { identity, track } => format!("track changed {} {}", identity, track.muted),
            ClientEvent::TrackUnpublished { identity, track } => format!("track gone {} {}", identity, track.name),
            ClientEvent::Subscribed { identity, codec, .. } => format!("subscribed {} {}", identity, codec),
            ClientEvent::Unsubscribed { track_sid } => format!("unsubscribed {}", track_sid),
            ClientEvent::Frame { codec, frame, .. } => format!("frame {} {}", codec, text(&frame.data[1..])),
            ClientEvent::Rtp { .. } => "rtp".into(),
            ClientEvent::KeyframeRequested { id, layer } => format!("keyframe {} {}", id, layer),
            ClientEvent::Data { sender, topic, data, .. } => format!("data {} {} {}", sender, topic, text(data)),
            ClientEvent::Text { info, text } => format!("text {} {} {}", info.sender, info.topic, text),
            ClientEvent::StreamOpened(info) => format!("stream {} {}", info.sender, info.name),
            ClientEvent::StreamData { sender, data, .. } => format!("stream data {} {}", sender, text(data)),
            ClientEvent::StreamClosed { sender, error, .. } => format!("stream closed {} {:?}", sender, error),
            other => format!("{:?}", other),
        };
        lines.add(line);
    }
}
