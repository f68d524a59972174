// SPDX-License-Identifier: Apache-2.0
//! Rooms, their participants and their tracks, by name. What they name may be gone: `NotFound`. What asks or changes them
//! waits for the room's worker.
use std::time::SystemTime;

use crate::error::{check, Result};
use crate::ffi::{self, handle, Scratch};
use crate::statistics::RoomStatistics;
use crate::sys;
use crate::values::{AgentDispatch, DataOptions, ParticipantChanges, ParticipantInfo, Permission, RoomInfo, TrackInfo};

handle! {
    /// A name for a room, which goes on when this is dropped.
    Room(sfu_room, sfu_room_release)
}

fn read_dispatch(c: *const sys::sfu_agent_dispatch) -> AgentDispatch {
    AgentDispatch::read(unsafe { &*c })
}

impl Room {
    /// The room as it is now.
    pub fn info(&self) -> Result<RoomInfo> {
        Scratch::default()
            .fetch(|info| unsafe { sys::sfu_room_get_info(self.0, info) }, |info| RoomInfo::read(unsafe { &*info }))
    }

    /// Those who are there now.
    pub fn participants(&self) -> Result<Vec<ParticipantInfo>> {
        Scratch::default()
            .fetch(|list| unsafe { sys::sfu_room_get_participants(self.0, list) }, ParticipantInfo::read_list)
    }

    /// What its participants, tracks and subscriptions have come to.
    pub fn statistics(&self) -> Result<RoomStatistics> {
        Scratch::default().fetch(
            |statistics| unsafe { sys::sfu_room_get_statistics(self.0, statistics) },
            |statistics| RoomStatistics::read(unsafe { &*statistics }),
        )
    }

    /// Replaces the room's metadata; everyone in it is told.
    pub fn set_metadata(&self, metadata: &str) -> Result<()> {
        let mut scratch = Scratch::default();
        let metadata = scratch.text(metadata);
        scratch.call(|| unsafe { sys::sfu_room_set_metadata(self.0, metadata) })
    }

    /// Sends up to 60000 bytes as a data packet that no participant sent.
    pub fn send_data(&self, data: &[u8], options: &DataOptions) -> Result<()> {
        let mut scratch = Scratch::default();
        let options = options.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_room_send_data(self.0, data.as_ptr(), data.len(), options) })
    }

    /// The agents that are wanted in the room.
    pub fn agent_dispatches(&self) -> Result<Vec<AgentDispatch>> {
        Scratch::default()
            .fetch(|list| unsafe { sys::sfu_room_get_agent_dispatches(self.0, list) }, AgentDispatch::read_list)
    }

    /// Gives it an id and a time.
    pub fn add_agent_dispatch(&self, dispatch: &AgentDispatch) -> Result<AgentDispatch> {
        let mut scratch = Scratch::default();
        let dispatch = dispatch.to_c(&mut scratch);
        scratch.fetch(|added| unsafe { sys::sfu_room_add_agent_dispatch(self.0, dispatch, added) }, read_dispatch)
    }

    /// Gives the one that was removed. Errors: `InvalidArgument` (no dispatch of that id).
    pub fn remove_agent_dispatch(&self, id: &str) -> Result<AgentDispatch> {
        let mut scratch = Scratch::default();
        let id = scratch.text(id);
        scratch.fetch(|removed| unsafe { sys::sfu_room_remove_agent_dispatch(self.0, id, removed) }, read_dispatch)
    }

    /// Disconnects everybody and ends the room.
    pub fn close(&self) -> Result<()> {
        check(unsafe { sys::sfu_room_close(self.0) })
    }

    /// A name for whoever has that identity, now or later.
    pub fn participant(&self, identity: &str) -> Result<Participant> {
        let mut scratch = Scratch::default();
        let identity = scratch.text(identity);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_room_participant(self.0, identity, &mut made) })?;
        Ok(Participant(made))
    }
}

handle! {
    /// A name for one of a room's people, who stays when this is dropped.
    Participant(sfu_participant, sfu_participant_release)
}

