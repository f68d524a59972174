# SPDX-License-Identifier: Apache-2.0
"""Between values and C structs, by the tables of _abi.py."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any

from . import _abi, values
from ._shape import Shape
from .errors import InvalidArgumentError

_RENAMED = {"self": "myself", "bytes": "data"}


def _class_of(name: str) -> Any:
    return getattr(values, "".join(word.capitalize() for word in name.removeprefix("sfu_").split("_")), None)


_VALUES = {name: _class_of(name) for name in _abi.STRUCTS}
_ENUMS = {name: _class_of(name) for name in _abi.ENUMERATIONS if name}
_STRUCT_OF = {made: name for name, made in _VALUES.items() if made is not None}
_RANGES = {
    "int": (-(2**31), 2**31 - 1),
    "int32_t": (-(2**31), 2**31 - 1),
    "int64_t": (-(2**63), 2**63 - 1),
    "uint8_t": (0, 2**8 - 1),
    "uint16_t": (0, 2**16 - 1),
    "uint32_t": (0, 2**32 - 1),
    "uint64_t": (0, 2**64 - 1),
    "size_t": (0, 2**64 - 1),
}


def python_name(name: str) -> str:
    return _RENAMED.get(name, name)


# --- into C ------------------------------------------------------------------------------------------------------------


class Kept:
    """What C borrows for the time of a call. `plug` makes structs of callbacks."""

    def __init__(self, plug: Any = None) -> None:
        self.objects: list[Any] = []
        self.plug = plug

    def address(self, held: Any) -> int:
        self.objects.append(held)
        return ctypes.addressof(held)


def to_string(value: object, name: str) -> bytes:
    if not isinstance(value, str):
        raise TypeError(f"{name}: a str is needed, not {type(value).__name__}")
    try:
        encoded = value.encode()
    except UnicodeEncodeError as error:
        raise InvalidArgumentError(f"{name}: {error}") from None
    if b"\0" in encoded:
        raise InvalidArgumentError(f"{name}: a NUL in a string")
    return encoded


def to_int(value: object, type_: str, name: str) -> int:
    if not isinstance(value, int):
        raise TypeError(f"{name}: an int is needed, not {type(value).__name__}")
    low, high = _RANGES[type_]
    if not low <= value <= high:
        raise InvalidArgumentError(f"{name}: {value} is not within {low} and {high}")
    return int(value)


def _to_bytes(value: Any, kept: Kept) -> tuple[int | None, int]:
    data = value if isinstance(value, bytes) else bytes(memoryview(value))
    kept.objects.append(data)
    return ctypes.cast(ctypes.c_char_p(data), ctypes.c_void_p).value, len(data)


def _array(kept: Kept, type_: Any, items: Sequence[Any]) -> tuple[int | None, int]:
    return (kept.address((type_ * len(items))(*items)) if items else None), len(items)


def to_counted(shape: Shape, value: Any, kept: Kept) -> tuple[int | None, int]:
    """Pointer and length."""
    kind = shape.kind
    if kind == "bytes":
        return _to_bytes(value, kept)
    if kind == "text":
        return _to_bytes(value.encode(), kept)
    if kind == "strings":
        if isinstance(value, str):
            raise TypeError(f"{shape.name}: a list of str is needed, not one str")
        return _array(kept, ctypes.c_char_p, [to_string(each, shape.name) for each in value])
    if kind == "pairs":
        items = dict(value).items()
        pairs = [_abi.sfu_pair(to_string(key, shape.name), to_string(one, shape.name)) for key, one in items]
        kept.objects.append(pairs)
        return _array(kept, _abi.sfu_pair, pairs)
    if kind == "structs":
        return _array(kept, ctypes.c_void_p, [kept.address(to_struct(each, kept)) for each in value])
    if kind == "ints":
        return _array(kept, ctypes.c_int32, [to_int(each, "int32_t", shape.name) for each in value])
    return _array(kept, ctypes.c_int32, [int(each) for each in value])  # enums


def to_single(shape: Shape, value: Any, kept: Kept) -> Any:
    kind = shape.kind
    if kind == "string":
        return to_string(value, shape.name)
    if kind == "int":
        return to_int(value, shape.of, shape.name)
    if kind == "enum":
        return to_int(value, "int32_t", shape.name)
    if kind == "bool":
        return 1 if value else 0
    if kind == "setting":
        return 0 if value is None else 1 if value else 2
    if kind == "float":
        return float(value)
    if value is None:
        return None
    if kind == "struct":
        wanted = _VALUES[shape.of]
        if not isinstance(value, wanted):
            raise TypeError(f"{shape.name}: {wanted.__name__} is needed, not {type(value).__name__}")
        return kept.address(to_struct(value, kept))
    if kind == "callbacks":
        return kept.address(kept.plug(shape.of, value))
    raise AssertionError(kind)


def to_struct(value: Any, kept: Kept) -> Any:
    name = _STRUCT_OF[type(value)]
    struct: Any = _abi.STRUCTS[name]()
    struct.size = ctypes.sizeof(struct)
    for shape in _abi.SHAPES[name]:
        given = getattr(value, python_name(shape.name), None)
        if shape.length:
            pointer, length = to_counted(shape, given, kept)
            setattr(struct, shape.name, pointer)
            setattr(struct, shape.length, length)
        elif shape.kind == "callbacks":
            if given is not None:
                setattr(struct, shape.name, to_single(shape, given, kept))
        else:
            setattr(struct, shape.name, to_single(shape, given, kept))
    return struct


# --- out of C ----------------------------------------------------------------------------------------------------------


def from_string(value: bytes | None) -> str:
    return value.decode("utf-8", "replace") if value else ""


def _struct_at(name: str, address: int) -> Any:
    """An older library has less in it."""
    type_ = _abi.STRUCTS[name]
    size = ctypes.c_uint32.from_address(address).value
    if size >= ctypes.sizeof(type_):
        return type_.from_address(address)
    copy = type_()
    ctypes.memmove(ctypes.addressof(copy), address, size)
    return copy


def from_counted(shape: Shape, pointer: int | None, length: int) -> Any:
    kind = shape.kind
    if kind == "bytes":
        return ctypes.string_at(pointer, length) if pointer else b""
    if kind == "text":
        return ctypes.string_at(pointer, length).decode("utf-8", "replace") if pointer else ""
    if kind == "pairs":
        pairs = (_abi.sfu_pair * length).from_address(pointer) if pointer else ()
        return {from_string(each.key): from_string(each.value) for each in pairs}
    if not pointer:
        return ()
    if kind == "strings":
        return tuple(from_string(each) for each in (ctypes.c_char_p * length).from_address(pointer))
    if kind == "structs":
        return tuple(from_struct(shape.of, each) for each in (ctypes.c_void_p * length).from_address(pointer) if each)
    return tuple(_ENUMS[shape.of](each) for each in (ctypes.c_int32 * length).from_address(pointer))  # enums


def from_single(shape: Shape, value: Any) -> Any:
    kind = shape.kind
    if kind == "string":
        return from_string(value)
    if kind == "bool":
        return bool(value)
    if kind == "setting":
        return None if value == 0 else value == 1
    if kind == "enum":
        return _ENUMS[shape.of](value)
    if kind == "struct":
        return from_struct(shape.of, value) if value else None
    if kind == "numbers":
        return tuple(value)
    return value  # numbers, and handles that are asked for an answer


def from_struct(name: str, address: int) -> Any:
    struct = _struct_at(name, address)
    read: dict[str, Any] = {}
    for shape in _abi.SHAPES[name]:
        if shape.length:
            read[python_name(shape.name)] = from_counted(
                shape, getattr(struct, shape.name), getattr(struct, shape.length)
            )
        elif shape.kind != "callbacks":
            read[python_name(shape.name)] = from_single(shape, getattr(struct, shape.name))
    made = _VALUES[name]
    if made is not None:
        return made(**read)
    return read["items"]  # ..._list


def from_parameters(shapes: Sequence[Shape], arguments: Sequence[Any]) -> Mapping[str, Any]:
    read: dict[str, Any] = {}
    at = 0
    for shape in shapes:
        if shape.length:
            read[python_name(shape.name)] = from_counted(shape, arguments[at], arguments[at + 1])
            at += 2
        else:
            read[python_name(shape.name)] = from_single(shape, arguments[at])
            at += 1
    return read
