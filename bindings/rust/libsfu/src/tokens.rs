// SPDX-License-Identifier: Apache-2.0
//! LiveKit's access tokens, and the webhooks that they sign.
use std::collections::HashMap;
use std::os::raw::c_char;
use std::time::{Duration, SystemTime};

use crate::error::Result;
use crate::ffi::{self, c_enum, handle, Scratch};
use crate::sys;
use crate::values::{ParticipantInfo, RoomInfo, Setting, TrackInfo};

/// What a token's bearer may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VideoGrant {
    pub room_join: bool,
    /// What `room_join` and `room_admin` apply to.
    pub room: String,
    pub destination_room: String,
    pub room_create: bool,
    pub room_list: bool,
    pub room_record: bool,
    pub room_admin: bool,
    pub ingress_admin: bool,
    /// Default: on.
    pub can_publish: Setting,
    /// Default: on.
    pub can_subscribe: Setting,
    /// Default: as `can_publish`.
    pub can_publish_data: Setting,
    /// Default: off.
    pub can_update_own_metadata: Setting,
    /// Default: off.
    pub can_subscribe_metrics: Setting,
    /// Default: off.
    pub can_manage_agent_session: Setting,
    /// "camera", "microphone", ...; none: all.
    pub can_publish_sources: Vec<String>,
    /// Other participants do not see it.
    pub hidden: bool,
    pub recorder: bool,
    pub agent: bool,
}

impl VideoGrant {
    fn read(c: &sys::sfu_video_grant) -> Self {
        VideoGrant {
            room_join: c.room_join != 0,
            room: ffi::text(c.room),
            destination_room: ffi::text(c.destination_room),
            room_create: c.room_create != 0,
            room_list: c.room_list != 0,
            room_record: c.room_record != 0,
            room_admin: c.room_admin != 0,
            ingress_admin: c.ingress_admin != 0,
            can_publish: Setting::from_c(c.can_publish),
            can_subscribe: Setting::from_c(c.can_subscribe),
            can_publish_data: Setting::from_c(c.can_publish_data),
            can_update_own_metadata: Setting::from_c(c.can_update_own_metadata),
            can_subscribe_metrics: Setting::from_c(c.can_subscribe_metrics),
            can_manage_agent_session: Setting::from_c(c.can_manage_agent_session),
            can_publish_sources: ffi::texts(c.can_publish_sources, c.can_publish_source_count),
            hidden: c.hidden != 0,
            recorder: c.recorder != 0,
            agent: c.agent != 0,
        }
    }

    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_video_grant {
        let mut c: sys::sfu_video_grant = ffi::init();
        c.room_join = self.room_join.into();
        c.room = scratch.text(&self.room);
        c.destination_room = scratch.text(&self.destination_room);
        c.room_create = self.room_create.into();
        c.room_list = self.room_list.into();
        c.room_record = self.room_record.into();
        c.room_admin = self.room_admin.into();
        c.ingress_admin = self.ingress_admin.into();
        c.can_publish = self.can_publish.to_c();
        c.can_subscribe = self.can_subscribe.to_c();
        c.can_publish_data = self.can_publish_data.to_c();
        c.can_update_own_metadata = self.can_update_own_metadata.to_c();
        c.can_subscribe_metrics = self.can_subscribe_metrics.to_c();
        c.can_manage_agent_session = self.can_manage_agent_session.to_c();
        let (sources, count) = scratch.texts(&self.can_publish_sources);
        c.can_publish_sources = sources;
        c.can_publish_source_count = count;
        c.hidden = self.hidden.into();
        c.recorder = self.recorder.into();
        c.agent = self.agent.into();
        scratch.keep(c)
    }
}

/// A claim that an SFU does not read but hands on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SipGrant {
    pub admin: bool,
    pub call: bool,
}

/// A claim that an SFU does not read but hands on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentGrant {
    pub admin: bool,
    pub simulation_admin: bool,
    pub database_admin: bool,
}

c_enum! {
    ParticipantKind: Standard {
        Standard = SFU_PARTICIPANT_KIND_STANDARD,
        Ingress = SFU_PARTICIPANT_KIND_INGRESS,
        Egress = SFU_PARTICIPANT_KIND_EGRESS,
        Sip = SFU_PARTICIPANT_KIND_SIP,
        Agent = SFU_PARTICIPANT_KIND_AGENT,
        Connector = SFU_PARTICIPANT_KIND_CONNECTOR,
        Bridge = SFU_PARTICIPANT_KIND_BRIDGE,
    }
}

