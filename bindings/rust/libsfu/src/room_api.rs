// SPDX-License-Identifier: Apache-2.0
//! The room API of a server, for programs that manage rooms from outside.
use std::collections::HashMap;
use std::fmt;
use std::os::raw::c_char;
use std::time::{Duration, SystemTime};

use crate::error::{Error, ErrorCode};
use crate::ffi::{self, handle, Scratch};
use crate::room_options::RoomConfiguration;
use crate::rpc::RpcRequest;
use crate::sys;
use crate::values::{AgentDispatch, DataOptions, ParticipantChanges, ParticipantInfo, RoomInfo, TrackInfo};

/// Where a server is, and who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomApiOptions {
    /// Bodies as JSON, not protobuf.
    pub json: bool,
    /// Take any certificate: for tests.
    pub any_server: bool,
    /// "https://host\[:port\]", or http:, ws: or wss:
    pub url: String,
    /// Signs a token for each call, good for ten minutes, that grants what this call needs and nothing else.
    pub api_key: String,
    pub api_secret: String,
    /// In place of a key: shown as it is, for all calls.
    pub token: String,
    /// Of one call; 10 s. `perform_rpc` gets the time of the request beyond it.
    pub timeout: Option<Duration>,
    /// https: PEM file of the authorities that are trusted; none: the system's.
    pub ca_file: String,
}

/// What a server said of a call that failed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServerAnswer {
    /// 0: no answer came.
    pub http_status: i32,
    /// Twirp's: "not_found", "unauthenticated" ...; empty: it is no answer of the API.
    pub code: String,
    /// What the server adds.
    pub meta: HashMap<String, String>,
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    pub code: ErrorCode,
    pub message: String,
    /// None: the call never went out.
    pub answer: Option<ServerAnswer>,
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for ApiError {}

type Result<T> = std::result::Result<T, ApiError>;

/// What the server said is the thread's, and of the same call if the texts are the same.
fn explained(error: Error) -> ApiError {
    let said = Scratch::default().fetch(
        |said| unsafe { sys::sfu_room_api_get_last_error(said) },
        |said| {
            let c = unsafe { &*said };
            let meta = ffi::pairs(c.meta, c.meta_count);
            (ffi::text(c.message), ServerAnswer { http_status: c.http_status, code: ffi::text(c.code), meta })
        },
    );
    let answer = said.ok().filter(|(message, _)| *message == error.message).map(|(_, answer)| answer);
    ApiError { code: error.code, message: error.message, answer }
}

handle! {
    /// The room API of a LiveKit server, or of this library's. Every call waits for its answer; calls may overlap.
    RoomApi(sfu_room_api, sfu_room_api_release)
}

/// What a room is made with; what is empty is left to the preset, and then to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreateRoomOptions {
    pub configuration: RoomConfiguration,
    pub preset: String,
    /// Of the server that is to have it; empty: any.
    pub node_id: String,
}

/// A call about a room, or one of its people.
struct Call {
    scratch: Scratch,
    room: *const c_char,
    identity: *const c_char,
}

impl Call {
    fn of(room: &str, identity: &str) -> Call {
        let mut scratch = Scratch::default();
        let (room, identity) = (scratch.text(room), scratch.text(identity));
        Call { scratch, room, identity }
    }

    fn text(&mut self, text: &str) -> *const c_char {
        self.scratch.text(text)
    }

    fn make(self, call: impl FnOnce() -> sys::sfu_status) -> Result<()> {
        self.scratch.call(call).map_err(explained)
    }

    fn fetch<R, V>(
        self,
        call: impl FnOnce(*mut *const R) -> sys::sfu_status,
        read: impl FnOnce(*const R) -> V,
    ) -> Result<V> {
        self.scratch.fetch(call, read).map_err(explained)
    }
}

fn read_room(c: *const sys::sfu_room_info) -> RoomInfo {
    RoomInfo::read(unsafe { &*c })
}

fn read_participant(c: *const sys::sfu_participant_info) -> ParticipantInfo {
    ParticipantInfo::read(unsafe { &*c })
}

