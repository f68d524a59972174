// SPDX-License-Identifier: Apache-2.0
//! One client's signalling connection, without the HTTP: for hosts with an HTTP stack of their own.
use std::os::raw::{c_char, c_void};
use std::sync::Mutex;

use crate::engine::Engine;
use crate::error::{check, Result};
use crate::ffi::{self, called, handle, Scratch};
use crate::sys;

/// The HTTP request that wants to become a signalling WebSocket (GET /rtc or /rtc/v1), or asks whether it could.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConnectRequest {
    /// "/rtc", "/rtc/v1"; with "/validate" to check only.
    pub path: String,
    /// Percent-decoded.
    pub query: Vec<(String, String)>,
    /// Names in any case.
    pub headers: Vec<(String, String)>,
    /// Of the socket; proxy headers are looked at here.
    pub remote_address: String,
}

impl ConnectRequest {
    fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_connect_request {
        let mut c: sys::sfu_connect_request = ffi::init();
        c.path = scratch.text(&self.path);
        let (query, count) = listed(&self.query, scratch);
        c.query = query;
        c.query_count = count;
        let (headers, count) = listed(&self.headers, scratch);
        c.headers = headers;
        c.header_count = count;
        c.remote_address = scratch.text(&self.remote_address);
        scratch.keep(c)
    }
}

fn listed(pairs: &[(String, String)], scratch: &mut Scratch) -> (*const sys::sfu_pair, usize) {
    let made =
        pairs.iter().map(|(key, value)| sys::sfu_pair { key: scratch.text(key), value: scratch.text(value) }).collect();
    scratch.keep_all(made)
}

/// What the WebSocket is to do, in order, until `Close` or `Rejected`.
#[derive(Debug, PartialEq, Eq)]
pub enum SignalEvent<'a> {
    /// Complete the upgrade (101); messages may follow at once.
    Accepted,
    /// Answer the request with this status and text instead.
    Rejected { status: u16, body: String },
    /// Send one message: text (JSON) or binary (protobuf).
    Send { message: &'a [u8], text: bool },
    /// Close with this code and no reason, after what was sent.
    Close { code: u16 },
}

type Handler = Mutex<Box<dyn FnMut(SignalEvent<'_>) + Send>>;

fn tell(user: *mut c_void, event: SignalEvent<'_>) {
    called::<Handler>(user, |handler| {
        let mut handler = handler.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        handler(event);
    });
}

extern "C" fn accepted(user: *mut c_void) {
    tell(user, SignalEvent::Accepted);
}

extern "C" fn rejected(user: *mut c_void, status: i32, body: *const c_char) {
    tell(user, SignalEvent::Rejected { status: u16::try_from(status).unwrap_or(500), body: ffi::text(body) });
}

extern "C" fn send(user: *mut c_void, message: *const u8, length: usize, text: sys::sfu_bool) {
    tell(user, SignalEvent::Send { message: ffi::slice(message, length), text: text != 0 });
}

extern "C" fn close(user: *mut c_void, code: u16) {
    tell(user, SignalEvent::Close { code });
}

handle! {
    /// One client's signalling connection. Dropping it tells that the WebSocket is gone.
    SignalSession(sfu_signal_session, sfu_signal_session_release)
}

impl SignalSession {
    /// One WebSocket message from the client; of one session from one thread at a time, in order.
    pub fn receive(&self, message: &[u8], text: bool) -> Result<()> {
        let (bytes, length) = (message.as_ptr(), message.len());
        check(unsafe { sys::sfu_signal_session_receive(self.0, bytes, length, text.into()) })
    }

    /// The WebSocket is gone, however that came.
    pub fn disconnected(&self) -> Result<()> {
        check(unsafe { sys::sfu_signal_session_disconnected(self.0) })
    }
}

impl Engine {
    /// Begins a signalling connection; `handler` is told what to do, on a worker, maybe before this returns.
    pub fn connect(
        &self,
        request: &ConnectRequest,
        handler: impl FnMut(SignalEvent<'_>) + Send + 'static,
    ) -> Result<SignalSession> {
        let mut scratch = Scratch::default();
        let request = request.to_c(&mut scratch);
        let handler: Handler = Mutex::new(Box::new(handler));
        let (user, dropped) = scratch.user(handler);
        let mut c: sys::sfu_signal_callbacks = ffi::init();
        c.user = user;
        c.dropped = dropped;
        c.accepted = Some(accepted);
        c.rejected = Some(rejected);
        c.send = Some(send);
        c.close = Some(close);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_engine_connect(self.0, request, &c, &mut made) })?;
        Ok(SignalSession(made))
    }

    /// The answer, status and body, to a request that is no WebSocket upgrade: for /rtc/validate what a connection would
    /// be told, without its effects. Waits.
    pub fn validate(&self, request: &ConnectRequest) -> Result<(u16, String)> {
        let mut scratch = Scratch::default();
        let request = request.to_c(&mut scratch);
        let mut status = 0;
        let body = scratch.fetch(
            |body| unsafe { sys::sfu_engine_validate(self.0, request, &mut status, body as *mut *mut c_char) },
            ffi::text,
        )?;
        Ok((u16::try_from(status).unwrap_or(500), body))
    }
}