/// What a token says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claims {
    pub kind: ParticipantKind,
    /// Which key signed it.
    pub api_key: String,
    pub identity: String,
    pub name: String,
    pub metadata: String,
    pub attributes: HashMap<String, String>,
    pub kind_details: Vec<String>,
    /// None: may do nothing with rooms.
    pub video: Option<VideoGrant>,
    pub sip: Option<SipGrant>,
    pub agent: Option<AgentGrant>,
    /// The `inference` claim, and whether it allows to perform.
    pub inference: Option<bool>,
    /// The `observability` claim, and whether it allows to write.
    pub observability: Option<bool>,
    /// JSON of a RoomConfiguration message, for a room that this bearer's joining makes.
    pub room_config: String,
    pub room_preset: String,
    /// Base64 of a body's digest; webhooks only.
    pub sha256: String,
    pub not_before: Option<SystemTime>,
    pub issued_at: Option<SystemTime>,
    pub expires_at: Option<SystemTime>,
}

impl Claims {
    pub(crate) fn read(c: &sys::sfu_claims) -> Self {
        Claims {
            kind: ParticipantKind::from_c(c.kind),
            api_key: ffi::text(c.api_key),
            identity: ffi::text(c.identity),
            name: ffi::text(c.name),
            metadata: ffi::text(c.metadata),
            attributes: ffi::pairs(c.attributes, c.attribute_count),
            kind_details: ffi::texts(c.kind_details, c.kind_detail_count),
            video: ffi::maybe(c.video, VideoGrant::read),
            sip: ffi::maybe(c.sip, |c| SipGrant { admin: c.admin != 0, call: c.call != 0 }),
            agent: ffi::maybe(c.agent, |c| AgentGrant {
                admin: c.admin != 0,
                simulation_admin: c.simulation_admin != 0,
                database_admin: c.database_admin != 0,
            }),
            inference: ffi::maybe(c.inference, |c| c.perform != 0),
            observability: ffi::maybe(c.observability, |c| c.write != 0),
            room_config: ffi::text(c.room_config),
            room_preset: ffi::text(c.room_preset),
            sha256: ffi::text(c.sha256),
            not_before: ffi::time(c.not_before_ms),
            issued_at: ffi::time(c.issued_at_ms),
            expires_at: ffi::time(c.expires_at_ms),
        }
    }

    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_claims {
        let mut c: sys::sfu_claims = ffi::init();
        c.kind = self.kind.to_c();
        c.api_key = scratch.text(&self.api_key);
        c.identity = scratch.text(&self.identity);
        c.name = scratch.text(&self.name);
        c.metadata = scratch.text(&self.metadata);
        let (attributes, count) = scratch.pairs(&self.attributes);
        c.attributes = attributes;
        c.attribute_count = count;
        let (details, count) = scratch.texts(&self.kind_details);
        c.kind_details = details;
        c.kind_detail_count = count;
        if let Some(video) = &self.video {
            c.video = video.to_c(scratch);
        }
        self.other_grants(&mut c, scratch);
        c.room_config = scratch.text(&self.room_config);
        c.room_preset = scratch.text(&self.room_preset);
        c.sha256 = scratch.text(&self.sha256);
        c.not_before_ms = ffi::unix_ms(self.not_before);
        c.issued_at_ms = ffi::unix_ms(self.issued_at);
        c.expires_at_ms = ffi::unix_ms(self.expires_at);
        scratch.keep(c)
    }

    fn other_grants(&self, c: &mut sys::sfu_claims, scratch: &mut Scratch) {
        if let Some(sip) = &self.sip {
            let mut to: sys::sfu_sip_grant = ffi::init();
            to.admin = sip.admin.into();
            to.call = sip.call.into();
            c.sip = scratch.keep(to);
        }
        if let Some(agent) = &self.agent {
            let mut to: sys::sfu_agent_grant = ffi::init();
            to.admin = agent.admin.into();
            to.simulation_admin = agent.simulation_admin.into();
            to.database_admin = agent.database_admin.into();
            c.agent = scratch.keep(to);
        }
        if let Some(perform) = self.inference {
            let mut to: sys::sfu_inference_grant = ffi::init();
            to.perform = perform.into();
            c.inference = scratch.keep(to);
        }
        if let Some(write) = self.observability {
            let mut to: sys::sfu_observability_grant = ffi::init();
            to.write = write.into();
            c.observability = scratch.keep(to);
        }
    }
}

/// How [`access_token`] signs.
#[derive(Clone, Debug, Default)]
pub struct TokenOptions {
    pub api_key: String,
    pub api_secret: String,
    /// None: 6 hours.
    pub ttl: Option<Duration>,
    /// None: the system's clock.
    pub now: Option<SystemTime>,
    /// Passwords of storage, and addresses of streams, in [`Claims::room_config`] are refused unless this says that they
    /// are meant to be shown.
    pub allow_sensitive_room_config: bool,
}

