# SPDX-License-Identifier: Apache-2.0
"""The SFU itself: workers, rooms, and the media between them, without HTTP."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from . import _callbacks
from ._call import call
from ._handle import Opening, Owner, loop_here
from ._waiting import Answered, Waiting
from .errors import FailedPreconditionError, error_of
from .room import Room
from .signalling import SignalListener, SignalSession, SignalTarget
from .values import (
    Claims,
    ConnectRequest,
    EngineCounters,
    EngineOptions,
    EngineStatistics,
    Event,
    LogLevel,
    RoomConfiguration,
    RoomInfo,
    Status,
)


class Engine(Owner):
    """Made by Engine.start(), or a server's. close() tells every client that the server shuts down, and ends all rooms."""

    _release = "sfu_engine_release"
    _driver: _Driver | None = None

    @classmethod
    def start(cls, options: EngineOptions) -> Opening[Engine]:
        """Opens the sockets and starts the workers. Raises UnavailableError (a port in use), InvalidArgumentError."""
        loop = loop_here()
        return Opening(lambda: cls(call("sfu_engine_create", options, loop=loop)))

    def _end(self) -> None:
        super()._end()
        if self._driver:
            self._driver.end()

    def stop(self) -> Waiting[None]:
        """As close(), but it can still be asked afterwards."""
        return Waiting(lambda: call("sfu_engine_stop", self._handle))

    def drain(self) -> Waiting[None]:
        """Done as soon as nobody is in any room; until then everything goes on as before. Raises ClosedError when the
        engine stops first, or is drained again."""
        return drain("sfu_engine_drain", self)

    def room(self, name: str) -> Room:
        """The room of that name, whether or not it exists, now or later."""
        return Room(call("sfu_engine_room", self._handle, name))

    def rooms(self, names: Sequence[str] = ()) -> Waiting[Sequence[RoomInfo]]:
        """Those that exist now; of these names, if any are given."""
        return Waiting(lambda: call("sfu_engine_get_rooms", self._handle, names))

    def create_room(
        self, name: str, configuration: RoomConfiguration | None = None, preset: str = ""
    ) -> Waiting[RoomInfo]:
        """Before anyone joins. One that exists stays as it is."""
        return Waiting(lambda: call("sfu_engine_create_room", self._handle, name, configuration, preset))

    def statistics(self) -> EngineStatistics:
        """What the workers have published last."""
        statistics: EngineStatistics = call("sfu_engine_get_statistics", self._handle)
        return statistics

    def counters(self) -> Waiting[EngineCounters]:
        return Waiting(lambda: call("sfu_engine_get_counters", self._handle))

    # --- for programs with an HTTP server of their own ---

    def connect(self, request: ConnectRequest, listener: SignalListener) -> SignalSession:
        """Begins a client's signalling connection; the answer comes to `listener`, maybe before this returns."""
        return SignalSession(call("sfu_engine_connect", self._handle, request, SignalTarget(listener)))

    def validate(self, request: ConnectRequest) -> Waiting[tuple[int, str]]:
        """The status and the body for a request that is no WebSocket upgrade, as /rtc/validate."""
        return Waiting(lambda: call("sfu_engine_validate", self._handle, request))

    def check_revoked(self, claims: Claims) -> None:
        """Raises UnauthenticatedError: Participant.remove() has revoked the token."""
        call("sfu_engine_check_revoked", self._handle, claims)

    # --- on an event loop of your own: EngineOptions.host_driven ---

    def drive(self) -> None:
        """The loop that runs here takes the engine's turns from now on, until it is closed: everything that the library
        calls back comes on this thread. Needs a loop with add_reader()."""
        if self._driver:
            self._driver.end()
        self._driver = _Driver(asyncio.get_running_loop(), self._handle)

    def poll_descriptor(self) -> int:
        """Readable when run_once() has work; -1 unless host_driven."""
        return int(call("sfu_engine_get_poll_descriptor", self._handle))

    def poll_timeout_ns(self) -> int:
        """How long run_once() has nothing to do, if the descriptor does not become readable; -1 once it has stopped."""
        return int(call("sfu_engine_get_poll_timeout", self._handle))

    def run_once(self) -> None:
        """Does what is due and what has come. Never waits."""
        call("sfu_engine_run_once", self._handle)


class _Driver:
    """Polls a copy of the engine's descriptor. The engine is closed by whichever thread, and the number of its own one may
    then be another's before the loop has forgotten it."""

    def __init__(self, loop: asyncio.AbstractEventLoop, handle: int) -> None:
        descriptor = int(call("sfu_engine_get_poll_descriptor", handle))
        if descriptor < 0:
            raise FailedPreconditionError("the engine has threads of its own: it is not host_driven")
        self._loop = loop
        self._handle = handle
        self._descriptor = os.dup(descriptor)
        self._timer: asyncio.TimerHandle | None = None
        loop.add_reader(self._descriptor, self._turn)
        self._turn()

    def end(self) -> None:
        """Any thread; at once on the loop's."""
        if loop_here() is self._loop:
            self._forget()
            return
        try:
            self._loop.call_soon_threadsafe(self._forget)
        except RuntimeError:  # the loop is closed, and polls nothing
            self._close()

    def _turn(self) -> None:
        if self._timer:
            self._timer.cancel()
        try:
            call("sfu_engine_run_once", self._handle)
            nanoseconds = call("sfu_engine_get_poll_timeout", self._handle)
        except Exception:  # closed
            nanoseconds = -1
        if self._descriptor < 0:  # ended by what that called back
            return
        if nanoseconds < 0:
            self._forget()
        else:
            self._timer = self._loop.call_later(nanoseconds / 1e9, self._turn)

    def _forget(self) -> None:
        if self._descriptor < 0:
            return
        if self._timer:
            self._timer.cancel()
        self._loop.remove_reader(self._descriptor)
        self._close()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


class _Drained:
    def __init__(self) -> None:
        self.future: Future[None] = Future()

    def done(self, status: Status) -> None:
        if status == Status.OK:
            self.future.set_result(None)
        else:
            self.future.set_exception(error_of(status, "the engine stopped, or is drained again"))


def drain(function: str, owner: Owner) -> Waiting[None]:
    def begin() -> Future[None]:
        drained = _Drained()
        call(function, owner, drained)
        return drained.future

    return Answered(begin)


class _EventTarget:
    provides = ("on_event",)

    def __init__(self, listener: Callable[[Event], Any], _: object) -> None:
        self._listener = listener

    def on_event(self, event: Event) -> None:
        self._listener(event)


class _LogTarget:
    provides = ("log",)

    def __init__(self, log: Callable[[LogLevel, str, Mapping[str, str]], object], _: object) -> None:
        self._log = log

    def log(self, level: LogLevel, message: str, fields: Mapping[str, str]) -> None:
        self._log(level, message, fields)


_callbacks.adapters["sfu_event_callbacks"] = _EventTarget
_callbacks.adapters["sfu_log_callbacks"] = _LogTarget
