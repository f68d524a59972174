// SPDX-License-Identifier: Apache-2.0
//! Snapshots of rooms, participants and tracks, and what is done to them.
use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use crate::ffi::{self, c_enum, Scratch};
use crate::sys;

c_enum! {
    /// Yes or no where no is not the default.
    Setting: Default { Default = SFU_DEFAULT, On = SFU_ON, Off = SFU_OFF, }
}

c_enum! {
    TrackKind: Data { Audio = SFU_TRACK_KIND_AUDIO, Video = SFU_TRACK_KIND_VIDEO, Data = SFU_TRACK_KIND_DATA, }
}

c_enum! {
    TrackSource: Unknown {
        Unknown = SFU_TRACK_SOURCE_UNKNOWN,
        Camera = SFU_TRACK_SOURCE_CAMERA,
        Microphone = SFU_TRACK_SOURCE_MICROPHONE,
        ScreenShare = SFU_TRACK_SOURCE_SCREEN_SHARE,
        ScreenShareAudio = SFU_TRACK_SOURCE_SCREEN_SHARE_AUDIO,
    }
}

c_enum! {
    ParticipantState: Disconnected {
        Joining = SFU_PARTICIPANT_JOINING,
        Joined = SFU_PARTICIPANT_JOINED,
        Active = SFU_PARTICIPANT_ACTIVE,
        Disconnected = SFU_PARTICIPANT_DISCONNECTED,
    }
}

/// A track as it was when the snapshot was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrackInfo {
    pub kind: TrackKind,
    pub source: TrackSource,
    pub muted: bool,
    pub simulcast: bool,
    pub width: u32,
    pub height: u32,
    /// "TR_..."
    pub sid: String,
    pub name: String,
    /// "video/VP8"; empty until negotiated.
    pub mime_type: String,
    /// The protocol's TrackInfo, serialized; none in [`ParticipantInfo::tracks`].
    pub message: Vec<u8>,
}

impl TrackInfo {
    pub(crate) fn read(c: &sys::sfu_track_info) -> Self {
        TrackInfo {
            kind: TrackKind::from_c(c.kind),
            source: TrackSource::from_c(c.source),
            muted: c.muted != 0,
            simulcast: c.simulcast != 0,
            width: c.width,
            height: c.height,
            sid: ffi::text(c.sid),
            name: ffi::text(c.name),
            mime_type: ffi::text(c.mime_type),
            message: ffi::slice(c.message, c.message_length).to_vec(),
        }
    }
}

/// A participant as it was when the snapshot was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParticipantInfo {
    pub state: ParticipantState,
    pub is_publisher: bool,
    pub hidden: bool,
    /// A copy of a participant of another room: [`Participant::forward_to`](crate::Participant::forward_to).
    pub forwarded: bool,
    /// "PA_...", new for each session.
    pub sid: String,
    pub identity: String,
    pub name: String,
    pub metadata: String,
    pub attributes: HashMap<String, String>,
    pub joined_at: Option<SystemTime>,
    pub tracks: Vec<TrackInfo>,
    /// The protocol's ParticipantInfo, serialized.
    pub message: Vec<u8>,
}

impl ParticipantInfo {
    pub(crate) fn read(c: &sys::sfu_participant_info) -> Self {
        ParticipantInfo {
            state: ParticipantState::from_c(c.state),
            is_publisher: c.is_publisher != 0,
            hidden: c.hidden != 0,
            forwarded: c.forwarded != 0,
            sid: ffi::text(c.sid),
            identity: ffi::text(c.identity),
            name: ffi::text(c.name),
            metadata: ffi::text(c.metadata),
            attributes: ffi::pairs(c.attributes, c.attribute_count),
            joined_at: ffi::time(c.joined_at_ms),
            tracks: ffi::list(c.tracks, c.track_count, TrackInfo::read),
            message: ffi::slice(c.message, c.message_length).to_vec(),
        }
    }

