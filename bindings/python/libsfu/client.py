# SPDX-License-Identifier: Apache-2.0
"""A participant of a room: over the network (Client.connect), or of this process (Room.join)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from . import _abi, values
from ._call import call
from ._callbacks import in_callback, logger
from ._events import Events
from ._handle import Opening, Owner, loop_here
from ._waiting import Answered, Waiting
from .errors import ClosedError, WrongThreadError, error_of
from .rpc import Method, MethodTarget, perform, request
from .values import (
    ClientEvent,
    ClientOptions,
    ConnectedEvent,
    DataOptions,
    DisconnectedEvent,
    Frame,
    ParticipantChanges,
    ParticipantInfo,
    PublishedEvent,
    PublishFailedEvent,
    PublishOptions,
    ReadyEvent,
    RoomInfo,
    StreamOptions,
    TrackSettings,
)

Listener = Callable[[ClientEvent], object]

_EVENTS: dict[str, Any] = {
    name: getattr(values, "".join(word.capitalize() for word in name.split("_")[1:]) + "Event")
    for name in _abi.CALLBACKS["sfu_client_callbacks"]
}
_ids = itertools.count(1)
T = TypeVar("T")


class _Target:
    """What the library tells, on its thread."""

    def __init__(self, listener: Listener | None, rtp: bool) -> None:
        self.provides = [name for name in _EVENTS if rtp or name != "on_rtp"]
        self.events: Events[ClientEvent] = Events()
        self.listener = listener or self.events.put
        self.ready: Future[None] = Future()
        self.room: RoomInfo | None = None
        self.myself: ParticipantInfo | None = None
        self._lock = threading.RLock()  # the collector may run what needs it, too
        self._publishing: dict[str, Future[str]] = {}
        self._gone: ClosedError | None = None

    def __getattr__(self, name: str) -> Callable[..., None]:
        made = _EVENTS.get(name)
        if made is None:
            raise AttributeError(name)
        return lambda **what: self._tell(made(**what))

    def _tell(self, event: ClientEvent) -> None:
        match event:
            case ConnectedEvent():
                self.room, self.myself = event.room, event.myself
            case ReadyEvent():
                if not self.ready.done():
                    self.ready.set_result(None)
            case PublishedEvent():
                if (pending := self._taken(event.id)) is not None:
                    pending.set_result(event.track_sid)
            case PublishFailedEvent():
                if (pending := self._taken(event.id)) is not None:
                    pending.set_exception(error_of(event.status, event.message))
            case DisconnectedEvent():
                self.gone(event)
        try:
            self.listener(event)
        except Exception:
            logger.exception("an exception in a listener of libsfu")
        if isinstance(event, DisconnectedEvent):
            self.events.end()

    def gone(self, event: DisconnectedEvent | None) -> None:
        reason = event.message or event.reason.name.lower() if event else "closed"
        with self._lock:
            self._gone = ClosedError(f"not in the room any more: {reason}")
            pending = [*self._publishing.values()]
            self._publishing.clear()
        for each in pending:
            each.set_exception(self._gone)
        if not self.ready.done():
            failed = event is not None and event.status != 0
            self.ready.set_exception(error_of(event.status, event.message) if event and failed else self._gone)

    def publishing(self, id: str) -> Future[str]:
        made: Future[str] = Future()
        with self._lock:
            if self._gone:
                raise self._gone
            self._publishing[id] = made
        return made

    def _taken(self, id: str) -> Future[str] | None:
        with self._lock:
            return self._publishing.pop(id, None)

    def forget(self, id: str) -> None:
        self._taken(id)


class LocalTrack:
    """A track that this client publishes. What is written while it reconnects, or is muted, is dropped."""

    def __init__(self, client: Client, id: str, sid: str) -> None:
        self._client = client
        self.id = id
        self.sid = sid

    def write_frame(self, frame: Frame, layer: int = 0) -> None:
        """`layer`: which of PublishOptions.layers."""
        call("sfu_client_write_frame", self._client._handle, self.id, frame, layer)

    def write_rtp(self, packet: bytes, layer: int = 0) -> None:
        """A whole RTP packet; payload type, SSRC and header extensions are replaced."""
        call("sfu_client_write_rtp", self._client._handle, self.id, packet, layer)

    def set_muted(self, muted: bool) -> None:
        call("sfu_client_set_muted", self._client._handle, self.id, muted)

    def unpublish(self) -> None:
        call("sfu_client_unpublish", self._client._handle, self.id)


class Stream:
    """A stream that grows. `with` closes it, with the reason if something is raised."""

    def __init__(self, client: Client, id: str) -> None:
        self._client = client
        self.id = id

    def write(self, data: bytes | str) -> None:
        """Text must be cut between characters, which str does by itself."""
        encoded = data.encode() if isinstance(data, str) else data
        call("sfu_client_write_stream", self._client._handle, self.id, encoded)

    def close(self, reason: str = "") -> None:
        """`reason`, unless empty: why it ends before it is whole."""
        call("sfu_client_close_stream", self._client._handle, self.id, reason)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, kind: object, error: object, at: object) -> None:
        self.close("" if error is None else f"{error}" or "failed")


class Client(Owner):
    """`events`: all that happens, with `async for`; one reader. With a `listener` they go there instead, on the client's
    thread, which must not wait. RtpEvent comes only if `rtp` was asked for. close() leaves the room."""

    _release = "sfu_client_release"

    def __init__(self, handle: int, target: _Target) -> None:
        super().__init__(handle)
        self._target = target

    @classmethod
    def connect(cls, options: ClientOptions, listener: Listener | None = None, *, rtp: bool = False) -> Opening[Client]:
        """Over the network. Done once media and data flow. Raises what the server or the connection says."""
        return cls._joining(_Target(listener, rtp), "sfu_client_connect", options)

    @classmethod
    def _joining(cls, target: _Target, function: str, *given: object) -> Opening[Client]:
        def begin() -> Client:
            if in_callback():
                raise WrongThreadError("wait() within a callback, which the answer would wait for")
            client = cls(call(function, *given, target), target)
            try:
                target.ready.result()
            except BaseException:
                client._end()
                raise
            return client

        return Opening(begin)

    def _end(self) -> None:
        super()._end()
        self._target.gone(None)
        self._target.events.end()

    @property
    def events(self) -> Events[ClientEvent]:
        return self._target.events

    @property
    def room(self) -> RoomInfo:
        """As it was when it was joined."""
        assert self._target.room is not None
        return self._target.room

    @property
    def myself(self) -> ParticipantInfo:
        """As it was when the room was joined."""
        assert self._target.myself is not None
        return self._target.myself

    def leave(self) -> None:
        """DisconnectedEvent follows."""
        call("sfu_client_leave", self._handle)

    # --- tracks ---

    def publish(self, options: PublishOptions, id: str = "") -> Waiting[LocalTrack]:
        """Done once it can be written to. `id`: a name of your own for KeyframeRequestedEvent; one is made if it is
        empty."""
        name = id or f"track-{next(_ids)}"

        def begin() -> Future[LocalTrack]:
            published = self._target.publishing(name)
            try:
                call("sfu_client_publish", self._handle, name, options)
            except BaseException:
                self._target.forget(name)
                raise
            return _then(published, lambda sid: LocalTrack(self, name, sid))

        return Answered(begin)

    def subscribe(self, track_sid: str, subscribed: bool = True) -> None:
        call("sfu_client_subscribe", self._handle, track_sid, subscribed)

    def set_track_settings(self, track_sid: str, settings: TrackSettings) -> None:
        call("sfu_client_set_track_settings", self._handle, track_sid, settings)

    def request_key_frame(self, track_sid: str) -> None:
        """For frames that is done where one is needed."""
        call("sfu_client_request_key_frame", self._handle, track_sid)

    # --- oneself, and data ---

    def update(self, changes: ParticipantChanges) -> None:
        """Needs a token that allows it; `permission` must be None."""
        call("sfu_client_update", self._handle, changes)

    def send_data(self, data: bytes, options: DataOptions | None = None) -> None:
        """Up to 60000 bytes."""
        call("sfu_client_send_data", self._handle, data, options)

    def send_text(self, text: str, options: StreamOptions | None = None) -> None:
        call("sfu_client_send_text", self._handle, text, options)

    def send_bytes(self, data: bytes, options: StreamOptions | None = None) -> None:
        call("sfu_client_send_bytes", self._handle, data, options)

    def open_stream(self, id: str, options: StreamOptions | None = None, *, text: bool = False) -> Stream:
        """`id` is the receivers' too; unique in the room."""
        call("sfu_client_open_stream", self._handle, id, text, options)
        return Stream(self, id)

    # --- remote procedure calls ---

    def perform_rpc(self, identity: str, method: str, payload: str = "", timeout_ms: int = 0) -> Waiting[str]:
        """Raises RpcError. `timeout_ms`: 15000."""
        return perform("sfu_client_perform_rpc", self, identity, request(method, payload, timeout_ms))

    def register_rpc(self, method: str, handler: Method) -> None:
        """A `def` answers at once, on the client's thread; an `async def` is run by the loop that runs here."""
        call("sfu_client_register_rpc", self._handle, method, MethodTarget(handler, loop_here()))

    def unregister_rpc(self, method: str) -> None:
        call("sfu_client_unregister_rpc", self._handle, method)


def _then(future: Future[str], make: Callable[[str], T]) -> Future[T]:
    made: Future[T] = Future()

    def finish(done: Future[str]) -> None:
        error = done.exception()
        if error is not None:
            made.set_exception(error)
        else:
            made.set_result(make(done.result()))

    future.add_done_callback(finish)
    return made
