# SPDX-License-Identifier: Apache-2.0
"""How the library calls Python. C gets a number as `user`; what is behind it lives until the library says `dropped`. The
functions that C calls are made once and never go."""

from __future__ import annotations

import asyncio
import ctypes
import inspect
import itertools
import logging
import threading
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Protocol, TypeVar

from . import _abi
from ._marshal import from_parameters

logger = logging.getLogger("libsfu")


class Target(Protocol):
    """Has a method for each callback in `provides`. The others are not even made."""

    @property
    def provides(self) -> Iterable[str]: ...


Loop = asyncio.AbstractEventLoop
# Of a struct of callbacks: makes the target of what users plug in.
adapters: dict[str, Callable[[Any, Loop | None], Target]] = {}

_lock = threading.RLock()  # the collector may run what needs it, too
_numbers = itertools.count(1)
_targets: dict[int, Any] = {}
_functions: dict[tuple[str, str], Any] = {}
_here = threading.local()


def in_callback() -> bool:
    return bool(getattr(_here, "depth", 0))


def registered() -> int:
    """How many are not dropped yet: for tests."""
    return len(_targets)


def add(target: object) -> int:
    with _lock:
        number = next(_numbers)
        _targets[number] = target
    return number


def forget(number: int) -> None:
    with _lock:
        _targets.pop(number, None)


def _run(target: Any, name: str, shapes: Any, arguments: Any) -> Any:
    _here.depth = getattr(_here, "depth", 0) + 1
    try:
        return getattr(target, name)(**from_parameters(shapes, arguments))
    except BaseException:
        # There is nobody above who could catch it.
        logger.exception("an exception in a callback of libsfu")
        return None
    finally:
        _here.depth -= 1


_dropped = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(forget)


def _function(struct: str, name: str) -> Any:
    with _lock:
        found = _functions.get((struct, name))
        if found is None:
            shapes, types, returned = _abi.CALLBACKS[struct][name]
            once = name == "done"

            def call(user: int, *arguments: Any) -> Any:
                target = _targets.get(user)
                if once:
                    forget(user)
                result = None if target is None else _run(target, name, shapes, arguments)
                return None if returned is None else result or 0

            found = ctypes.CFUNCTYPE(returned, ctypes.c_void_p, *types)(call)
            _functions[struct, name] = found
    return found


def callbacks(struct: str, target: Target) -> tuple[Any, int]:
    """The struct, and the number to forget() if the library does not take it."""
    made: Any = _abi.STRUCTS[struct]()
    number = add(target)
    made.size = ctypes.sizeof(made)
    made.user = number
    made.dropped = ctypes.cast(_dropped, ctypes.c_void_p)
    for name in target.provides:
        setattr(made, name, ctypes.cast(_function(struct, name), ctypes.c_void_p))
    return made, number


def done(type_: str, target: object) -> tuple[Any, int]:
    """A function that is called once: target.done()."""
    return ctypes.cast(_function(type_, "done"), ctypes.c_void_p), add(target)


T = TypeVar("T")


def now_or_later(
    loop: Loop | None, ask: Callable[[], T | Awaitable[T]], answer: Callable[[T], object], failed: Callable[[Exception], object]
) -> None:
    """Asks on this thread. What is awaitable is awaited on `loop`, and answered there."""

    async def finish(pending: Awaitable[T]) -> None:
        try:
            result = await pending
        except Exception as error:
            failed(error)
        except BaseException:  # cancelled
            failed(RuntimeError("cancelled"))
            raise
        else:
            answer(result)

    try:
        asked = ask()
    except Exception as error:
        failed(error)
        return
    if not inspect.isawaitable(asked):
        answer(asked)
        return
    finishing = finish(asked)
    try:
        if loop is None:
            raise RuntimeError("a coroutine function as a callback needs a running loop where it was given")
        asyncio.run_coroutine_threadsafe(finishing, loop)
    except RuntimeError as error:  # also of a loop that is closed
        finishing.close()
        if inspect.iscoroutine(asked):
            asked.close()
        failed(error)
