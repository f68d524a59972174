// SPDX-License-Identifier: Apache-2.0
//! A server with a participant of its own, who is in the room "echo" and says back what everyone says, each in a track
//! named after its speaker. The end of its input (Ctrl-D) ends it.
mod common;

use std::collections::HashMap;
use std::sync::mpsc::{channel, Sender};
use std::sync::{Arc, Mutex};

use sfu::{
    Claims, Client, ClientEvent, Codec, LocalParticipantOptions, LocalTrack, PublishOptions, Server, TrackSource,
};

/// The tracks that are answered in, by the sid of what they echo.
type Tracks = Arc<Mutex<HashMap<String, LocalTrack>>>;

struct Heard {
    track_sid: String,
    identity: String,
}

/// On the room's worker: what waits is done elsewhere.
fn hear(event: ClientEvent<'_>, tracks: &Tracks, newcomers: &Sender<Heard>) {
    match event {
        ClientEvent::Subscribed { track_sid, identity, codec: Codec::Opus } => {
            let _ = newcomers.send(Heard { track_sid, identity });
        }
        ClientEvent::Frame { track_sid, frame, .. } => {
            if let Some(track) = tracks.lock().unwrap().get(track_sid) {
                let _ = track.write_frame(frame, 0);
            }
        }
        ClientEvent::Unsubscribed { track_sid } => {
            tracks.lock().unwrap().remove(&track_sid);
        }
        _ => {}
    }
}

fn publish(bot: &Client, heard: Heard, tracks: &Tracks) -> sfu::Result<()> {
    let track = bot.publish(&PublishOptions {
        codec: Codec::Opus,
        source: TrackSource::Microphone,
        name: format!("echo of {}", heard.identity),
        ..Default::default()
    })?;
    tracks.lock().unwrap().insert(heard.track_sid, track);
    Ok(())
}

fn main() -> sfu::Result<()> {
    let server = Server::new(common::options())?;
    let room = server.engine()?.room("echo")?;
    let tracks = Tracks::default();
    let (newcomers, waiting) = channel();
    let claims = Claims { identity: "echo".into(), ..Default::default() };
    let answered = tracks.clone();
    let bot = room.join(&LocalParticipantOptions { claims, ..Default::default() }, move |event| {
        hear(event, &answered, &newcomers);
    })?;
    std::thread::spawn(move || {
        for heard in waiting {
            if let Err(error) = publish(&bot, heard, &tracks) {
                eprintln!("{}", error);
            }
        }
    });
    println!("listening at ws://127.0.0.1:{}", server.port()?);
    common::wait();
    Ok(())
}
