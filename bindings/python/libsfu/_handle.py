# SPDX-License-Identifier: Apache-2.0
"""Objects of the library that Python holds. One that is closed raises InvalidHandleError, whatever is asked of it."""

from __future__ import annotations

import asyncio
import atexit
import warnings
import weakref
from types import TracebackType
from typing import Any, ClassVar, Generic, Self, TypeVar

from ._call import call
from ._waiting import Waiting, pool
from .errors import Error


def loop_here() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


_handles: weakref.WeakSet[Handle] = weakref.WeakSet()


class Handle:
    """`_release`: the function that gives it back."""

    _release: ClassVar[str]

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._open = True
        _handles.add(self)

    def _end(self) -> None:
        was, self._open = self._open, False
        if was:
            call(self._release, self._handle)


class Name(Handle):
    """Its release waits for nobody, so that it may also just be forgotten."""

    def close(self) -> None:
        """Again: does nothing."""
        self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_open", False):
            self.close()


class Owner(Handle):
    """Has threads, sockets or people behind it, which its closing waits for. `async with` or `with`, or close()."""

    def close(self) -> Waiting[None]:
        """Again: does nothing."""
        return Waiting(self._end)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def __del__(self) -> None:
        if not getattr(self, "_open", False):
            return
        warnings.warn(f"unclosed {self!r}", ResourceWarning, 2, source=self)
        self._open = False
        release = self._release, self._handle
        try:
            pool.submit(call, *release)  # it may be a thread of the library that collects garbage
        except RuntimeError:  # the interpreter ends
            call(*release)


@atexit.register
def _close_all() -> None:
    """The library must not call an interpreter that is gone."""
    for handle in list(_handles):
        try:
            handle._end()
        except Error:
            pass  # it ended by itself


H = TypeVar("H", bound=Owner)


class Opening(Waiting[H], Generic[H]):
    """What is about to be made: `server = await Server.start(...)`, `async with Server.start(...) as server`, and
    without a loop `with Server.start(...) as server`, or .wait()."""

    _made: H

    def __enter__(self) -> H:
        self._made = self.wait()
        return self._made

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._made._end()

    async def __aenter__(self) -> H:
        self._made = await self
        return self._made

    async def __aexit__(self, *_: Any) -> None:
        await self._made.close()