    pub(crate) fn read_list(list: *const sys::sfu_participant_info_list) -> Vec<Self> {
        let list = unsafe { &*list };
        ffi::list(list.items, list.count, Self::read)
    }
}

/// A room as it was when the snapshot was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoomInfo {
    /// "RM_..."
    pub sid: String,
    pub name: String,
    pub metadata: String,
    /// Hidden ones included, agents and recorders not.
    pub num_participants: u32,
    pub num_publishers: u32,
    /// 0: no limit.
    pub max_participants: u32,
    pub created_at: Option<SystemTime>,
    pub empty_timeout: Duration,
    pub departure_timeout: Duration,
    pub playout_delay_min: Duration,
    pub playout_delay_max: Duration,
    pub sync_streams: bool,
    /// JSON, as [`RoomConfiguration`](crate::RoomConfiguration) has them.
    pub agents: String,
    pub egress: String,
    pub tags: HashMap<String, String>,
    /// The protocol's Room, serialized.
    pub message: Vec<u8>,
}

impl RoomInfo {
    pub(crate) fn read(c: &sys::sfu_room_info) -> Self {
        RoomInfo {
            sid: ffi::text(c.sid),
            name: ffi::text(c.name),
            metadata: ffi::text(c.metadata),
            num_participants: c.num_participants,
            num_publishers: c.num_publishers,
            max_participants: c.max_participants,
            created_at: ffi::time(c.created_at_ms),
            empty_timeout: ffi::duration(c.empty_timeout_ms),
            departure_timeout: ffi::duration(c.departure_timeout_ms),
            playout_delay_min: ffi::duration(c.playout_delay_min_ms),
            playout_delay_max: ffi::duration(c.playout_delay_max_ms),
            sync_streams: c.sync_streams != 0,
            agents: ffi::text(c.agents),
            egress: ffi::text(c.egress),
            tags: ffi::pairs(c.tags, c.tag_count),
            message: ffi::slice(c.message, c.message_length).to_vec(),
        }
    }

    pub(crate) fn read_list(list: *const sys::sfu_room_info_list) -> Vec<Self> {
        let list = unsafe { &*list };
        ffi::list(list.items, list.count, Self::read)
    }
}

/// What a participant may do. To change some of it, begin with what
/// [`Participant::permission`](crate::Participant::permission) gives.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Permission {
    pub can_subscribe: bool,
    pub can_publish: bool,
    pub can_publish_data: bool,
    /// Its own.
    pub can_update_metadata: bool,
    pub can_subscribe_metrics: bool,
    pub can_manage_agent_session: bool,
    /// Other participants do not see it.
    pub hidden: bool,
    pub recorder: bool,
    pub agent: bool,
    /// None: all.
    pub can_publish_sources: Vec<TrackSource>,
}

impl Permission {
    pub(crate) fn read(c: &sys::sfu_permission) -> Self {
        Permission {
            can_subscribe: c.can_subscribe != 0,
            can_publish: c.can_publish != 0,
            can_publish_data: c.can_publish_data != 0,
            can_update_metadata: c.can_update_metadata != 0,
            can_subscribe_metrics: c.can_subscribe_metrics != 0,
            can_manage_agent_session: c.can_manage_agent_session != 0,
            hidden: c.hidden != 0,
            recorder: c.recorder != 0,
            agent: c.agent != 0,
            can_publish_sources: ffi::slice(c.can_publish_sources, c.can_publish_source_count)
                .iter()
                .map(|source| TrackSource::from_c(*source))
                .collect(),
        }
    }

    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_permission {
        let mut c: sys::sfu_permission = ffi::init();
        c.can_subscribe = self.can_subscribe.into();
        c.can_publish = self.can_publish.into();
        c.can_publish_data = self.can_publish_data.into();
        c.can_update_metadata = self.can_update_metadata.into();
        c.can_subscribe_metrics = self.can_subscribe_metrics.into();
        c.can_manage_agent_session = self.can_manage_agent_session.into();
        c.hidden = self.hidden.into();
        c.recorder = self.recorder.into();
        c.agent = self.agent.into();
        let sources = self.can_publish_sources.iter().map(|source| source.to_c()).collect();
        let (sources, count) = scratch.keep_all(sources);
        c.can_publish_sources = sources;
        c.can_publish_source_count = count;
        scratch.keep(c)
    }
}

