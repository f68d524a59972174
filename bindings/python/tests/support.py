# SPDX-License-Identifier: Apache-2.0
"""What tests share: a server on loopback, tokens, and people in rooms."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

FOLDER = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(FOLDER))

import libsfu as libsfu  # noqa: E402

KEY, SECRET = "devkey", "a secret of at least thirty-two characters"
E = TypeVar("E")


def free_port(kind: socket.SocketKind = socket.SOCK_DGRAM) -> int:
    with socket.socket(socket.AF_INET, kind) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def engine_options(**more: Any) -> libsfu.EngineOptions:
    return libsfu.EngineOptions(
        **{
            "workers": 1,
            "udp_port_first": free_port(),
            "bind_addresses": ["127.0.0.1"],
            "keys": {KEY: SECRET},
            "room_defaults": libsfu.RoomOptions(remote_unmute=True),
            **more,
        }
    )


def server_options(**engine: Any) -> libsfu.ServerOptions:
    return libsfu.ServerOptions(
        port=libsfu.NONE, bind_addresses=["127.0.0.1"], engine=engine_options(**engine)
    )


def token(identity: str, room: str = "hall", **grants: Any) -> str:
    grant = libsfu.VideoGrant(room_join=True, room=room, can_update_own_metadata=True, **grants)
    return libsfu.create_token(
        libsfu.Claims(identity=identity, video=grant),
        libsfu.AccessTokenOptions(api_key=KEY, api_secret=SECRET),
    )


def connect(
    server: libsfu.Server, identity: str, listener: Callable[[libsfu.ClientEvent], object] | None = None, **more: Any
) -> libsfu.Opening[libsfu.Client]:
    rtp = more.pop("rtp", False)
    more.setdefault("token", token(identity))
    options = libsfu.ClientOptions(url=f"ws://127.0.0.1:{server.port}", media_addresses=["127.0.0.1"], **more)
    return libsfu.Client.connect(options, listener, rtp=rtp)


def join(engine: libsfu.Engine, identity: str, **more: Any) -> libsfu.Opening[libsfu.Client]:
    who = libsfu.LocalParticipantOptions(claims=libsfu.Claims(identity=identity))
    return engine.room("hall").join(who, **more)


async def heard(client: libsfu.Client, kind: type[E], such: Callable[[E], bool] = lambda _: True) -> E:
    """The next event of that kind; what comes before it is passed over."""
    async with asyncio.timeout(20):
        async for event in client.events:
            if isinstance(event, kind) and such(event):
                return event
    raise AssertionError(f"the events ended without {kind.__name__}")


@contextlib.asynccontextmanager
async def talking(track: libsfu.LocalTrack, text: bytes = b"sound") -> AsyncIterator[None]:
    """Writes a frame each 20 ms meanwhile, as an encoder does."""

    async def talk() -> None:
        n = 0
        while True:
            track.write_frame(libsfu.Frame(timestamp=960 * n, data=b"\xfc" + text, is_keyframe=True))
            n += 1
            await asyncio.sleep(0.02)

    task = asyncio.create_task(talk())
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


class Lines:
    """What threads of the library say, to be waited for."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.all: list[Any] = []

    def add(self, line: Any) -> None:
        with self._changed:
            self.all.append(line)
            self._changed.notify_all()

    def wait(self, such: Callable[[Any], bool], count: int = 1) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: sum(1 for line in self.all if such(line)) >= count, 20)

    async def awaited(self, such: Callable[[Any], bool], count: int = 1) -> None:
        if not await asyncio.to_thread(self.wait, such, count):
            raise AssertionError(f"not heard; but {self.all}")