/// A token with all that the claims say, but for `api_key` and the three times. Errors: `InvalidArgument`,
/// `PermissionDenied` (`allow_sensitive_room_config`).
pub fn access_token(claims: &Claims, options: &TokenOptions) -> Result<String> {
    let mut scratch = Scratch::default();
    let from = claims.to_c(&mut scratch);
    let mut how: sys::sfu_access_token_options = ffi::init();
    how.api_key = scratch.text(&options.api_key);
    how.api_secret = scratch.text(&options.api_secret);
    how.ttl_ms = options.ttl.map_or(0, ffi::ms);
    how.now_ms = ffi::unix_ms(options.now);
    how.allow_sensitive_room_config = options.allow_sensitive_room_config.into();
    scratch.fetch(|token| unsafe { sys::sfu_access_token_create(from, &how, token as *mut *mut c_char) }, ffi::text)
}

handle! {
    /// Verifies tokens that were signed with the secret of one of its keys.
    TokenVerifier(sfu_token_verifier, sfu_token_verifier_release)
}

impl TokenVerifier {
    /// `keys`: API key to secret. `leeway`, since clocks differ: none is a minute.
    pub fn new(keys: &HashMap<String, String>, leeway: Option<Duration>) -> Result<Self> {
        let mut scratch = Scratch::default();
        let (keys, count) = scratch.pairs(keys);
        let mut made = std::ptr::null_mut();
        scratch
            .call(|| unsafe { sys::sfu_token_verifier_create(keys, count, ffi::ms_or_default(leeway), &mut made) })?;
        Ok(TokenVerifier(made))
    }

    /// `now`, if none: the system's clock. Errors: `Malformed`, `NotFound` (not one of the keys), `Unauthenticated`.
    pub fn verify(&self, token: &str, now: Option<SystemTime>) -> Result<Claims> {
        let mut scratch = Scratch::default();
        let token = scratch.text(token);
        scratch.fetch(
            |claims| unsafe { sys::sfu_token_verifier_verify(self.0, token, ffi::unix_ms(now), claims) },
            |claims| Claims::read(unsafe { &*claims }),
        )
    }
}

/// What a webhook says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WebhookEvent {
    /// "room_started", "participant_joined", ...
    pub event: String,
    /// "EV_...", the same when it comes again.
    pub id: String,
    pub created_at: Option<SystemTime>,
    /// What it is about. An event of a track has no more of its room and participant than sid and name, sid and
    /// identity.
    pub room: Option<RoomInfo>,
    pub participant: Option<ParticipantInfo>,
    pub track: Option<TrackInfo>,
    /// JSON, or empty.
    pub egress_info: String,
    pub ingress_info: String,
    pub job: String,
    /// The whole body.
    pub json: String,
}

impl WebhookEvent {
    fn read(c: &sys::sfu_webhook_event) -> Self {
        WebhookEvent {
            event: ffi::text(c.event),
            id: ffi::text(c.id),
            created_at: ffi::time(c.created_at_ms),
            room: ffi::maybe(c.room, RoomInfo::read),
            participant: ffi::maybe(c.participant, ParticipantInfo::read),
            track: ffi::maybe(c.track, TrackInfo::read),
            egress_info: ffi::text(c.egress_info),
            ingress_info: ffi::text(c.ingress_info),
            job: ffi::text(c.job),
            json: ffi::text(c.json),
        }
    }
}

handle! {
    /// Tells whether a request comes from an SFU that knows one of its keys, and what it says.
    WebhookReceiver(sfu_webhook_receiver, sfu_webhook_receiver_release)
}

impl WebhookReceiver {
    /// `keys`: API key to secret.
    pub fn new(keys: &HashMap<String, String>) -> Result<Self> {
        let mut scratch = Scratch::default();
        let (keys, count) = scratch.pairs(keys);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_webhook_receiver_create(keys, count, &mut made) })?;
        Ok(WebhookReceiver(made))
    }

    /// A request: its body as it came, its Authorization header. Answer with 200 once you have stored the event. Errors:
    /// `Unauthenticated`, `Malformed` (no event).
    pub fn receive(&self, body: &[u8], authorization: &str, now: Option<SystemTime>) -> Result<WebhookEvent> {
        let mut scratch = Scratch::default();
        let authorization = scratch.text(authorization);
        let now = ffi::unix_ms(now);
        scratch.fetch(
            |event| unsafe {
                sys::sfu_webhook_receiver_receive(self.0, body.as_ptr(), body.len(), authorization, now, event)
            },
            |event| WebhookEvent::read(unsafe { &*event }),
        )
    }
}
