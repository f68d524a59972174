// SPDX-License-Identifier: Apache-2.0
//! What an engine asks its host, and tells it: who somebody is, what happens, what the log says.
use std::os::raw::{c_char, c_void};
use std::time::{Duration, SystemTime};

use crate::ffi::{self, c_enum, called, Scratch};
use crate::sys;
use crate::tokens::Claims;
use crate::values::{ParticipantInfo, RoomInfo, Setting, TrackInfo};

c_enum! {
    LogLevel: Default {
        Default = SFU_LOG_DEFAULT,
        Debug = SFU_LOG_DEBUG,
        Info = SFU_LOG_INFO,
        Warn = SFU_LOG_WARN,
        Error = SFU_LOG_ERROR,
        Off = SFU_LOG_OFF,
    }
}

/// Takes lines, on any thread of the library, also at once: level, message, and what else is said.
pub type LogFn = Box<dyn Fn(LogLevel, &str, &[(String, String)]) + Send + Sync>;

extern "C" fn log(
    user: *mut c_void,
    level: sys::sfu_log_level,
    message: *const c_char,
    fields: *const sys::sfu_pair,
    count: usize,
) {
    called::<LogFn>(user, |host| {
        let fields: Vec<_> =
            ffi::slice(fields, count).iter().map(|pair| (ffi::text(pair.key), ffi::text(pair.value))).collect();
        host(LogLevel::from_c(level), &ffi::text(message), &fields);
    });
}

pub(crate) fn log_callbacks(host: LogFn, scratch: &mut Scratch) -> *const sys::sfu_log_callbacks {
    let mut c: sys::sfu_log_callbacks = ffi::init();
    let (user, dropped) = scratch.user(host);
    c.user = user;
    c.dropped = dropped;
    c.log = Some(log);
    scratch.keep(c)
}

c_enum! {
    EventKind: RoomStarted {
        RoomStarted = SFU_EVENT_ROOM_STARTED,
        RoomFinished = SFU_EVENT_ROOM_FINISHED,
        ParticipantJoined = SFU_EVENT_PARTICIPANT_JOINED,
        ParticipantLeft = SFU_EVENT_PARTICIPANT_LEFT,
        /// Left without ever becoming active.
        ParticipantConnectionAborted = SFU_EVENT_PARTICIPANT_CONNECTION_ABORTED,
        TrackPublished = SFU_EVENT_TRACK_PUBLISHED,
        TrackUnpublished = SFU_EVENT_TRACK_UNPUBLISHED,
    }
}

/// What happened in a room. Each joined is followed by exactly one left of the same participant's sid, and a room's
/// start by its finish, which is its last event; also when the engine stops.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub kind: EventKind,
    /// "participant_joined"
    pub name: String,
    /// "EV_...", as in webhooks.
    pub id: String,
    /// Within the room's sid: 1, 2, 3, ... without a gap.
    pub sequence: u64,
    pub at: Option<SystemTime>,
    pub room: RoomInfo,
    /// None for events of the room.
    pub participant: Option<ParticipantInfo>,
    /// None but for events of a track.
    pub track: Option<TrackInfo>,
}

/// Hears of each room in order, on the room's worker: those of several rooms may come at once.
pub type EventFn = Box<dyn Fn(Event) + Send + Sync>;

extern "C" fn on_event(user: *mut c_void, event: *const sys::sfu_event) {
    called::<EventFn>(user, |host| {
        let c = unsafe { &*event };
        host(Event {
            kind: EventKind::from_c(c.kind),
            name: ffi::text(c.name),
            id: ffi::text(c.id),
            sequence: c.sequence,
            at: ffi::time(c.at_ms),
            room: ffi::maybe(c.room, RoomInfo::read).unwrap_or_default(),
            participant: ffi::maybe(c.participant, ParticipantInfo::read),
            track: ffi::maybe(c.track, TrackInfo::read),
        });
    });
}

pub(crate) fn event_callbacks(host: EventFn, scratch: &mut Scratch) -> *const sys::sfu_event_callbacks {
    let mut c: sys::sfu_event_callbacks = ffi::init();
    let (user, dropped) = scratch.user(host);
    c.user = user;
    c.dropped = dropped;
    c.on_event = Some(on_event);
    scratch.keep(c)
}

/// The claims of a valid token; else what the client reads, with status 401.
pub type AuthenticateFn = Box<dyn Fn(&str, SystemTime) -> Result<Claims, String> + Send + Sync>;
/// A token with these claims, good for that long from now, which clients reconnect with.
pub type RefreshFn = Box<dyn Fn(&Claims, SystemTime, Duration) -> Option<String> + Send + Sync>;

/// Tells who somebody is, for hosts with tokens of their own. On any thread, also at once.
pub struct Auth {
    pub authenticate: AuthenticateFn,
    pub refresh: Option<RefreshFn>,
}

fn moment(ms: i64) -> SystemTime {
    ffi::time(ms).unwrap_or(SystemTime::UNIX_EPOCH)
}

