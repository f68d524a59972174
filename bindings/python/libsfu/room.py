# SPDX-License-Identifier: Apache-2.0
"""Rooms, their participants and their tracks. Each is a name: what it names may be gone, and then calls raise
NotFoundError."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ._call import call
from ._handle import Name, Opening
from ._waiting import Waiting
from .client import Client, Listener, _Target
from .packet_filter import FilterTarget, OnPacket, PacketFilter
from .rpc import perform, request
from .values import (
    AgentDispatch,
    DataOptions,
    LocalParticipantOptions,
    ParticipantChanges,
    ParticipantInfo,
    Permission,
    RoomInfo,
    RoomStatistics,
    TrackInfo,
)


class Track(Name):
    _release = "sfu_track_release"

    def info(self) -> Waiting[TrackInfo]:
        return Waiting(lambda: call("sfu_track_get_info", self._handle))

    def set_muted(self, muted: bool) -> Waiting[TrackInfo]:
        """Its publisher's client is told, and everyone sees it so at once. Unmuting needs RoomOptions.remote_unmute."""
        return Waiting(lambda: call("sfu_track_set_muted", self._handle, muted))

    def attach_filter(
        self, on_packet: OnPacket, on_ended: Callable[[], object] | None = None
    ) -> Opening[PacketFilter]:
        """Puts a filter on the track's packets, behind those that it has. `on_ended`: the track has, which is not told
        where the filter was closed before. Within callbacks on the worker of the track's room, as EngineOptions.events
        on a track's publication, use wait(): it misses no packet."""
        return Opening(lambda: PacketFilter(call("sfu_track_attach_filter", self, FilterTarget(on_packet, on_ended))))


class Participant(Name):
    _release = "sfu_participant_release"

    def info(self) -> Waiting[ParticipantInfo]:
        return Waiting(lambda: call("sfu_participant_get_info", self._handle))

    def permission(self) -> Waiting[Permission]:
        return Waiting(lambda: call("sfu_participant_get_permission", self._handle))

    def set_permission(self, permission: Permission) -> Waiting[None]:
        """Replaces all that it may do: begin with permission() and dataclasses.replace()."""
        return Waiting(lambda: call("sfu_participant_set_permission", self._handle, permission))

    def remove(self, revoke_tokens_before_ms: int = 0) -> Waiting[None]:
        """Disconnects it. `revoke_tokens_before_ms`, if not 0: tokens for it that were made before do not let it in any
        more."""
        return Waiting(lambda: call("sfu_participant_remove", self._handle, revoke_tokens_before_ms))

    def update(self, changes: ParticipantChanges) -> Waiting[None]:
        return Waiting(lambda: call("sfu_participant_update", self._handle, changes))

    def update_subscriptions(self, track_sids: Sequence[str], subscribe: bool) -> Waiting[None]:
        return Waiting(lambda: call("sfu_participant_update_subscriptions", self._handle, track_sids, subscribe))

    def perform_rpc(self, method: str, payload: str = "", timeout_ms: int = 0) -> Waiting[str]:
        """Calls a method of its client. Raises RpcError. `timeout_ms`: 10000."""
        return perform("sfu_participant_perform_rpc", self, request(method, payload, timeout_ms))

    def move_to(self, destination: Room) -> Waiting[None]:
        return Waiting(lambda: call("sfu_participant_move_to", self._handle, destination._handle))

    def forward_to(self, destination: Room) -> Waiting[None]:
        """Shows it and its tracks in another room as well."""
        return Waiting(lambda: call("sfu_participant_forward_to", self._handle, destination._handle))

    def track(self, sid: str) -> Track:
        """One that it has published, now or later."""
        return Track(call("sfu_participant_track", self._handle, sid))


class Room(Name):
    _release = "sfu_room_release"

    def join(
        self, options: LocalParticipantOptions, listener: Listener | None = None, *, rtp: bool = False
    ) -> Opening[Client]:
        """This program itself, as a participant: no socket, no encryption. The room is made if there is none. Its events
        come on the room's worker."""
        return Client._joining(_Target(listener, rtp), "sfu_room_join", self, options)

    def info(self) -> Waiting[RoomInfo]:
        return Waiting(lambda: call("sfu_room_get_info", self._handle))

    def participants(self) -> Waiting[Sequence[ParticipantInfo]]:
        return Waiting(lambda: call("sfu_room_get_participants", self._handle))

    def statistics(self) -> Waiting[RoomStatistics]:
        return Waiting(lambda: call("sfu_room_get_statistics", self._handle))

    def set_metadata(self, metadata: str) -> Waiting[None]:
        return Waiting(lambda: call("sfu_room_set_metadata", self._handle, metadata))

    def send_data(self, data: bytes, options: DataOptions | None = None) -> Waiting[None]:
        """Up to 60000 bytes, as a data packet that no participant sent."""
        return Waiting(lambda: call("sfu_room_send_data", self._handle, data, options))

    def agent_dispatches(self) -> Waiting[Sequence[AgentDispatch]]:
        return Waiting(lambda: call("sfu_room_get_agent_dispatches", self._handle))

    def add_agent_dispatch(self, dispatch: AgentDispatch) -> Waiting[AgentDispatch]:
        """Gives it an id and a time."""
        return Waiting(lambda: call("sfu_room_add_agent_dispatch", self._handle, dispatch))

    def remove_agent_dispatch(self, id: str) -> Waiting[AgentDispatch]:
        return Waiting(lambda: call("sfu_room_remove_agent_dispatch", self._handle, id))

    def end(self) -> Waiting[None]:
        """Disconnects everybody and ends the room; this object stays."""
        return Waiting(lambda: call("sfu_room_close", self._handle))

    def participant(self, identity: str) -> Participant:
        """Whoever has that identity, now or later."""
        return Participant(call("sfu_room_participant", self._handle, identity))
