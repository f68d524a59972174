// SPDX-License-Identifier: Apache-2.0
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::client_events::{callbacks, ClientEvent};
use crate::error::{check, Error, ErrorCode, Result};
use crate::ffi::{self, handle, must_be_free_to_wait, Scratch};
use crate::media::TrackSettings;
use crate::publishing::Publishing;
use crate::room::Room;
use crate::sys;
use crate::tokens::Claims;
use crate::values::{DataOptions, ParticipantChanges, Setting};

handle! {
    ClientHandle(sfu_client, sfu_client_release)
}

/// One who is in a room: over the network ([`Client::connect`]), or of this process ([`Room::join`]). Lost connections are
/// made again by the client itself. What it is asked to do is handed over to its own thread, or to the room's worker.
/// Dropping it leaves the room, which takes up to a second.
pub struct Client {
    pub(crate) handle: ClientHandle,
    pub(crate) publishing: Arc<Publishing>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.handle.fmt(f)
    }
}

/// How a client stays in its room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientOptions {
    /// One peer connection for both ways; default: on.
    pub single_connection: Setting,
    /// To every track; default: on.
    pub auto_subscribe: Setting,
    pub adaptive_stream: bool,
    /// In place of the token's, if it allows.
    pub metadata: String,
    pub attributes: HashMap<String, String>,
    /// Where media comes from and goes to; none: every interface.
    pub media_addresses: Vec<String>,
    /// wss: PEM file of the authorities that are trusted; none: the system's.
    pub ca_file: String,
    /// Take any certificate: for tests.
    pub any_server: bool,
    /// [`ClientEvent::Frame`]; default: on.
    pub receive_frames: Setting,
    /// [`ClientEvent::Rtp`].
    pub receive_rtp: bool,
    /// Opus goes and comes as RED (RFC 2198) where the server has it, so that sound survives the loss of one packet or two,
    /// for about twice the bytes.
    pub audio_redundancy: bool,
    /// How long [`Client::connect`] waits; 30 s.
    pub connect_timeout: Option<Duration>,
}

/// Who joins a room from within this process.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LocalParticipantOptions {
    /// Who it is (`identity`, which must not be empty, `name`, `metadata`, `attributes`, `kind`), what it may (`video`),
    /// and the settings of the room that its joining makes, as a token would say it. Without `video`: all that a grant
    /// allows unless it says otherwise.
    pub claims: Claims,
    /// To every track; default: on.
    pub auto_subscribe: Setting,
    /// [`ClientEvent::Frame`]; default: on.
    pub receive_frames: Setting,
    /// [`ClientEvent::Rtp`].
    pub receive_rtp: bool,
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(30);

impl Client {
    /// Joins the room that the token grants, at "ws://host:port" or "wss://host", and returns when media and data flow, or
    /// why that did not come about. `handler` is told what happens, on the client's thread, and must not block. Waits.
    pub fn connect(
        url: &str,
        token: &str,
        options: &ClientOptions,
        handler: impl FnMut(ClientEvent<'_>) + Send + 'static,
    ) -> Result<Client> {
        must_be_free_to_wait()?;
        let mut scratch = Scratch::default();
        let mut c: sys::sfu_client_options = ffi::init();
        c.url = scratch.text(url);
        c.token = scratch.text(token);
        c.single_connection = options.single_connection.to_c();
        c.auto_subscribe = options.auto_subscribe.to_c();
        c.adaptive_stream = options.adaptive_stream.into();
        c.metadata = scratch.text(&options.metadata);
        let (attributes, count) = scratch.pairs(&options.attributes);
        c.attributes = attributes;
        c.attribute_count = count;
        let (addresses, count) = scratch.texts(&options.media_addresses);
        c.media_addresses = addresses;
        c.media_address_count = count;
        c.ca_file = scratch.text(&options.ca_file);
        c.any_server = options.any_server.into();
        c.audio_redundancy = options.audio_redundancy.into();
        c.receive_frames = options.receive_frames.to_c();
        let (publishing, ready) = Publishing::new();
        let publishing = Arc::new(publishing);
        let frames = options.receive_frames != Setting::Off;
        let hears = callbacks(Box::new(handler), publishing.clone(), frames, options.receive_rtp, &mut scratch);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_client_connect(&c, hears, &mut made) })?;
        let client = Client { handle: ClientHandle(made), publishing };
        match ready.recv_timeout(options.connect_timeout.unwrap_or(CONNECT_TIMEOUT)) {
            Ok(result) => result.map(|()| client),
            Err(_) => Err(Error::new(ErrorCode::Timeout, "no connection in time")),
        }
    }

    /// Leaves the room; [`ClientEvent::Disconnected`] follows.
    pub fn leave(&self) -> Result<()> {
        check(unsafe { sys::sfu_client_leave(self.handle.0) })
    }

    /// Asks for a track, or gives it up.
    pub fn subscribe(&self, track_sid: &str, subscribed: bool) -> Result<()> {
        let mut scratch = Scratch::default();
        let sid = scratch.text(track_sid);
        scratch.call(|| unsafe { sys::sfu_client_subscribe(self.handle.0, sid, subscribed.into()) })
    }

    /// What is wanted of a subscribed video track.
    pub fn set_track_settings(&self, track_sid: &str, settings: &TrackSettings) -> Result<()> {
        let mut scratch = Scratch::default();
        let sid = scratch.text(track_sid);
        let settings = settings.to_c();
        scratch.call(|| unsafe { sys::sfu_client_set_track_settings(self.handle.0, sid, &settings) })
    }

    /// Asks the publisher of a subscribed track for one; for frames that is done where one is needed.
    pub fn request_keyframe(&self, track_sid: &str) -> Result<()> {
        let mut scratch = Scratch::default();
        let sid = scratch.text(track_sid);
        scratch.call(|| unsafe { sys::sfu_client_request_key_frame(self.handle.0, sid) })
    }

    /// Changes the client itself, which needs a token that allows it; there must be no permission in it.
    pub fn update(&self, changes: &ParticipantChanges) -> Result<()> {
        let mut scratch = Scratch::default();
        let changes = changes.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_client_update(self.handle.0, changes) })
    }

    /// Up to 60000 bytes. While reconnecting, they wait inside. Errors: `InvalidArgument` (too large).
    pub fn send_data(&self, data: &[u8], options: &DataOptions) -> Result<()> {
        let mut scratch = Scratch::default();
        let options = options.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_client_send_data(self.handle.0, data.as_ptr(), data.len(), options) })
    }
}

impl Room {
    /// Enters the room, which is made if there is none, as a participant without a connection. To the others it is like
    /// any other. `handler` is told what happens, on the room's worker, and must not block. Errors: `InvalidArgument` (no
    /// identity), `NotFound` (no such preset), `LimitExceeded` (the room is full), `AlreadyExists`, `Closed`. Waits.
    pub fn join(
        &self,
        options: &LocalParticipantOptions,
        handler: impl FnMut(ClientEvent<'_>) + Send + 'static,
    ) -> Result<Client> {
        let mut scratch = Scratch::default();
        let mut c: sys::sfu_local_participant_options = ffi::init();
        c.claims = options.claims.to_c(&mut scratch);
        c.auto_subscribe = options.auto_subscribe.to_c();
        c.receive_frames = options.receive_frames.to_c();
        let publishing = Arc::new(Publishing::new().0);
        let frames = options.receive_frames != Setting::Off;
        let hears = callbacks(Box::new(handler), publishing.clone(), frames, options.receive_rtp, &mut scratch);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_room_join(self.0, &c, hears, &mut made) })?;
        Ok(Client { handle: ClientHandle(made), publishing })
    }
}
