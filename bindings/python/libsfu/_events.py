# SPDX-License-Identifier: Apache-2.0
"""What happened, from threads of the library to whichever loop asks for it."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

E = TypeVar("E")


class Events(AsyncIterator[E], Generic[E]):
    """`async for event in ...`; ends after the last one. Holds `limit` of them: beyond, the oldest are dropped and
    counted."""

    def __init__(self, limit: int = 4096) -> None:
        self._limit = limit
        self._lock = threading.RLock()  # the collector may run what needs it, too
        self._queue: deque[E] = deque()
        self._waiters: list[asyncio.Future[None]] = []
        self._ended = False
        self.dropped = 0

    def put(self, event: E) -> None:
        with self._lock:
            if len(self._queue) >= self._limit:
                self._queue.popleft()
                self.dropped += 1
            self._queue.append(event)
            waiters, self._waiters = self._waiters, []
        _wake(waiters)

    def end(self) -> None:
        with self._lock:
            self._ended = True
            waiters, self._waiters = self._waiters, []
        _wake(waiters)

    async def __anext__(self) -> E:
        while True:
            with self._lock:
                if self._queue:
                    return self._queue.popleft()
                if self._ended:
                    raise StopAsyncIteration
                waiter = asyncio.get_running_loop().create_future()
                self._waiters.append(waiter)
            await waiter


def _wake(waiters: list[asyncio.Future[None]]) -> None:
    def wake(waiter: asyncio.Future[None]) -> None:
        if not waiter.done():
            waiter.set_result(None)

    for waiter in waiters:
        try:
            waiter.get_loop().call_soon_threadsafe(wake, waiter)
        except RuntimeError:
            pass  # its loop is closed: nobody waits any more
