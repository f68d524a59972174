// SPDX-License-Identifier: Apache-2.0
//! A server that has a say in its rooms: strangers stay outside, video is decided elsewhere and later, bad words are
//! hidden; and it prints what happens. The end of its input (Ctrl-D) ends it.
mod common;

use std::sync::mpsc::{sync_channel, Receiver, SyncSender, TrySendError};

use sfu::{DataAnswer, DataRequest, Decision, Event, Policy, PublishRequest, Server, TrackKind};

/// One who asks elsewhere, here at once.
fn decide_on_cameras(questions: Receiver<(String, Decision)>) {
    for (who, decision) in questions {
        if who == "shy" {
            decision.deny("no pictures of this one");
        } else {
            decision.allow();
        }
    }
}

fn on_publish(request: PublishRequest, decision: Decision, cameras: &SyncSender<(String, Decision)>) {
    if request.track.kind != TrackKind::Video {
        return decision.allow();
    }
    // The room goes on meanwhile.
    if let Err(TrySendError::Full((_, decision))) = cameras.try_send((request.publisher.identity, decision)) {
        decision.deny("too many cameras at once");
    }
}

fn on_data(request: &DataRequest<'_>) -> DataAnswer {
    let text = String::from_utf8_lossy(request.payload);
    if text.contains("darn") {
        return DataAnswer::Replace(text.replace("darn", "****").into_bytes());
    }
    DataAnswer::Pass
}

fn main() -> sfu::Result<()> {
    let (cameras, questions) = sync_channel(16);
    std::thread::spawn(move || decide_on_cameras(questions));
    let mut options = common::options();
    options.engine.policy = Some(Policy {
        on_join: Some(Box::new(|request, decision| {
            if request.claims.identity.starts_with("stranger") {
                decision.deny("members only");
            } else {
                decision.allow();
            }
        })),
        on_publish: Some(Box::new(move |request, decision| on_publish(request, decision, &cameras))),
        on_data: Some(Box::new(on_data)),
        ..Default::default()
    });
    options.engine.on_event = Some(Box::new(|event: Event| {
        println!("{} {}", event.name, event.participant.map_or(event.room.name, |who| who.identity));
    }));
    let server = Server::new(options)?;
    println!("listening at ws://127.0.0.1:{}", server.port()?);
    common::wait();
    Ok(())
}