/// What becomes of a participant. What is empty stays; an attribute of empty value is removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ParticipantChanges {
    pub name: String,
    pub metadata: String,
    pub attributes: HashMap<String, String>,
    /// Replaces all of them.
    pub permission: Option<Permission>,
}

impl ParticipantChanges {
    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_participant_changes {
        let mut c: sys::sfu_participant_changes = ffi::init();
        c.name = scratch.text(&self.name);
        c.metadata = scratch.text(&self.metadata);
        let (attributes, count) = scratch.pairs(&self.attributes);
        c.attributes = attributes;
        c.attribute_count = count;
        if let Some(permission) = &self.permission {
            c.permission = permission.to_c(scratch);
        }
        scratch.keep(c)
    }
}

/// An agent that is wanted in a room.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AgentDispatch {
    /// "AD_..."; given by the server.
    pub id: String,
    /// Empty: any worker that gave itself no name.
    pub agent_name: String,
    pub metadata: String,
    pub attributes: HashMap<String, String>,
    pub deployment: String,
    /// A job that failed is given to another worker; default: on.
    pub restarts: Setting,
    pub created_at: Option<SystemTime>,
}

impl AgentDispatch {
    pub(crate) fn read(c: &sys::sfu_agent_dispatch) -> Self {
        AgentDispatch {
            id: ffi::text(c.id),
            agent_name: ffi::text(c.agent_name),
            metadata: ffi::text(c.metadata),
            attributes: ffi::pairs(c.attributes, c.attribute_count),
            deployment: ffi::text(c.deployment),
            restarts: Setting::from_c(c.restarts),
            created_at: ffi::time(c.created_at_ms),
        }
    }

    pub(crate) fn read_list(list: *const sys::sfu_agent_dispatch_list) -> Vec<Self> {
        let list = unsafe { &*list };
        ffi::list(list.items, list.count, Self::read)
    }

    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_agent_dispatch {
        let mut c: sys::sfu_agent_dispatch = ffi::init();
        c.id = scratch.text(&self.id);
        c.agent_name = scratch.text(&self.agent_name);
        c.metadata = scratch.text(&self.metadata);
        let (attributes, count) = scratch.pairs(&self.attributes);
        c.attributes = attributes;
        c.attribute_count = count;
        c.deployment = scratch.text(&self.deployment);
        c.restarts = self.restarts.to_c();
        c.created_at_ms = ffi::unix_ms(self.created_at);
        scratch.keep(c)
    }
}

/// How data is sent; the default: reliably, to all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataOptions {
    pub lossy: bool,
    pub topic: String,
    /// Identities.
    pub to: Vec<String>,
    pub to_sids: Vec<String>,
    /// 16 bytes; what is sent again with the same ones is dropped.
    pub nonce: Vec<u8>,
}

impl DataOptions {
    pub(crate) fn to_c(&self, scratch: &mut Scratch) -> *const sys::sfu_data_options {
        let mut c: sys::sfu_data_options = ffi::init();
        c.reliable = if self.lossy { sys::SFU_OFF } else { sys::SFU_ON };
        c.topic = scratch.text(&self.topic);
        let (to, count) = scratch.texts(&self.to);
        c.to = to;
        c.to_count = count;
        let (to, count) = scratch.texts(&self.to_sids);
        c.to_sids = to;
        c.to_sid_count = count;
        let (nonce, length) = scratch.keep_all(self.nonce.clone());
        c.nonce = nonce;
        c.nonce_length = length;
        scratch.keep(c)
    }
}
