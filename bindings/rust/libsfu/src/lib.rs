// SPDX-License-Identifier: Apache-2.0
//! A WebRTC SFU inside your program: servers and engines, rooms, participants in the process itself, clients over the
//! network, tokens, webhooks and the room API of LiveKit's protocol.
//!
//! ```no_run
//! use sfu::{Claims, ClientEvent, EngineOptions, LocalParticipantOptions, Server, ServerOptions};
//!
//! # fn main() -> sfu::Result<()> {
//! let keys = [("my-key".into(), "a secret of at least 32 characters".into())].into();
//! let engine = EngineOptions { keys, ..Default::default() };
//! let server = Server::new(ServerOptions { engine, ..Default::default() })?;
//! let room = server.engine()?.room("hall")?;
//! let claims = Claims { identity: "bot".into(), ..Default::default() };
//! let bot = room.join(&LocalParticipantOptions { claims, ..Default::default() }, |event| {
//!     if let ClientEvent::Frame { track_sid, codec, frame } = event {
//!         println!("{} {} {}", track_sid, codec, frame.data.len());
//!     }
//! })?;
//! # drop(bot);
//! # Ok(())
//! # }
//! ```
//!
//! **Threads.** All types are `Send` and `Sync`, and all functions may be called at once. Functions that call back run on
//! threads of the library, in order where the library says so, and must not block; a panic of theirs ends there, as if
//! they had not answered. Within them, what "waits" does nothing and gives
//! [`ErrorCode::WrongThread`].
//!
//! ```compile_fail,E0277
//! # fn refused(room: &sfu::Room) {
//! // What is told runs on another thread: an Rc cannot go there.
//! let count = std::rc::Rc::new(std::cell::Cell::new(0));
//! let _ = room.join(&Default::default(), move |_| count.set(count.get() + 1));
//! # }
//! ```
//!
//! **Lifetimes.** Dropping gives back: a [`Server`] or an [`Engine`] stops, a [`Client`] leaves, a [`LocalTrack`] is
//! unpublished, a [`Decision`] is a no; a [`Room`], [`Participant`] or [`Track`] is a name, and what it names stays.
//! The order does not matter.
//! Bytes that an event brings are borrowed:
//!
//! ```compile_fail,E0521
//! # fn refused(room: &sfu::Room) {
//! // The frame is gone when the function returns: copy what you keep.
//! let mut kept: Vec<&'static [u8]> = Vec::new();
//! let _ = room.join(&Default::default(), move |event| {
//!     if let sfu::ClientEvent::Frame { frame, .. } = event {
//!         kept.push(frame.data);
//!     }
//! });
//! # }
//! ```
//!
//! and so is what the functions use of their surroundings, which they outlive:
//!
//! ```compile_fail,E0373
//! # fn refused(room: &sfu::Room) {
//! let mut count = 0;
//! let _ = room.join(&Default::default(), |_| count += 1);
//! # }
//! ```
//!
//! A decision is taken once:
//!
//! ```compile_fail,E0382
//! # fn refused(decision: sfu::Decision) {
//! decision.allow();
//! decision.deny("after all");
//! # }
//! ```
use std::ffi::CStr;

use libsfu_sys as sys;

mod client;
mod client_events;
mod egress;
mod engine;
mod engine_options;
mod error;
mod ffi;
mod media;
mod packet_filter;
mod plugs;
mod policy;
mod publishing;
mod room;
mod room_api;
mod room_options;
mod rpc;
mod server;
mod signalling;
mod statistics;
mod streams;
mod tokens;
mod turn_options;
mod values;

pub use client::{Client, ClientOptions, LocalParticipantOptions};
pub use client_events::{ClientEvent, DisconnectReason, Speaker, StreamInfo};
pub use egress::{EgressFile, EgressInfo, EgressStatus, EgressStream, EgressStreamStatus, EgressWebhook};
pub use engine::Engine;
pub use engine_options::{EngineOptions, TurnProtocol, TurnServer};
pub use error::{Error, ErrorCode, Result};
pub use media::{
    Codec, Frame, MediaFile, MediaFileInfo, MediaSample, PublishOptions, TrackSettings, VideoLayer, VideoQuality,
};
pub use packet_filter::{AttachedFilter, PacketFilter, TrackPacket, Verdict};
pub use plugs::{
    Auth, AuthenticateFn, ClientConfigFn, ClientConfiguration, ClientDescription, ClientRule, Event, EventFn,
    EventKind, LogFn, LogLevel, RefreshFn,
};
pub use policy::{
    DataAnswer, DataFn, DataKind, DataRequest, Decision, JoinDecision, JoinRequest, Policy, PolicyParticipant,
    PublishRequest, SubscribeRequest,
};
pub use publishing::{LocalTrack, PendingTrack};
pub use room::{Participant, Room, Track};
pub use room_api::{ApiError, CreateRoomOptions, RoomApi, RoomApiOptions, ServerAnswer};
pub use room_options::{DuplicateIdentity, RoomConfiguration, RoomOptions, RoomPreset};
pub use rpc::{CallError, RpcCall, RpcError, RpcRequest, RpcResponder};
pub use server::{Port, Server, ServerOptions, WebhookCounters, WebhookOptions};
pub use signalling::{ConnectRequest, SignalEvent, SignalSession};
pub use statistics::{
    ConnectionQuality, EngineCounters, EngineStatistics, ParticipantStatistics, RoomStatistics, StreamStatistics,
    SubscriptionStatistics, WorkerStatistics,
};
pub use streams::{StreamOptions, StreamWriter};
pub use tokens::{
    access_token, AgentGrant, Claims, ParticipantKind, SipGrant, TokenOptions, TokenVerifier, VideoGrant, WebhookEvent,
    WebhookReceiver,
};
pub use turn_options::TurnOptions;
pub use values::{
    AgentDispatch, DataOptions, ParticipantChanges, ParticipantInfo, ParticipantState, Permission, RoomInfo, Setting,
    TrackInfo, TrackKind, TrackSource,
};

/// In numbers of options whose 0 is the default: none, or no limit.
pub const NONE: i32 = sys::SFU_NONE;

/// Of the library, "major.minor.patch".
pub fn version() -> String {
    // Static storage.
    unsafe { CStr::from_ptr(sys::sfu_version()) }.to_string_lossy().into_owned()
}

/// The LiveKit release whose protocol is spoken.
pub fn protocol_server_version() -> String {
    unsafe { CStr::from_ptr(sys::sfu_protocol_server_version()) }.to_string_lossy().into_owned()
}

/// Handles and results of the library that the whole process holds: for tests of what is forgotten.
pub fn live_count() -> u64 {
    unsafe { sys::sfu_live_count() }
}