impl Participant {
    /// The participant as it is now.
    pub fn info(&self) -> Result<ParticipantInfo> {
        Scratch::default().fetch(
            |info| unsafe { sys::sfu_participant_get_info(self.0, info) },
            |info| ParticipantInfo::read(unsafe { &*info }),
        )
    }

    /// What it may do.
    pub fn permission(&self) -> Result<Permission> {
        Scratch::default().fetch(
            |permission| unsafe { sys::sfu_participant_get_permission(self.0, permission) },
            |permission| Permission::read(unsafe { &*permission }),
        )
    }

    /// Replaces all that it may do. What is not allowed any more ends at once. Errors: `Unsupported` (a forwarded
    /// participant).
    pub fn set_permission(&self, permission: &Permission) -> Result<()> {
        let mut scratch = Scratch::default();
        let permission = permission.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_participant_set_permission(self.0, permission) })
    }

    /// Disconnects it; it may join again while its token lasts. Tokens of its identity for this room that were made before
    /// `revoke_before` are refused from now on.
    pub fn remove(&self, revoke_before: Option<SystemTime>) -> Result<()> {
        check(unsafe { sys::sfu_participant_remove(self.0, ffi::unix_ms(revoke_before)) })
    }

    /// Changes it; everyone is told. Errors: `Unsupported`, `LimitExceeded` ([`RoomOptions`](crate::RoomOptions)).
    pub fn update(&self, changes: &ParticipantChanges) -> Result<()> {
        let mut scratch = Scratch::default();
        let changes = changes.to_c(&mut scratch);
        scratch.call(|| unsafe { sys::sfu_participant_update(self.0, changes) })
    }

    /// Subscribes it to tracks of others, or unsubscribes it. Tracks that are not there yet are waited for.
    pub fn update_subscriptions(&self, track_sids: &[&str], subscribe: bool) -> Result<()> {
        let mut scratch = Scratch::default();
        let (sids, count) = scratch.texts(track_sids);
        scratch.call(|| unsafe { sys::sfu_participant_update_subscriptions(self.0, sids, count, subscribe.into()) })
    }

    /// Moves it into another room of the engine, which is made if there is none.
    pub fn move_to(&self, destination: &Room) -> Result<()> {
        check(unsafe { sys::sfu_participant_move_to(self.0, destination.0) })
    }

    /// Shows it and its tracks in another room as well, until it leaves here or is removed there.
    pub fn forward_to(&self, destination: &Room) -> Result<()> {
        check(unsafe { sys::sfu_participant_forward_to(self.0, destination.0) })
    }

    /// A name for a track that it has published, now or later.
    pub fn track(&self, sid: &str) -> Result<Track> {
        let mut scratch = Scratch::default();
        let sid = scratch.text(sid);
        let mut made = std::ptr::null_mut();
        scratch.call(|| unsafe { sys::sfu_participant_track(self.0, sid, &mut made) })?;
        Ok(Track(made))
    }
}

handle! {
    /// A name for a published track, which stays when this is dropped.
    Track(sfu_track, sfu_track_release)
}

impl Track {
    /// The track as it is now.
    pub fn info(&self) -> Result<TrackInfo> {
        Scratch::default()
            .fetch(|info| unsafe { sys::sfu_track_get_info(self.0, info) }, |info| TrackInfo::read(unsafe { &*info }))
    }

    /// Mutes or unmutes it, and gives the track as it is then. Errors: `Unsupported` (of a forwarded participant),
    /// `FailedPrecondition` (unmuting, which [`RoomOptions::remote_unmute`](crate::RoomOptions::remote_unmute) does not
    /// allow).
    pub fn set_muted(&self, muted: bool) -> Result<TrackInfo> {
        Scratch::default().fetch(
            |info| unsafe { sys::sfu_track_set_muted(self.0, muted.into(), info) },
            |info| TrackInfo::read(unsafe { &*info }),
        )
    }
}
