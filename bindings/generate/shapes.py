# SPDX-License-Identifier: Apache-2.0
"""What fields and parameters mean, beyond their C type: a pointer and its count are one list, `out` is a result."""

from __future__ import annotations

import os.path
from dataclasses import dataclass

from headers import Enumeration, Headers, Variable

INTEGERS = ("int", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t", "size_t")
# Wherever there is one of these, there is what it points to.
NEVER_NULL = {
    ("sfu_event", "room"),
    ("sfu_join_request", "claims"),
    ("sfu_publish_request", "publisher"),
    ("sfu_publish_request", "track"),
    ("sfu_subscribe_request", "subscriber"),
    ("sfu_subscribe_request", "publisher"),
    ("sfu_subscribe_request", "track"),
    ("sfu_data_request", "sender"),
    ("sfu_media_sample", "frame"),
    ("sfu_stream_statistics", "track"),
}


@dataclass(frozen=True)
class Shape:
    """`kind`: int, float, bool, setting, enum, numbers; string, strings, pairs, bytes, text; struct, structs, enums, ints;
    callbacks, handle, done, user, pointer, function; out_handle, out_struct, out_string, out_int."""

    name: str
    kind: str
    of: str = ""  # the C type that is meant
    count: str = ""  # the C name of what has the length
    array: int = 0
    doc: str = ""


def _shape(headers: Headers, each: Variable, enums: set[str]) -> Shape:
    def made(kind: str, of: str = "", array: int = 0) -> Shape:
        return Shape(each.name, kind, of, array=array, doc=each.doc)

    if each.callback:
        return made("function")
    if each.array:
        return made("numbers", each.type, each.array)
    type_ = each.type
    if type_ in ("sfu_bool", "sfu_setting"):
        return made(type_[4:])
    if type_ in enums:
        return made("enum", type_)
    if type_ in INTEGERS:
        return made("int", type_)
    if type_ == "double":
        return made("float")
    if type_ == "const char*":
        return made("string")
    if type_ == "char**":
        return made("out_string")
    if type_ in headers.callbacks:
        return made("done", type_)
    if type_ == "void*" and each.name == "user":
        return made("user")
    base = type_.removeprefix("const ").rstrip("*")
    if type_ == f"const {base}**" and base in headers.structs:
        return made("out_struct", base)
    if type_ == f"{base}**" and base in headers.handles:
        return made("out_handle", base)
    if type_ == f"{base}*" and base in headers.handles:
        return made("handle", base)
    if type_ == f"{base}*" and base in INTEGERS and base != "uint8_t":
        return made("out_int", base)
    if type_ == f"const {base}*" and base in headers.structs:
        return made("callbacks" if headers.structs[base].is_callbacks else "struct", base)
    return made("pointer", type_)


_LISTS = {"const char* const*": "strings", "const sfu_pair*": "pairs", "const uint8_t*": "bytes", "const char*": "text"}


def shapes(headers: Headers, variables: list[Variable]) -> list[Shape]:
    enums = {each.name for each in headers.enumerations} - {"", "sfu_setting"}
    found: list[Shape] = []
    at = 0
    while at < len(variables):
        each = variables[at]
        following = variables[at + 1] if at + 1 < len(variables) else None
        at += 1
        if following and following.type == "size_t" and following.name.endswith(("count", "length")):
            base = each.type.removeprefix("const ").removesuffix("*").removesuffix("* const")
            kind = _LISTS.get(each.type)
            if kind is None and each.type == f"const {base}* const*" and base in headers.structs:
                kind = "structs"
            if kind is None and each.type == f"const {base}*" and base in enums:
                kind = "enums"
            if kind is None and each.type == "const int32_t*":
                kind = "ints"
            if kind:
                of = base if kind in ("structs", "enums") else ""
                found.append(Shape(each.name, kind, of, following.name, doc=each.doc))
                at += 1
                continue
        found.append(_shape(headers, each, enums))
    return found


def prefix(each: Enumeration) -> str:
    """What all names of an enumeration begin with."""
    common = os.path.commonprefix([name for name, _, _ in each.values])
    return common[: common.rfind("_") + 1]


def short(each: Enumeration, name: str) -> str:
    name = name[len(prefix(each)) :]
    return name.removeprefix("ERROR_") if each.name == "sfu_status" else name


def camel(name: str) -> str:
    """sfu_room_info: RoomInfo."""
    return "".join(word.capitalize() for word in name.removeprefix("sfu_").split("_"))
