# SPDX-License-Identifier: Apache-2.0
"""The room API of a LiveKit server, or of this library's, for programs that manage rooms from outside."""

from __future__ import annotations

from collections.abc import Sequence

from ._call import call
from ._handle import Owner
from ._waiting import Waiting
from .rpc import request
from .values import (
    AgentDispatch,
    CreateRoomOptions,
    DataOptions,
    ParticipantChanges,
    ParticipantInfo,
    RoomApiOptions,
    RoomInfo,
    TrackInfo,
)


class RoomApi(Owner):
    """Connects to nothing until it is asked. Error.api has what the server said of a call that failed."""

    _release = "sfu_room_api_release"

    def __init__(self, options: RoomApiOptions) -> None:
        super().__init__(call("sfu_room_api_create", options))

    def create_room(self, name: str, options: CreateRoomOptions | None = None) -> Waiting[RoomInfo]:
        return Waiting(lambda: call("sfu_room_api_create_room", self._handle, name, options))

    def list_rooms(self, names: Sequence[str] = ()) -> Waiting[Sequence[RoomInfo]]:
        """Those of these names; all, if none is given."""
        return Waiting(lambda: call("sfu_room_api_list_rooms", self._handle, names))

    def delete_room(self, room: str) -> Waiting[None]:
        return Waiting(lambda: call("sfu_room_api_delete_room", self._handle, room))

    def update_room_metadata(self, room: str, metadata: str) -> Waiting[RoomInfo]:
        return Waiting(lambda: call("sfu_room_api_update_room_metadata", self._handle, room, metadata))

    def send_data(self, room: str, data: bytes, options: DataOptions | None = None) -> Waiting[None]:
        return Waiting(lambda: call("sfu_room_api_send_data", self._handle, room, data, options))

    def list_participants(self, room: str) -> Waiting[Sequence[ParticipantInfo]]:
        return Waiting(lambda: call("sfu_room_api_list_participants", self._handle, room))

    def get_participant(self, room: str, identity: str) -> Waiting[ParticipantInfo]:
        return Waiting(lambda: call("sfu_room_api_get_participant", self._handle, room, identity))

    def remove_participant(self, room: str, identity: str, revoke_tokens_before_ms: int = 0) -> Waiting[None]:
        return Waiting(
            lambda: call("sfu_room_api_remove_participant", self._handle, room, identity, revoke_tokens_before_ms)
        )

    def mute_published_track(
        self, room: str, identity: str, track_sid: str, muted: bool
    ) -> Waiting[TrackInfo | None]:
        return Waiting(
            lambda: call("sfu_room_api_mute_published_track", self._handle, room, identity, track_sid, muted)
        )

    def update_participant(self, room: str, identity: str, changes: ParticipantChanges) -> Waiting[ParticipantInfo]:
        return Waiting(lambda: call("sfu_room_api_update_participant", self._handle, room, identity, changes))

    def update_subscriptions(
        self, room: str, identity: str, track_sids: Sequence[str], subscribe: bool
    ) -> Waiting[None]:
        return Waiting(
            lambda: call("sfu_room_api_update_subscriptions", self._handle, room, identity, track_sids, subscribe)
        )

    def forward_participant(self, room: str, identity: str, destination_room: str) -> Waiting[None]:
        return Waiting(
            lambda: call("sfu_room_api_forward_participant", self._handle, room, identity, destination_room)
        )

    def move_participant(self, room: str, identity: str, destination_room: str) -> Waiting[None]:
        return Waiting(lambda: call("sfu_room_api_move_participant", self._handle, room, identity, destination_room))

    def perform_rpc(
        self, room: str, identity: str, method: str, payload: str = "", timeout_ms: int = 0
    ) -> Waiting[str]:
        """What the participant's client answers."""
        wanted = request(method, payload, timeout_ms)
        return Waiting(lambda: call("sfu_room_api_perform_rpc", self._handle, room, identity, wanted))

    def create_dispatch(self, room: str, dispatch: AgentDispatch) -> Waiting[AgentDispatch]:
        return Waiting(lambda: call("sfu_room_api_create_dispatch", self._handle, room, dispatch))

    def delete_dispatch(self, room: str, dispatch_id: str) -> Waiting[AgentDispatch]:
        return Waiting(lambda: call("sfu_room_api_delete_dispatch", self._handle, room, dispatch_id))

    def list_dispatches(self, room: str, dispatch_id: str = "") -> Waiting[Sequence[AgentDispatch]]:
        """The one of this id; all, if it is empty."""
        return Waiting(lambda: call("sfu_room_api_list_dispatches", self._handle, room, dispatch_id))
