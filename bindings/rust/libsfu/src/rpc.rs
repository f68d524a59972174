// SPDX-License-Identifier: Apache-2.0
//! Remote procedure calls between participants.
use std::fmt;
use std::os::raw::c_void;
use std::sync::mpsc::{channel, Sender};
use std::sync::Mutex;
use std::time::Duration;

use crate::client::Client;
use crate::error::{Error, ErrorCode, Result};
use crate::ffi::{self, called, handle, must_be_free_to_wait, Scratch};
use crate::room::Participant;
use crate::sys;

/// A call of a method that a participant's client has registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RpcRequest {
    pub method: String,
    /// At most 15 KiB.
    pub payload: String,
    /// 10 s; of a client's: 15 s.
    pub response_timeout: Option<Duration>,
}

impl RpcRequest {
    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_rpc_request {
        let mut c: sys::sfu_rpc_request = ffi::init();
        c.method = scratch.text(&self.method);
        c.payload = scratch.text(&self.payload);
        c.response_timeout_ms = self.response_timeout.map_or(0, ffi::ms);
        scratch.keep(c)
    }
}

/// How a call failed. Codes 1001 to 1999 are LiveKit's (1400: no such method; 1402: the payload is too large; 1500: it
/// failed; 1501: no connection; 1502: no answer in time; 1503: the callee left); others are the callee's own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RpcError {
    pub code: u32,
    pub message: String,
    pub data: String,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CallError {
    /// The call was made, and failed.
    Failed(RpcError),
    /// It was not made.
    Refused(Error),
}

impl fmt::Display for CallError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CallError::Failed(error) => write!(f, "the call failed: {} {}", error.code, error.message),
            CallError::Refused(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CallError {}

impl From<Error> for CallError {
    fn from(error: Error) -> Self {
        CallError::Refused(error)
    }
}

type Answer = std::result::Result<String, RpcError>;

extern "C" fn done(user: *mut c_void, result: *const sys::sfu_rpc_result) {
    let answer = unsafe { Box::from_raw(user as *mut Sender<Answer>) };
    let c = unsafe { &*result };
    let _ = answer.send(match c.error_code {
        0 => Ok(ffi::text(c.payload)),
        code => Err(RpcError { code, message: ffi::text(c.error_message), data: ffi::text(c.error_data) }),
    });
}

/// Makes a call, and waits for its answer, which comes in any case.
fn perform(
    scratch: Scratch,
    begin: impl FnOnce(sys::sfu_rpc_done, *mut c_void) -> sys::sfu_status,
) -> std::result::Result<String, CallError> {
    must_be_free_to_wait()?;
    let (answer, answered) = channel::<Answer>();
    let user = Box::into_raw(Box::new(answer));
    if let Err(error) = scratch.call(|| begin(Some(done), user as *mut c_void)) {
        drop(unsafe { Box::from_raw(user) });
        return Err(error.into());
    }
    match answered.recv() {
        Ok(answer) => answer.map_err(CallError::Failed),
        Err(_) => Err(Error::new(ErrorCode::Internal, "a call without an answer").into()),
    }
}

impl Client {
    /// Calls a method of another participant. Waits for the answer.
    pub fn perform_rpc(&self, identity: &str, request: &RpcRequest) -> std::result::Result<String, CallError> {
        let mut scratch = Scratch::default();
        let identity = scratch.text(identity);
        let request = request.to_c(&mut scratch);
        perform(scratch, |done, user| unsafe {
            sys::sfu_client_perform_rpc(self.handle.0, identity, request, done, user)
        })
    }

    /// Calls of this method come to `handler`, on the client's thread; it answers now or later. Replaces an earlier one.
    pub fn register_rpc(
        &self,
        method: &str,
        handler: impl FnMut(RpcCall, RpcResponder) + Send + 'static,
    ) -> Result<()> {
        let mut scratch = Scratch::default();
        let method = scratch.text(method);
        let handler: Handler = Mutex::new(Box::new(handler));
        let (user, dropped) = scratch.user(handler);
        let mut c: sys::sfu_rpc_callbacks = ffi::init();
        c.user = user;
        c.dropped = dropped;
        c.on_call = Some(on_call);
        scratch.call(|| unsafe { sys::sfu_client_register_rpc(self.handle.0, method, &c) })
    }

    pub fn unregister_rpc(&self, method: &str) -> Result<()> {
        let mut scratch = Scratch::default();
        let method = scratch.text(method);
        scratch.call(|| unsafe { sys::sfu_client_unregister_rpc(self.handle.0, method) })
    }
}

impl Participant {
    /// Calls a method of the participant's client. Waits for the answer.
    pub fn perform_rpc(&self, request: &RpcRequest) -> std::result::Result<String, CallError> {
        let mut scratch = Scratch::default();
        let request = request.to_c(&mut scratch);
        perform(scratch, |done, user| unsafe { sys::sfu_participant_perform_rpc(self.0, request, done, user) })
    }
}

/// A call that comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcCall {
    /// Identity.
    pub caller: String,
    pub method: String,
    pub payload: String,
    /// How long the caller waits.
    pub timeout: Duration,
}

handle! {
    /// Answers one call, on any thread. If it is dropped without an answer, the caller is told 1500.
    RpcResponder(sfu_rpc_responder, sfu_rpc_responder_release)
}

impl RpcResponder {
    /// After the client has gone it does nothing.
    pub fn answer(self, payload: &str) -> Result<()> {
        let mut scratch = Scratch::default();
        let mut c: sys::sfu_rpc_result = ffi::init();
        c.payload = scratch.text(payload);
        scratch.call(|| unsafe { sys::sfu_rpc_responder_answer(self.0, &c) })
    }

    pub fn fail(self, error: &RpcError) -> Result<()> {
        let mut scratch = Scratch::default();
        let mut c: sys::sfu_rpc_result = ffi::init();
        c.error_code = error.code;
        c.error_message = scratch.text(&error.message);
        c.error_data = scratch.text(&error.data);
        scratch.call(|| unsafe { sys::sfu_rpc_responder_answer(self.0, &c) })
    }
}

type Handler = Mutex<Box<dyn FnMut(RpcCall, RpcResponder) + Send>>;

extern "C" fn on_call(user: *mut c_void, call: *const sys::sfu_rpc_call, responder: *mut sys::sfu_rpc_responder) {
    let responder = RpcResponder(responder);
    called::<Handler>(user, move |handler| {
        let c = unsafe { &*call };
        let call = RpcCall {
            caller: ffi::text(c.caller),
            method: ffi::text(c.method),
            payload: ffi::text(c.payload),
            timeout: ffi::duration(c.timeout_ms),
        };
        let mut handler = handler.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        handler(call, responder);
    });
}