extern "C" fn authenticate(user: *mut c_void, token: *const c_char, now: i64, answer: *mut sys::sfu_answer) {
    called::<Auth>(user, |host| {
        let mut scratch = Scratch::default();
        let _ = match (host.authenticate)(&ffi::text(token), moment(now)) {
            Ok(claims) => {
                let claims = claims.to_c(&mut scratch);
                scratch.call(|| unsafe { sys::sfu_answer_claims(answer, claims) })
            }
            Err(reason) => {
                let reason = scratch.text(&reason);
                scratch.call(|| unsafe { sys::sfu_answer_refuse(answer, reason) })
            }
        };
    });
}

extern "C" fn refresh(
    user: *mut c_void,
    claims: *const sys::sfu_claims,
    now: i64,
    ttl: i64,
    answer: *mut sys::sfu_answer,
) {
    called::<Auth>(user, |host| {
        let claims = Claims::read(unsafe { &*claims });
        let made = host.refresh.as_ref().and_then(|make| make(&claims, moment(now), ffi::duration(ttl)));
        if let Some(token) = made {
            let mut scratch = Scratch::default();
            let token = scratch.text(&token);
            let _ = scratch.call(|| unsafe { sys::sfu_answer_token(answer, token) });
        }
    });
}

pub(crate) fn auth_callbacks(host: Auth, scratch: &mut Scratch) -> *const sys::sfu_auth_callbacks {
    let mut c: sys::sfu_auth_callbacks = ffi::init();
    c.authenticate = Some(authenticate);
    if host.refresh.is_some() {
        c.refresh = Some(refresh);
    }
    let (user, dropped) = scratch.user(host);
    c.user = user;
    c.dropped = dropped;
    scratch.keep(c)
}

/// Whoever joins, as it describes itself; in lower case but for the address and the versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientDescription {
    /// "js", "swift", "android", ...
    pub sdk: String,
    pub version: String,
    pub protocol: i64,
    pub os: String,
    pub os_version: String,
    pub device_model: String,
    pub browser: String,
    pub browser_version: String,
    pub address: String,
}

/// What a client is told; what is default or empty is its own business.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientConfiguration {
    pub video_hardware_encoder: Setting,
    pub screen_hardware_encoder: Setting,
    pub resume_connection: Setting,
    pub force_relay: Setting,
    /// Neither sent nor received: "video/AV1".
    pub disabled_codecs: Vec<String>,
    /// Received, but not to be published.
    pub disabled_publish_codecs: Vec<String>,
}

impl ClientConfiguration {
    fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_client_configuration {
        let mut c: sys::sfu_client_configuration = ffi::init();
        c.video_hardware_encoder = self.video_hardware_encoder.to_c();
        c.screen_hardware_encoder = self.screen_hardware_encoder.to_c();
        c.resume_connection = self.resume_connection.to_c();
        c.force_relay = self.force_relay.to_c();
        let (codecs, count) = scratch.texts(&self.disabled_codecs);
        c.disabled_codecs = codecs;
        c.disabled_codec_count = count;
        let (codecs, count) = scratch.texts(&self.disabled_publish_codecs);
        c.disabled_publish_codecs = codecs;
        c.disabled_publish_codec_count = count;
        scratch.keep(c)
    }
}

/// For certain clients.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientRule {
    /// An expression: `c.browser == "safari" && c.browser_version > "18.3"`.
    pub when: String,
    pub then: ClientConfiguration,
    /// Off: a client that this rule fits gets nothing else. Default: on.
    pub merge: Setting,
}

impl ClientRule {
    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_client_rule {
        let mut c: sys::sfu_client_rule = ffi::init();
        c.merge = self.merge.to_c();
        c.when = scratch.text(&self.when);
        c.then = self.then.to_c(scratch);
        scratch.keep(c)
    }
}

/// Tells a client what to do, or nothing. On workers, also at once.
pub type ClientConfigFn = Box<dyn Fn(&ClientDescription) -> Option<ClientConfiguration> + Send + Sync>;

extern "C" fn configure(user: *mut c_void, client: *const sys::sfu_client_description, answer: *mut sys::sfu_answer) {
    called::<ClientConfigFn>(user, |host| {
        let c = unsafe { &*client };
        let told = host(&ClientDescription {
            sdk: ffi::text(c.sdk),
            version: ffi::text(c.version),
            protocol: c.protocol,
            os: ffi::text(c.os),
            os_version: ffi::text(c.os_version),
            device_model: ffi::text(c.device_model),
            browser: ffi::text(c.browser),
            browser_version: ffi::text(c.browser_version),
            address: ffi::text(c.address),
        });
        if let Some(told) = told {
            let mut scratch = Scratch::default();
            let told = told.to_c(&mut scratch);
            let _ = scratch.call(|| unsafe { sys::sfu_answer_configuration(answer, told) });
        }
    });
}

pub(crate) fn client_config_callbacks(
    host: ClientConfigFn,
    scratch: &mut Scratch,
) -> *const sys::sfu_client_config_callbacks {
    let mut c: sys::sfu_client_config_callbacks = ffi::init();
    let (user, dropped) = scratch.user(host);
    c.user = user;
    c.dropped = dropped;
    c.configure = Some(configure);
    scratch.keep(c)
}
