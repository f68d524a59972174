// SPDX-License-Identifier: Apache-2.0
use std::collections::HashMap;
use std::ffi::CString;
use std::os::raw::c_char;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::client::Client;
use crate::error::{check, Result};
use crate::ffi::{self, Scratch};
use crate::sys;

/// What a stream is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamOptions {
    pub topic: String,
    /// Identities; none: everyone.
    pub to: Vec<String>,
    pub attributes: HashMap<String, String>,
    /// Empty: text/plain, application/octet-stream.
    pub mime_type: String,
    /// Of byte streams: the file's.
    pub name: String,
    /// Of text streams: another's id.
    pub reply_to: String,
}

impl StreamOptions {
    fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_stream_options {
        let mut c: sys::sfu_stream_options = ffi::init();
        c.topic = scratch.text(&self.topic);
        let (to, count) = scratch.texts(&self.to);
        c.to = to;
        c.to_count = count;
        let (attributes, count) = scratch.pairs(&self.attributes);
        c.attributes = attributes;
        c.attribute_count = count;
        c.mime_type = scratch.text(&self.mime_type);
        c.name = scratch.text(&self.name);
        c.reply_to = scratch.text(&self.reply_to);
        scratch.keep(c)
    }
}

/// A stream that grows; dropping it says that it is whole.
pub struct StreamWriter<'a> {
    client: &'a Client,
    id: CString,
    open: bool,
}

/// Nobody in the room may have the same: what no clock and no counter of another process has.
fn new_id() -> CString {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_nanos());
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let id = format!("{:x}-{:x}-{:x}", now, std::process::id(), count);
    CString::new(id).unwrap_or_default()
}

impl Client {
    /// A whole text stream.
    pub fn send_text(&self, text: &str, options: &StreamOptions) -> Result<()> {
        let mut scratch = Scratch::default();
        let options = options.to_c(&mut scratch);
        let (bytes, length) = (text.as_ptr() as *const c_char, text.len());
        scratch.call(|| unsafe { sys::sfu_client_send_text(self.handle.0, bytes, length, options) })
    }

    /// A whole byte stream.
    pub fn send_bytes(&self, data: &[u8], options: &StreamOptions) -> Result<()> {
        let mut scratch = Scratch::default();
        let options = options.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_client_send_bytes(self.handle.0, data.as_ptr(), data.len(), options) })
    }

    /// Begins a stream of text, or of bytes.
    pub fn open_stream(&self, text: bool, options: &StreamOptions) -> Result<StreamWriter<'_>> {
        let mut scratch = Scratch::default();
        let options = options.to_c(&mut scratch);
        let id = new_id();
        scratch.call(|| unsafe { sys::sfu_client_open_stream(self.handle.0, id.as_ptr(), text.into(), options) })?;
        Ok(StreamWriter { client: self, id, open: true })
    }
}

impl StreamWriter<'_> {
    /// That of the stream, for its receivers too.
    pub fn id(&self) -> &str {
        self.id.to_str().unwrap_or("")
    }

    /// Sends more of it.
    pub fn write(&mut self, data: &[u8]) -> Result<()> {
        let client = self.client.handle.0;
        check(unsafe { sys::sfu_client_write_stream(client, self.id.as_ptr(), data.as_ptr(), data.len()) })
    }

    /// It is whole.
    pub fn finish(mut self) -> Result<()> {
        self.close("")
    }

    /// It ends before it is whole; why.
    pub fn abort(mut self, reason: &str) -> Result<()> {
        self.close(reason)
    }

    fn close(&mut self, reason: &str) -> Result<()> {
        self.open = false;
        let mut scratch = Scratch::default();
        let reason = scratch.text(reason);
        scratch.call(|| unsafe { sys::sfu_client_close_stream(self.client.handle.0, self.id.as_ptr(), reason) })
    }
}

impl Drop for StreamWriter<'_> {
    fn drop(&mut self) {
        if self.open {
            let _ = self.close("");
        }
    }
}
