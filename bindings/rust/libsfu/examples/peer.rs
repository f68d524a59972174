// SPDX-License-Identifier: Apache-2.0
//! One end of the round among the languages' bindings: `peer URL TOKEN publish` writes a numbered frame every 20 ms,
//! `peer URL TOKEN receive` prints those of others. Both end when their input does.
use std::io::Read;
use std::sync::mpsc::{channel, Receiver, RecvTimeoutError};
use std::time::Duration;

use sfu::{Client, ClientEvent, ClientOptions, Codec, Frame, PublishOptions, TrackSource};

const FRAME: Duration = Duration::from_millis(20);
const FRAME_SAMPLES: u32 = 960; // at 48 kHz

fn publish(client: &Client, ended: &Receiver<()>) -> sfu::Result<()> {
    let track = client.publish(&PublishOptions {
        codec: Codec::Opus,
        source: TrackSource::Microphone,
        name: "round".into(),
        ..Default::default()
    })?;
    println!("published");
    let mut n = 0;
    while ended.recv_timeout(FRAME) == Err(RecvTimeoutError::Timeout) {
        let mut data = vec![0xfc];
        data.extend_from_slice(format!("from rust {}", n).as_bytes());
        track.write_frame(Frame { timestamp: FRAME_SAMPLES.wrapping_mul(n), data: &data, keyframe: true }, 0)?;
        n += 1;
    }
    Ok(())
}

fn main() -> sfu::Result<()> {
    let arguments: Vec<_> = std::env::args().collect();
    let (url, token, receives) = match arguments.as_slice() {
        [_, url, token, role] if role == "publish" || role == "receive" => (url, token, role == "receive"),
        _ => {
            eprintln!("usage: peer URL TOKEN publish|receive");
            std::process::exit(2);
        }
    };
    let (end, ended) = channel();
    std::thread::spawn(move || {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        let _ = end.send(());
    });
    let options = ClientOptions { media_addresses: vec!["127.0.0.1".into()], ..Default::default() };
    let client = Client::connect(url, token, &options, move |event| match event {
        ClientEvent::Frame { frame, .. } if receives && !frame.data.is_empty() => {
            println!("received {}", String::from_utf8_lossy(&frame.data[1..]));
        }
        _ => {}
    })?;
    if !receives {
        return publish(&client, &ended);
    }
    let _ = ended.recv();
    Ok(())
}
