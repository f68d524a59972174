# SPDX-License-Identifier: Apache-2.0
"""Calls that wait for another thread or the network: awaited by who has a loop, waited for by who has none."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from ._callbacks import in_callback
from .errors import WrongThreadError

T = TypeVar("T")
pool = ThreadPoolExecutor(64, thread_name_prefix="libsfu")


class Waiting(Generic[T]):
    """Something that takes a while. `await` it, and a thread of libsfu waits meanwhile; or call wait(), and this one does.
    It begins when you do."""

    def __init__(self, call: Callable[[], T]) -> None:
        self._call = call
        self._begun = False

    def wait(self) -> T:
        self._begun = True
        return self._call()

    def __await__(self) -> Generator[Any, None, T]:
        self._begun = True
        return asyncio.get_running_loop().run_in_executor(pool, self._call).__await__()

    def __del__(self) -> None:
        if not self._begun:
            warnings.warn("a call of libsfu was neither awaited nor waited for", RuntimeWarning, 2, source=self)


class Answered(Waiting[T]):
    """`call` begins it, and the answer comes from elsewhere."""

    def __init__(self, begin: Callable[[], Future[T]]) -> None:
        self._begin = begin
        super().__init__(self._answer)

    def _answer(self) -> T:
        if in_callback():
            raise WrongThreadError("wait() within a callback, which the answer would wait for")
        return self._begin().result()

    def __await__(self) -> Generator[Any, None, T]:
        self._begun = True
        return self._awaited().__await__()

    async def _awaited(self) -> T:
        return await asyncio.wrap_future(await asyncio.get_running_loop().run_in_executor(pool, self._begin))
