// SPDX-License-Identifier: Apache-2.0
//! Each example, run as a program.
mod support;

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sfu::*;
use support::*;

struct Program {
    child: Child,
    lines: Lines,
}

impl Program {
    fn start(name: &str, arguments: &[&str]) -> Program {
        // cargo builds examples beside the tests.
        let folder = std::env::current_exe().unwrap().parent().unwrap().parent().unwrap().join("examples");
        let mut child = Command::new(folder.join(name))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = Lines::default();
        let (output, printed) = (child.stdout.take().unwrap(), lines.clone());
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines() {
                printed.add(line.unwrap());
            }
            printed.add("(ended)");
        });
        Program { child, lines }
    }

    /// A server, and its address.
    fn serve(name: &str) -> (Program, String) {
        let program = Program::start(name, &["0", &free_udp_port().to_string(), "devkey", SECRET]);
        let url = program.lines.wait("listening at ").replace("listening at ", "");
        (program, url)
    }

    /// Closes its input, upon which it ends well.
    fn end(mut self) {
        drop(self.child.stdin.take());
        self.lines.wait("(ended)");
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn server() {
    let (program, url) = Program::serve("server");
    let (_ann, ann_hears) = connect(&url, "ann", "hall");
    let (ben, _) = connect(&url, "ben", "hall");
    ann_hears.wait("joined ben");
    ben.send_data(b"hello", &Default::default()).unwrap();
    ann_hears.wait("data ben  hello");
    program.end();
    ann_hears.wait("disconnected ServerShutdown");
}

#[test]
fn echo() {
    let (program, url) = Program::serve("echo");
    let (ann, ann_hears) = connect(&url, "ann", "echo");
    let track = ann.publish(&opus("voice")).unwrap();
    ann_hears.wait("track echo echo of ann");
    ann_hears.wait("subscribed echo opus");
    // As a microphone does, until the first has come back.
    let deadline = Instant::now() + PATIENCE;
    for n in 0.. {
        if ann_hears.count("frame opus hello") > 0 {
            break;
        }
        assert!(Instant::now() < deadline, "no echo");
        track.write_frame(Frame { timestamp: 960 * n, data: b"\xfchello", keyframe: true }, 0).unwrap();
        std::thread::sleep(Duration::from_millis(20));
    }
    drop(track);
    ann_hears.wait("track gone echo echo of ann");
    program.end();
}

#[test]
fn policy() {
    let (program, url) = Program::serve("policy");
    let stranger = Client::connect(&url, &token("stranger", "hall"), &on_loopback(), |_| {});
    assert!(stranger.unwrap_err().message.contains("members only"));
    let (ann, _) = connect(&url, "ann", "hall");
    let (shy, shy_hears) = connect(&url, "shy", "hall");
    program.lines.wait("participant_joined ann");
    let camera = PublishOptions { codec: Codec::Vp8, source: TrackSource::Camera, ..Default::default() };
    ann.publish(&camera).unwrap();
    assert!(shy.publish(&camera).unwrap_err().message.contains("no pictures"));
    ann.send_data(b"darn it", &Default::default()).unwrap();
    shy_hears.wait("data ann  **** it");
    ann.leave().unwrap();
    program.lines.wait("participant_left ann");
    program.end();
}

#[test]
fn peers_hear_each_other() {
    let server = support::server(|_| {});
    let url = server.url("ws");
    let speaker = Program::start("peer", &[&url, &token("speaker", "hall"), "publish"]);
    let listener = Program::start("peer", &[&url, &token("listener", "hall"), "receive"]);
    speaker.lines.wait("published");
    listener.lines.wait_count("received from rust ", 5);
    speaker.end();
    listener.end();
}
