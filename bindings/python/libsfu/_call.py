# SPDX-License-Identifier: Apache-2.0
"""One call of the C interface: what goes in, what comes out, what is raised."""

from __future__ import annotations

import ctypes
from typing import Any

from . import _abi, _callbacks
from ._library import functions, last_error_message
from ._marshal import Kept, from_string, from_struct, to_counted, to_single
from ._shape import Shape
from .errors import Error, error_of
from .values import ApiError

_OUT = {"out_handle": ctypes.c_void_p, "out_struct": ctypes.c_void_p, "out_string": ctypes.c_void_p}
_OUT_INTS = {
    "int": ctypes.c_int,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint16_t": ctypes.c_uint16,
    "uint64_t": ctypes.c_uint64,
}


class _Call:
    def __init__(self, loop: _callbacks.Loop | None) -> None:
        self.loop = loop
        self.kept = Kept(self._plug)
        self.numbers: list[int] = []
        self.outs: list[tuple[Shape, Any]] = []

    def _plug(self, struct: str, value: Any) -> Any:
        adapter = _callbacks.adapters.get(struct)
        made, number = _callbacks.callbacks(struct, adapter(value, self.loop) if adapter else value)
        self.numbers.append(number)
        return made

    def arguments(self, shapes: tuple[Shape, ...], given: Any) -> list[Any]:
        found: list[Any] = []
        for shape in shapes:
            if shape.kind.startswith("out_"):
                out: Any = (_OUT.get(shape.kind) or _OUT_INTS[shape.of])()
                self.outs.append((shape, out))
                found.append(ctypes.addressof(out))
            elif shape.kind == "done":
                function, number = _callbacks.done(shape.of, next(given))
                self.numbers.append(number)
                found += [function, number]
            elif shape.kind == "handle":
                holder = next(given)
                found.append(getattr(holder, "_handle", holder))
            elif shape.length:
                found += to_counted(shape, next(given), self.kept)
            elif shape.kind != "user":  # it came with `done`
                found.append(to_single(shape, next(given), self.kept))
        return found

    def results(self) -> Any:
        found = [_result(shape, out.value) for shape, out in self.outs]
        return None if not found else found[0] if len(found) == 1 else tuple(found)


def _result(shape: Shape, value: Any) -> Any:
    if shape.kind == "out_struct":
        if not value:
            return None
        try:
            return from_struct(shape.of, value)
        finally:
            functions["sfu_free"](value)
    if shape.kind == "out_string":
        try:
            return from_string(ctypes.string_at(value))
        finally:
            functions["sfu_free"](value)
    return value


def _api_error(message: str) -> ApiError | None:
    """What the server said, if it is what `message` is about: an earlier call's stays."""
    error = ctypes.c_void_p()
    if functions["sfu_room_api_get_last_error"](ctypes.addressof(error)) != 0 or not error.value:
        return None
    found: ApiError = _result(Shape("error", "out_struct", "sfu_api_error"), error.value)
    return found if found.message == message else None


def _error(name: str, status: int) -> Error:
    message = last_error_message()
    return error_of(status, message, _api_error(message) if name.startswith("sfu_room_api_") else None)


def call(name: str, *given: Any, loop: _callbacks.Loop | None = None) -> Any:
    """Calls a function of the C interface with what it takes in, and returns what it gives out. Handles may be given as
    what holds them, which is not forgotten until then. `loop`: where callbacks
    that are coroutine functions run."""
    shapes, _ = _abi.FUNCTIONS[name]
    this = _Call(loop)
    try:
        arguments = this.arguments(shapes, iter(given))
        status = functions[name](*arguments)
        if status != 0:
            raise _error(name, status)
    except BaseException:
        for number in this.numbers:
            _callbacks.forget(number)
        raise
    return this.results()
