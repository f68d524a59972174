// SPDX-License-Identifier: Apache-2.0
//! The host's say in its rooms, beyond what tokens grant.
use std::os::raw::c_void;

use crate::error::Result;
use crate::ffi::{self, c_enum, called, handle, Scratch};
use crate::sys;
use crate::tokens::{Claims, VideoGrant};
use crate::values::TrackInfo;

/// Decides on what is asked. What is none is allowed. Functions run on the worker of the room, which forwards no media
/// meanwhile; a decision may be taken elsewhere and later, and then holds up the one matter alone. What is not decided
/// within [`EngineOptions::policy_timeout`](crate::EngineOptions::policy_timeout), or by a function that panics, is
/// denied.
#[derive(Default)]
pub struct Policy {
    /// Each new session, before the room is made. Denied: the HTTP request is answered with 403 and the reason.
    pub on_join: Option<Box<dyn Fn(JoinRequest, JoinDecision) + Send + Sync>>,
    /// Once for each track, in all its codecs. Denied: the client is told the reason.
    pub on_publish: Option<Box<dyn Fn(PublishRequest, Decision) + Send + Sync>>,
    /// For each subscriber of each track.
    pub on_subscribe: Option<Box<dyn Fn(SubscribeRequest, Decision) + Send + Sync>>,
    /// Each packet of data, in the order in which its sender sent it.
    pub on_data: Option<DataFn>,
}

/// Says what becomes of data.
pub type DataFn = Box<dyn Fn(&DataRequest<'_>) -> DataAnswer + Send + Sync>;

handle! {
    /// An answer that the engine waits for, to be given on any thread. One that is dropped is a no.
    Decision(sfu_decision, sfu_decision_release)
}

impl Decision {
    pub fn allow(self) {
        unsafe { sys::sfu_decision_allow(self.0) };
    }

    /// With the reason for the client, where the protocol has a place for it.
    pub fn deny(self, reason: &str) {
        let mut scratch = Scratch::default();
        let reason = scratch.text(reason);
        // A reason that cannot be said leaves the no that dropping is.
        let _ = scratch.call(|| unsafe { sys::sfu_decision_deny(self.0, reason) });
    }
}

/// Decides on a join.
#[derive(Debug)]
pub struct JoinDecision(Decision);

impl JoinDecision {
    pub fn allow(self) {
        self.0.allow();
    }

    /// With these in place of the token's grants; `room` and `room_join` stay what they are.
    pub fn allow_with(self, grants: &VideoGrant) -> Result<()> {
        let mut scratch = Scratch::default();
        let grants = grants.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_decision_allow_with(self.0 .0, grants) })
    }

    pub fn deny(self, reason: &str) {
        self.0.deny(reason);
    }
}

/// Somebody with a good token wants to join a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinRequest {
    /// Of the token: `identity`, `video.room`.
    pub claims: Claims,
    pub client_address: String,
    /// No: this join would make it.
    pub room_exists: bool,
    /// One of this identity.
    pub already_there: bool,
    /// Asked by GET .../validate: nobody joins yet.
    pub checking: bool,
    /// That are in the room, hidden ones, agents and recorders among them.
    pub participants: u64,
}

/// A participant as a policy sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyParticipant {
    pub identity: String,
    pub sid: String,
    pub metadata: String,
    pub agent: bool,
    pub recorder: bool,
}

impl PolicyParticipant {
    fn read(c: *const sys::sfu_policy_participant) -> Self {
        let c = unsafe { &*c };
        PolicyParticipant {
            identity: ffi::text(c.identity),
            sid: ffi::text(c.sid),
            metadata: ffi::text(c.metadata),
            agent: c.agent != 0,
            recorder: c.recorder != 0,
        }
    }
}

/// A participant announces a track, also of data. It has no sid yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishRequest {
    pub room: String,
    pub publisher: PolicyParticipant,
    pub track: TrackInfo,
}

/// A participant is about to get a track of another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubscribeRequest {
    pub room: String,
    pub subscriber: PolicyParticipant,
    pub publisher: PolicyParticipant,
    pub track: TrackInfo,
}

c_enum! {
    DataKind: Other {
        User = SFU_DATA_USER,
        Chat = SFU_DATA_CHAT,
        StreamStart = SFU_DATA_STREAM_START,
        StreamChunk = SFU_DATA_STREAM_CHUNK,
        StreamEnd = SFU_DATA_STREAM_END,
        RpcRequest = SFU_DATA_RPC_REQUEST,
        RpcAnswer = SFU_DATA_RPC_ANSWER,
        Encrypted = SFU_DATA_ENCRYPTED,
        Other = SFU_DATA_OTHER,
    }
}

