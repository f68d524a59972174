// SPDX-License-Identifier: Apache-2.0
//! What a host that records or streams rooms itself tells of it.
use std::time::{Duration, SystemTime};

use crate::error::Result;
use crate::ffi::{self, c_enum, Scratch};
use crate::server::Server;
use crate::sys;

c_enum! {
    EgressStatus: Failed {
        Starting = SFU_EGRESS_STARTING,
        Active = SFU_EGRESS_ACTIVE,
        Ending = SFU_EGRESS_ENDING,
        Complete = SFU_EGRESS_COMPLETE,
        Failed = SFU_EGRESS_FAILED,
        Aborted = SFU_EGRESS_ABORTED,
        LimitReached = SFU_EGRESS_LIMIT_REACHED,
    }
}

c_enum! {
    EgressStreamStatus: Failed {
        Active = SFU_EGRESS_STREAM_ACTIVE,
        Finished = SFU_EGRESS_STREAM_FINISHED,
        Failed = SFU_EGRESS_STREAM_FAILED,
    }
}

/// A file that is written, or was.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressFile {
    pub filename: String,
    pub started_at: Option<SystemTime>,
    pub ended_at: Option<SystemTime>,
    pub duration: Duration,
    pub bytes: u64,
    /// Where it can be had: a path or a URL.
    pub location: String,
}

/// Where a stream is sent to, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressStream {
    pub status: EgressStreamStatus,
    /// As receivers of webhooks may see it: without its key.
    pub url: String,
    pub started_at: Option<SystemTime>,
    pub ended_at: Option<SystemTime>,
    pub duration: Duration,
    pub error: String,
}

/// A receiver of one egress's events, beside those of the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EgressWebhook {
    /// "http://" or "https://".
    pub url: String,
    /// One of the server's API keys; empty: [`WebhookOptions::api_key`](crate::WebhookOptions::api_key).
    pub signing_key: String,
}

/// A recording or a stream of the host's own, as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EgressInfo {
    pub status: EgressStatus,
    /// "EG_..." in LiveKit; any text that no other egress has.
    pub egress_id: String,
    /// [`RoomInfo::sid`](crate::RoomInfo::sid).
    pub room_id: String,
    pub room_name: String,
    /// Why it failed, for people.
    pub error: String,
    pub started_at: Option<SystemTime>,
    pub updated_at: Option<SystemTime>,
    pub ended_at: Option<SystemTime>,
    pub files: Vec<EgressFile>,
    pub streams: Vec<EgressStream>,
    /// Are told, and not part of what is told.
    pub webhooks: Vec<EgressWebhook>,
}

impl EgressInfo {
    /// One that begins, and of which nothing else is known yet.
    pub fn new(egress_id: &str) -> EgressInfo {
        EgressInfo {
            status: EgressStatus::Starting,
            egress_id: egress_id.into(),
            room_id: String::new(),
            room_name: String::new(),
            error: String::new(),
            started_at: None,
            updated_at: None,
            ended_at: None,
            files: Vec::new(),
            streams: Vec::new(),
            webhooks: Vec::new(),
        }
    }

    fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_egress_info {
        let mut c: sys::sfu_egress_info = ffi::init();
        c.status = self.status.to_c();
        c.egress_id = scratch.text(&self.egress_id);
        c.room_id = scratch.text(&self.room_id);
        c.room_name = scratch.text(&self.room_name);
        c.error = scratch.text(&self.error);
        c.started_at_ms = ffi::unix_ms(self.started_at);
        c.updated_at_ms = ffi::unix_ms(self.updated_at);
        c.ended_at_ms = ffi::unix_ms(self.ended_at);
        let files = self.files.iter().map(|file| file.to_c(scratch)).collect();
        let (files, count) = scratch.keep_all(files);
        c.files = files;
        c.file_count = count;
        let streams = self.streams.iter().map(|stream| stream.to_c(scratch)).collect();
        let (streams, count) = scratch.keep_all(streams);
        c.streams = streams;
        c.stream_count = count;
        let webhooks = self.webhooks.iter().map(|webhook| webhook.to_c(scratch)).collect();
        let (webhooks, count) = scratch.keep_all(webhooks);
        c.webhooks = webhooks;
        c.webhook_count = count;
        scratch.keep(c)
    }
}

impl EgressFile {
    fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_egress_file {
        let mut c: sys::sfu_egress_file = ffi::init();
        c.filename = scratch.text(&self.filename);
        c.started_at_ms = ffi::unix_ms(self.started_at);
        c.ended_at_ms = ffi::unix_ms(self.ended_at);
        c.duration_ms = ffi::ms(self.duration);
        c.bytes = self.bytes;
        c.location = scratch.text(&self.location);
        scratch.keep(c)
    }
}

impl EgressStream {
    fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_egress_stream {
        let mut c: sys::sfu_egress_stream = ffi::init();
        c.status = self.status.to_c();
        c.url = scratch.text(&self.url);
        c.started_at_ms = ffi::unix_ms(self.started_at);
        c.ended_at_ms = ffi::unix_ms(self.ended_at);
        c.duration_ms = ffi::ms(self.duration);
        c.error = scratch.text(&self.error);
        scratch.keep(c)
    }
}

impl EgressWebhook {
    fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_egress_webhook {
        let mut c: sys::sfu_egress_webhook = ffi::init();
        c.url = scratch.text(&self.url);
        c.signing_key = scratch.text(&self.signing_key);
        scratch.keep(c)
    }
}

impl Server {
    /// Tells the webhooks of an egress, as it is now: `Starting` as "egress_started", `Active` and `Ending` as
    /// "egress_updated", the others as "egress_ended". Errors, with nothing sent: `InvalidArgument` (no `egress_id`, a URL
    /// that cannot be posted to), `Unavailable` ([`WebhookOptions::ca_file`](crate::WebhookOptions::ca_file)), `Closed`.
    pub fn announce(&self, egress: &EgressInfo) -> Result<()> {
        let mut scratch = Scratch::default();
        let egress = egress.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_server_announce(self.0, egress) })
    }
}
