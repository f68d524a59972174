# SPDX-License-Identifier: Apache-2.0
"""Of the headers: bindings/python/libsfu/_abi.py (for ctypes) and values.py (what users see)."""

from __future__ import annotations

import re
import textwrap

from headers import Headers, Struct, Variable
from prose import Prose
from shapes import NEVER_NULL, Shape, camel, shapes, short

_TOP = '# SPDX-License-Identifier: Apache-2.0\n"""{}\n\nMade of include/sfu-c by bindings/generate/generate."""\n'

_CTYPES = {
    "int": "c_int",
    "int32_t": "c_int32",
    "int64_t": "c_int64",
    "uint8_t": "c_uint8",
    "uint16_t": "c_uint16",
    "uint32_t": "c_uint32",
    "uint64_t": "c_uint64",
    "size_t": "c_size_t",
    "double": "c_double",
    "const char*": "c_char_p",
    "void": "None",
}

# Plug points of an engine: how a program in Python fills them. Those that are not here are asked about so often that
# Python could not answer in time.
PLUGS = {
    "sfu_auth_callbacks": "Auth",
    "sfu_policy_callbacks": "Policy",
    "sfu_event_callbacks": "Callable[[Event], object]",
    "sfu_client_config_callbacks": "Callable[[ClientDescription], ClientConfiguration | None]",
    "sfu_log_callbacks": "Callable[[LogLevel, str, Mapping[str, str]], object]",
}
_NOT_FOR_USERS = {"sfu_pair", "sfu_address", "sfu_datagram", "sfu_string_list"}
# These would hide a word of the language, or a type.
_RENAMED = {"self": "myself", "bytes": "data"}


def _ctype(headers: Headers, variable: Variable) -> str:
    if variable.callback:
        return "c_void_p"
    type_ = variable.type
    while type_ in headers.aliases:
        type_ = headers.aliases[type_]
    found = _CTYPES.get(type_)
    if found is None:
        found = type_ if type_ in headers.structs else "c_void_p"
    return f"{found} * {variable.array}" if variable.array else found


def _ctypes(headers: Headers, parameters: list[Variable]) -> list[str]:
    """Of parameters. What has a length goes by its address."""
    found = [_ctype(headers, each) for each in parameters]
    for at, each in enumerate(parameters[1:]):
        if each.name == "length":
            found[at] = "c_void_p"
    return found


def _shape(each: Shape) -> str:
    rest = [each.of, each.count]
    while rest and not rest[-1]:
        rest.pop()
    return f"S({', '.join(repr(part) for part in (each.name, each.kind, *rest))})"


def _shapes(found: list[Shape]) -> str:
    return "(" + "".join(_shape(each) + ", " for each in found).strip() + ")"


def abi(headers: Headers) -> str:
    out = [_TOP.format("The C interface, as ctypes and marshal.py need it.")]
    names = sorted({_ctype(headers, each) for struct in headers.structs.values() for each in struct.fields})
    imports = sorted({"c_uint16", "c_double", "Structure"} | {name.split(" ")[0] for name in names if name.startswith("c_")})
    out.append(f"from ctypes import {', '.join(imports)}\nfrom typing import Any\n\nfrom ._shape import Shape as S\n")
    for struct in _ordered(headers):
        fields = ", ".join(f'("{each.name}", {_ctype(headers, each)})' for each in struct.fields)
        out.append(f"\nclass {struct.name}(Structure):\n    _fields_ = [{fields}]\n")
    out.append("\nSTRUCTS: dict[str, type[Structure]] = {")
    out += [f'    "{name}": {name},' for name in headers.structs]
    out.append("}\n\n# Without `size`.\nSHAPES: dict[str, tuple[S, ...]] = {")
    for struct in headers.structs.values():
        fields = [each for each in struct.fields if each.name != "size"]
        out.append(f'    "{struct.name}": {_shapes(shapes(headers, fields))},')
    out.append("}\n\n# What each callback gets after `user`, its C types, and that of what it returns.")
    out.append("CALLBACKS: dict[str, dict[str, tuple[tuple[S, ...], tuple[Any, ...], Any]]] = {")
    for struct in headers.structs.values():
        if struct.is_callbacks and (struct.name in PLUGS or struct.name in _BOUND_CALLBACKS):
            out.append(f'    "{struct.name}": {{')
            for each in struct.fields:
                if each.callback and each.name != "dropped":
                    parameters = each.callback.parameters[1:]
                    types = "".join(one + ", " for one in _ctypes(headers, parameters)).strip()
                    returned = _ctype(headers, Variable("", each.callback.returns))
                    out.append(f'        "{each.name}": ({_shapes(shapes(headers, parameters))}, ({types}), {returned}),')
            out.append("    },")
    for name, callback in headers.callbacks.items():
        parameters = callback.parameters[1:]
        types = "".join(one + ", " for one in _ctypes(headers, parameters)).strip()
        out.append(f'    "{name}": {{"done": ({_shapes(shapes(headers, parameters))}, ({types}), None)}},')
    out.append("}\n\n# What each function takes, and its C types; the first of them is what it returns.")
    out.append("FUNCTIONS: dict[str, tuple[tuple[S, ...], tuple[Any, ...]]] = {")
    for function in headers.functions.values():
        types = [_ctype(headers, Variable("", function.returns)), *_ctypes(headers, function.parameters)]
        out.append(f'    "{function.name}": ({_shapes(shapes(headers, function.parameters))}, ({", ".join(types)},)),')
    out.append("}\n\nENUMERATIONS: dict[str, dict[str, int]] = {")
    for each in headers.enumerations:
        out.append(f'    "{each.name}": {{{", ".join(f"{name!r}: {number}" for name, number, _ in each.values)}}},')
    out.append("}\n")
    return "\n".join(out)


