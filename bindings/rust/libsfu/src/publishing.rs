// SPDX-License-Identifier: Apache-2.0
//! A client's own tracks, and who waits for an answer about them.
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{sync_channel, Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::sync::Mutex;
use std::time::Duration;

use crate::client::Client;
use crate::error::{check, Error, ErrorCode, Result};
use crate::ffi::{self, must_be_free_to_wait, Scratch};
use crate::media::{Frame, PublishOptions};
use crate::sys;

/// How long a publication may take, which the room decides on.
const PATIENCE: Duration = Duration::from_secs(30);

struct Entry {
    sid: String,
    answer: Option<SyncSender<Result<()>>>,
}

pub(crate) struct Publishing {
    tracks: Mutex<HashMap<String, Entry>>,
    /// Why the client has left its room for good; taken while the tracks are locked.
    gone: Mutex<Option<Error>>,
    connected: SyncSender<Result<()>>,
    next: AtomicU64,
}

impl Publishing {
    /// The other end hears of the first of ready and disconnected.
    pub(crate) fn new() -> (Self, Receiver<Result<()>>) {
        let (connected, ready) = sync_channel(1);
        (Publishing { tracks: Mutex::default(), gone: Mutex::default(), connected, next: AtomicU64::new(0) }, ready)
    }

    pub(crate) fn connected(&self, result: Result<()>) {
        let _ = self.connected.try_send(result); // nobody waits any more: there is one place
    }

    fn add(&self) -> (String, Receiver<Result<()>>) {
        let (answer, answered) = sync_channel(1);
        let id = format!("rust-{}", self.next.fetch_add(1, Ordering::Relaxed));
        let mut tracks = self.tracks.lock().unwrap();
        let answer = match &*self.gone.lock().unwrap() {
            Some(error) => {
                let _ = answer.send(Err(error.clone())); // there is one place
                None
            }
            None => Some(answer),
        };
        tracks.insert(id.clone(), Entry { sid: String::new(), answer });
        (id, answered)
    }

    fn forget(&self, id: &str) {
        self.tracks.lock().unwrap().remove(id);
    }

    fn sid(&self, id: &str) -> String {
        self.tracks.lock().unwrap().get(id).map_or(String::new(), |entry| entry.sid.clone())
    }

    pub(crate) fn published(&self, id: &str, sid: String) {
        if let Some(entry) = self.tracks.lock().unwrap().get_mut(id) {
            entry.sid = sid;
            if let Some(answer) = entry.answer.take() {
                let _ = answer.send(Ok(()));
            }
        }
    }

    /// Gives the error back if nobody waits for it.
    pub(crate) fn failed(&self, id: &str, error: Error) -> Option<Error> {
        let answer = self.tracks.lock().unwrap().get_mut(id)?.answer.take();
        match answer {
            Some(answer) => answer.send(Err(error)).err().and(None),
            None => Some(error),
        }
    }

    pub(crate) fn gone(&self, error: &Error) {
        self.connected(Err(error.clone()));
        let mut tracks = self.tracks.lock().unwrap();
        *self.gone.lock().unwrap() = Some(error.clone());
        for entry in tracks.values_mut() {
            if let Some(answer) = entry.answer.take() {
                let _ = answer.send(Err(error.clone()));
            }
        }
    }
}

/// A track that a client publishes, until this is dropped.
pub struct LocalTrack {
    client: *mut sys::sfu_client,
    id: String,
    /// For C.
    name: std::ffi::CString,
    publishing: std::sync::Arc<Publishing>,
}

// The client is a number that the library looks up; it is told when it has gone.
unsafe impl Send for LocalTrack {}
unsafe impl Sync for LocalTrack {}

impl std::fmt::Debug for LocalTrack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalTrack").field("id", &self.id).field("sid", &self.sid()).finish()
    }
}

/// A track that is announced, and not answered yet. Dropping it takes it back.
#[derive(Debug)]
pub struct PendingTrack {
    track: LocalTrack,
    answered: Receiver<Result<()>>,
}

impl Client {
    /// Announces a track, and returns when it may be written. Waits; with a
    /// [`host_driven`](crate::EngineOptions::host_driven) engine, for turns that another thread takes. Errors: what the room
    /// says, `Closed` and others (the client has left), `Timeout` (no answer in 30 s).
    pub fn publish(&self, options: &PublishOptions) -> Result<LocalTrack> {
        must_be_free_to_wait()?;
        self.begin_publish(options)?.wait()
    }

    /// Announces a track, and returns at once: also within a callback, and on the thread that drives an engine.
    pub fn begin_publish(&self, options: &PublishOptions) -> Result<PendingTrack> {
        let (id, answered) = self.publishing.add();
        let name = std::ffi::CString::new(id.clone()).unwrap_or_default();
        let track = LocalTrack { client: self.handle.0, id, name, publishing: self.publishing.clone() };
        let mut scratch = Scratch::default();
        let options = options.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_client_publish(track.client, track.name.as_ptr(), options) })?;
        Ok(PendingTrack { track, answered })
    }
}

impl PendingTrack {
    /// The answer, or this again if there is none yet.
    pub fn try_finish(self) -> std::result::Result<Result<LocalTrack>, PendingTrack> {
        match self.answered.try_recv() {
            Ok(answer) => Ok(answer.map(|()| self.track)),
            Err(TryRecvError::Empty) => Err(self),
            Err(TryRecvError::Disconnected) => Ok(Err(gone())),
        }
    }

    /// As [`Client::publish`]. Waits.
    pub fn wait(self) -> Result<LocalTrack> {
        must_be_free_to_wait()?;
        match self.answered.recv_timeout(PATIENCE) {
            Ok(answer) => answer.map(|()| self.track),
            Err(RecvTimeoutError::Timeout) => Err(Error::new(ErrorCode::Timeout, "no answer to a publication")),
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}

fn gone() -> Error {
    Error::new(ErrorCode::Closed, "the client has gone")
}

impl LocalTrack {
    /// What [`ClientEvent`](crate::ClientEvent) calls it.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What the room calls it; another one after a reconnection that was no resumption.
    pub fn sid(&self) -> String {
        self.publishing.sid(&self.id)
    }

    pub fn set_muted(&self, muted: bool) -> Result<()> {
        check(unsafe { sys::sfu_client_set_muted(self.client, self.name.as_ptr(), muted.into()) })
    }

    /// `layer`: which of [`PublishOptions::layers`], else 0. What is written while reconnecting, or while muted, is
    /// dropped.
    pub fn write_frame(&self, frame: Frame<'_>, layer: u32) -> Result<()> {
        let mut c: sys::sfu_frame = ffi::init();
        c.timestamp = frame.timestamp;
        c.bytes = frame.data.as_ptr();
        c.length = frame.data.len();
        c.is_keyframe = frame.keyframe.into();
        check(unsafe { sys::sfu_client_write_frame(self.client, self.name.as_ptr(), &c, layer) })
    }

    /// A whole RTP packet; payload type, SSRC and header extensions are replaced.
    pub fn write_rtp(&self, packet: &[u8], layer: u32) -> Result<()> {
        let (bytes, length) = (packet.as_ptr(), packet.len());
        check(unsafe { sys::sfu_client_write_rtp(self.client, self.name.as_ptr(), bytes, length, layer) })
    }
}

impl Drop for LocalTrack {
    fn drop(&mut self) {
        self.publishing.forget(&self.id);
        unsafe { sys::sfu_client_unpublish(self.client, self.name.as_ptr()) };
    }
}