/// A participant sends data to others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataRequest<'a> {
    pub room: String,
    pub sender: PolicyParticipant,
    pub kind: DataKind,
    pub reliable: bool,
    /// Of `User` and `StreamStart`; the method of `RpcRequest`.
    pub topic: String,
    /// Of the stream, or of the call.
    pub id: String,
    /// As its sender sent it: a stream's or a call's may be compressed.
    pub payload: &'a [u8],
    pub to_identities: Vec<String>,
    /// Both empty: to all others.
    pub to_sids: Vec<String>,
}

/// What becomes of data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DataAnswer {
    Pass,
    /// Its sender is not told.
    Drop,
    /// This in place of the sender's payload, where the request has one.
    Replace(Vec<u8>),
}

extern "C" fn on_join(user: *mut c_void, request: *const sys::sfu_join_request, decision: *mut sys::sfu_decision) {
    let decision = JoinDecision(Decision(decision));
    called::<Policy>(user, move |host| {
        let c = unsafe { &*request };
        let request = JoinRequest {
            claims: Claims::read(unsafe { &*c.claims }),
            client_address: ffi::text(c.client_address),
            room_exists: c.room_exists != 0,
            already_there: c.already_there != 0,
            checking: c.checking != 0,
            participants: c.participants,
        };
        if let Some(ask) = &host.on_join {
            ask(request, decision);
        }
    });
}

extern "C" fn on_publish(
    user: *mut c_void,
    request: *const sys::sfu_publish_request,
    decision: *mut sys::sfu_decision,
) {
    let decision = Decision(decision);
    called::<Policy>(user, move |host| {
        let c = unsafe { &*request };
        let request = PublishRequest {
            room: ffi::text(c.room),
            publisher: PolicyParticipant::read(c.publisher),
            track: TrackInfo::read(unsafe { &*c.track }),
        };
        if let Some(ask) = &host.on_publish {
            ask(request, decision);
        }
    });
}

extern "C" fn on_subscribe(
    user: *mut c_void,
    request: *const sys::sfu_subscribe_request,
    decision: *mut sys::sfu_decision,
) {
    let decision = Decision(decision);
    called::<Policy>(user, move |host| {
        let c = unsafe { &*request };
        let request = SubscribeRequest {
            room: ffi::text(c.room),
            subscriber: PolicyParticipant::read(c.subscriber),
            publisher: PolicyParticipant::read(c.publisher),
            track: TrackInfo::read(unsafe { &*c.track }),
        };
        if let Some(ask) = &host.on_subscribe {
            ask(request, decision);
        }
    });
}

extern "C" fn on_data(user: *mut c_void, request: *const sys::sfu_data_request, answer: *mut sys::sfu_answer) {
    called::<Policy>(user, |host| {
        let c = unsafe { &*request };
        let request = DataRequest {
            room: ffi::text(c.room),
            sender: PolicyParticipant::read(c.sender),
            kind: DataKind::from_c(c.kind),
            reliable: c.reliable != 0,
            topic: ffi::text(c.topic),
            id: ffi::text(c.id),
            payload: ffi::slice(c.payload, c.payload_length),
            to_identities: ffi::texts(c.to_identities, c.to_identity_count),
            to_sids: ffi::texts(c.to_sids, c.to_sid_count),
        };
        match host.on_data.as_ref().map_or(DataAnswer::Drop, |ask| ask(&request)) {
            DataAnswer::Pass => unsafe { sys::sfu_answer_pass(answer) },
            DataAnswer::Replace(with) => unsafe { sys::sfu_answer_payload(answer, with.as_ptr(), with.len()) },
            DataAnswer::Drop => sys::SFU_OK,
        };
    });
}

pub(crate) fn callbacks(host: Policy, scratch: &mut Scratch) -> *const sys::sfu_policy_callbacks {
    let mut c: sys::sfu_policy_callbacks = ffi::init();
    if host.on_join.is_some() {
        c.on_join = Some(on_join);
    }
    if host.on_publish.is_some() {
        c.on_publish = Some(on_publish);
    }
    if host.on_subscribe.is_some() {
        c.on_subscribe = Some(on_subscribe);
    }
    if host.on_data.is_some() {
        c.on_data = Some(on_data);
    }
    let (user, dropped) = scratch.user(host);
    c.user = user;
    c.dropped = dropped;
    scratch.keep(c)
}