_BOUND_CALLBACKS = {"sfu_client_callbacks", "sfu_packet_filter_callbacks", "sfu_rpc_callbacks", "sfu_signal_callbacks"}


def _ordered(headers: Headers) -> list[Struct]:
    """A struct after those that it holds."""
    found: dict[str, Struct] = {}

    def add(struct: Struct) -> None:
        for each in struct.fields:
            if each.type in headers.structs:
                add(headers.structs[each.type])
        found.setdefault(struct.name, struct)

    for struct in headers.structs.values():
        add(struct)
    return list(found.values())


def _hint(each: Shape, owner: str, reading: bool) -> tuple[str, str]:
    """The type, and the default; "" where a value is needed."""
    kind = each.kind
    if kind == "enum":
        return camel(each.of), f"{camel(each.of)}(0)"
    if kind == "struct":
        return (camel(each.of), "") if (owner, each.name) in NEVER_NULL or reading else (f"{camel(each.of)} | None", "None")
    if kind in ("structs", "enums"):
        return f"Sequence[{camel(each.of)}]", "()"
    if kind == "callbacks":
        return f"{PLUGS[each.of]} | None", "None"
    if kind in ("numbers", "ints"):
        return "Sequence[int]", "()"
    return {
        "int": ("int", "0"),
        "float": ("float", "0.0"),
        "bool": ("bool", "False"),
        "setting": ("bool | None", "None"),
        "string": ("str", '""'),
        "text": ("str", '""'),
        "strings": ("Sequence[str]", "()"),
        "pairs": ("Mapping[str, str]", "field(default_factory=dict)"),
        "bytes": ("bytes", 'b""'),
    }[kind]


def _comment(doc: str, indent: str) -> list[str]:
    return [f"{indent}# {line}" for line in textwrap.wrap(doc, 116 - len(indent))] if doc else []


def _docstring(doc: str, indent: str) -> list[str]:
    if not doc:
        return []
    lines = textwrap.wrap(doc, 110 - len(indent))
    return [f'{indent}"""{lines[0]}' + ('"""' if len(lines) == 1 else "")] + (
        [indent + line for line in lines[1:-1]] + [f'{indent}{lines[-1]}"""'] if len(lines) > 1 else []
    )


def _dataclass(
    prose: Prose, name: str, doc: str, fields: list[Shape], owner: str, reading: bool = False, base: str = ""
) -> list[str]:
    doc = prose(doc)
    out = ["", "", "@dataclass(frozen=True, kw_only=True, slots=True)", f"class {name}{base}:", *_docstring(doc, "    ")]
    if doc and fields:
        out.append("")
    for each in fields:
        hint, default = _hint(each, owner, reading)
        if reading:
            default = ""
        out += _comment(prose(each.doc), "    ")
        out.append(f"    {_RENAMED.get(each.name, each.name)}: {hint}{f' = {default}' if default else ''}")
    if not fields and not doc:
        out.append("    pass")
    return out


def values(headers: Headers) -> str:
    words = {"NULL": "None", "SFU_NONE": "NONE", "SFU_DEFAULT": "None", "SFU_ON": "True", "SFU_OFF": "False"}
    prose = Prose(headers, str, lambda enumeration, name: f"{enumeration}.{name}", words)
    out = [_TOP.format("What goes in and what comes out: options, information, events. Nothing here changes once it is made.")]
    out.append("from __future__ import annotations\n")
    out.append("from collections.abc import Callable, Mapping, Sequence\nfrom dataclasses import dataclass, field")
    out.append("from typing import TYPE_CHECKING\n\nfrom ._enumeration import Enumeration\n")
    out.append("if TYPE_CHECKING:\n    from .auth import Auth\n    from .policy import Policy\n")
    out.append('NONE = -1\n"""In numbers of options whose 0 is "the default": none, at once, or no limit."""')
    for each in headers.enumerations:
        if each.name in ("", "sfu_setting"):
            continue
        out += ["", "", f"class {camel(each.name)}(Enumeration):"]
        for name, number, comment in each.values:
            doc = prose(comment)
            line = f"    {short(each, name)} = {number}"
            out.append(f"{line}  # {doc}" if doc and len(line) + len(doc) < 116 else line)
    for struct in headers.structs.values():
        if struct.is_callbacks or struct.name in _NOT_FOR_USERS or struct.name.endswith("_list"):
            continue
        fields = [
            each
            for each in shapes(headers, struct.fields)
            if each.name != "size" and (each.kind != "callbacks" or each.of in PLUGS)
        ]
        out += _dataclass(prose, camel(struct.name), struct.doc, fields, struct.name)
    out += ["", "", "class ClientEvent:", '    """What a client tells of."""', "", "    __slots__ = ()"]
    for each_field in headers.structs["sfu_client_callbacks"].fields:
        if each_field.callback and each_field.name != "dropped":
            found = shapes(headers, each_field.callback.parameters[1:])
            name = camel(each_field.name.removeprefix("on_")) + "Event"
            out += _dataclass(prose, name, each_field.doc, found, "", reading=True, base="(ClientEvent)")
    text = "\n".join(out) + "\n"
    names = sorted(["NONE", *re.findall(r"^class (\w+)", text, re.MULTILINE)])
    return text + "\n__all__ = [\n" + "".join(f'    "{name}",\n' for name in names) + "]\n"