fn read_dispatch(c: *const sys::sfu_agent_dispatch) -> AgentDispatch {
    AgentDispatch::read(unsafe { &*c })
}

impl RoomApi {
    /// Connects to nothing yet. Errors: `InvalidArgument` (the URL; neither a key with its secret nor a token),
    /// `Unavailable` (the authorities' file).
    pub fn new(options: &RoomApiOptions) -> crate::Result<RoomApi> {
        let mut scratch = Scratch::default();
        let mut c: sys::sfu_room_api_options = ffi::init();
        c.json = options.json.into();
        c.any_server = options.any_server.into();
        c.url = scratch.text(&options.url);
        c.api_key = scratch.text(&options.api_key);
        c.api_secret = scratch.text(&options.api_secret);
        c.token = scratch.text(&options.token);
        c.timeout_ms = options.timeout.map_or(0, ffi::ms);
        c.ca_file = scratch.text(&options.ca_file);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_room_api_create(&c, &mut made) })?;
        Ok(RoomApi(made))
    }

    /// One that exists stays as it is.
    pub fn create_room(&self, name: &str, options: &CreateRoomOptions) -> Result<RoomInfo> {
        let mut call = Call::of(name, "");
        let name = call.room;
        let mut how: sys::sfu_create_room_options = ffi::init();
        how.configuration = options.configuration.to_c(&mut call.scratch);
        how.preset = call.text(&options.preset);
        how.node_id = call.text(&options.node_id);
        call.fetch(|info| unsafe { sys::sfu_room_api_create_room(self.0, name, &how, info) }, read_room)
    }

    /// Those of these names; all, if none is given.
    pub fn list_rooms(&self, names: &[&str]) -> Result<Vec<RoomInfo>> {
        let mut call = Call::of("", "");
        let (names, count) = call.scratch.texts(names);
        call.fetch(|rooms| unsafe { sys::sfu_room_api_list_rooms(self.0, names, count, rooms) }, RoomInfo::read_list)
    }

    /// Disconnects everybody and ends the room.
    pub fn delete_room(&self, room: &str) -> Result<()> {
        let call = Call::of(room, "");
        let room = call.room;
        call.make(|| unsafe { sys::sfu_room_api_delete_room(self.0, room) })
    }

    /// Gives the room as it is then.
    pub fn update_room_metadata(&self, room: &str, metadata: &str) -> Result<RoomInfo> {
        let mut call = Call::of(room, "");
        let (room, metadata) = (call.room, call.text(metadata));
        call.fetch(|info| unsafe { sys::sfu_room_api_update_room_metadata(self.0, room, metadata, info) }, read_room)
    }

    /// Without a nonce one is made.
    pub fn send_data(&self, room: &str, data: &[u8], options: &DataOptions) -> Result<()> {
        let mut call = Call::of(room, "");
        let (room, options) = (call.room, options.to_c(&mut call.scratch));
        call.make(|| unsafe { sys::sfu_room_api_send_data(self.0, room, data.as_ptr(), data.len(), options) })
    }

    /// Those who are in the room.
    pub fn list_participants(&self, room: &str) -> Result<Vec<ParticipantInfo>> {
        let call = Call::of(room, "");
        let room = call.room;
        call.fetch(
            |list| unsafe { sys::sfu_room_api_list_participants(self.0, room, list) },
            ParticipantInfo::read_list,
        )
    }

    /// One of them.
    pub fn get_participant(&self, room: &str, identity: &str) -> Result<ParticipantInfo> {
        let call = Call::of(room, identity);
        let (room, identity) = (call.room, call.identity);
        call.fetch(|info| unsafe { sys::sfu_room_api_get_participant(self.0, room, identity, info) }, read_participant)
    }

    /// Disconnects it. Tokens for it that were made before `revoke_before` do not let it in again; whole seconds.
    pub fn remove_participant(&self, room: &str, identity: &str, revoke_before: Option<SystemTime>) -> Result<()> {
        let call = Call::of(room, identity);
        let (room, identity, before) = (call.room, call.identity, ffi::unix_ms(revoke_before));
        call.make(|| unsafe { sys::sfu_room_api_remove_participant(self.0, room, identity, before) })
    }

    /// Gives the track as it is then, or none if there is none of that sid.
    pub fn mute_published_track(
        &self,
        room: &str,
        identity: &str,
        track_sid: &str,
        muted: bool,
    ) -> Result<Option<TrackInfo>> {
        let mut call = Call::of(room, identity);
        let (room, identity, sid) = (call.room, call.identity, call.text(track_sid));
        call.fetch(
            |info| unsafe { sys::sfu_room_api_mute_published_track(self.0, room, identity, sid, muted.into(), info) },
            |info| ffi::maybe(info, TrackInfo::read),
        )
    }

    /// Gives the participant as it is then.
    pub fn update_participant(
        &self,
        room: &str,
        identity: &str,
        changes: &ParticipantChanges,
    ) -> Result<ParticipantInfo> {
        let mut call = Call::of(room, identity);
        let (room, identity, changes) = (call.room, call.identity, changes.to_c(&mut call.scratch));
        call.fetch(
            |info| unsafe { sys::sfu_room_api_update_participant(self.0, room, identity, changes, info) },
            read_participant,
        )
    }

    /// Subscribes it to tracks of others, or unsubscribes it.
    pub fn update_subscriptions(&self, room: &str, identity: &str, track_sids: &[&str], subscribe: bool) -> Result<()> {
        let mut call = Call::of(room, identity);
        let (room, identity) = (call.room, call.identity);
        let (sids, count) = call.scratch.texts(track_sids);
        call.make(|| unsafe {
            sys::sfu_room_api_update_subscriptions(self.0, room, identity, sids, count, subscribe.into())
        })
    }

    /// Shows it in another room as well.
    pub fn forward_participant(&self, room: &str, identity: &str, destination: &str) -> Result<()> {
        let mut call = Call::of(room, identity);
        let (room, identity, to) = (call.room, call.identity, call.text(destination));
        call.make(|| unsafe { sys::sfu_room_api_forward_participant(self.0, room, identity, to) })
    }

    /// Moves it into another room.
    pub fn move_participant(&self, room: &str, identity: &str, destination: &str) -> Result<()> {
        let mut call = Call::of(room, identity);
        let (room, identity, to) = (call.room, call.identity, call.text(destination));
        call.make(|| unsafe { sys::sfu_room_api_move_participant(self.0, room, identity, to) })
    }

    /// Calls a method of a participant's client, and gives its answer.
    pub fn perform_rpc(&self, room: &str, identity: &str, request: &RpcRequest) -> Result<String> {
        let mut call = Call::of(room, identity);
        let (room, identity, request) = (call.room, call.identity, request.to_c(&mut call.scratch));
        call.fetch(
            |payload| unsafe {
                sys::sfu_room_api_perform_rpc(self.0, room, identity, request, payload as *mut *mut c_char)
            },
            ffi::text,
        )
    }

    /// Asks for an agent, and gives it as the server has it.
    pub fn create_dispatch(&self, room: &str, dispatch: &AgentDispatch) -> Result<AgentDispatch> {
        let mut call = Call::of(room, "");
        let (room, dispatch) = (call.room, dispatch.to_c(&mut call.scratch));
        call.fetch(
            |created| unsafe { sys::sfu_room_api_create_dispatch(self.0, room, dispatch, created) },
            read_dispatch,
        )
    }

    /// Gives the one that was deleted.
    pub fn delete_dispatch(&self, room: &str, id: &str) -> Result<AgentDispatch> {
        let mut call = Call::of(room, "");
        let (room, id) = (call.room, call.text(id));
        call.fetch(|deleted| unsafe { sys::sfu_room_api_delete_dispatch(self.0, room, id, deleted) }, read_dispatch)
    }

    /// The one of this id; all, if it is empty.
    pub fn list_dispatches(&self, room: &str, id: &str) -> Result<Vec<AgentDispatch>> {
        let mut call = Call::of(room, "");
        let (room, id) = (call.room, call.text(id));
        call.fetch(
            |list| unsafe { sys::sfu_room_api_list_dispatches(self.0, room, id, list) },
            AgentDispatch::read_list,
        )
    }
}
