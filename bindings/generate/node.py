# SPDX-License-Identifier: Apache-2.0
"""Of the headers: bindings/node/src/tables.inc (for the addon) and values.d.ts (what users see). Offsets, sizes and numbers
are written as C expressions: the compiler knows them."""

from __future__ import annotations

import re
import textwrap

from headers import Enumeration, Headers, Signature, Struct
from prose import Prose
from shapes import NEVER_NULL, Shape, camel, shapes, short

_TOP = "// SPDX-License-Identifier: Apache-2.0\n// {}\n// Made of include/sfu-c by bindings/generate/generate.\n"

# How a program in JavaScript fills the plug points of an engine. Those that are not here must answer before they return,
# on threads of the library that JavaScript cannot run on.
PLUGS = {
    "sfu_policy_callbacks": "Policy",
    "sfu_event_callbacks": "",
    "sfu_log_callbacks": "(level: LogLevel, message: string, fields: Record<string, string>) => void",
}
_OTHERS = {"sfu_client_callbacks", "sfu_rpc_callbacks", "sfu_signal_callbacks"}
# Told by the engine itself, and a loop that JavaScript cannot drive.
_FIELDS_LEFT_OUT = {("sfu_engine_options", "events"), ("sfu_engine_options", "host_driven")}
_UNANSWERABLE = {("sfu_policy_callbacks", "on_data")}
_MEDIA = {"on_frame", "on_rtp"}
_NOT_FOR_USERS = {"sfu_pair", "sfu_address", "sfu_datagram", "sfu_string_list"}
_KINDS = {
    "int": "kInt32",
    "int32_t": "kInt32",
    "int64_t": "kInt64",
    "uint8_t": "kUint8",
    "uint16_t": "kUint16",
    "uint32_t": "kUint32",
    "uint64_t": "kUint64",
    "size_t": "kUint64",
}


def lower(name: str) -> str:
    """track_sid: trackSid."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


class _Tables:
    def __init__(self, headers: Headers) -> None:
        self.headers = headers
        self.structs = list(headers.structs)
        self.enums = [each.name for each in headers.enumerations if each.name not in ("", "sfu_setting")]
        self.out = [_TOP.format("The C interface, as data. Included by tables.cpp alone.")]

    def _kind(self, each: Shape) -> tuple[str, str]:
        """The kind, and the index of what it is of."""
        if each.kind in ("int", "numbers"):
            return ("kNumbers" if each.kind == "numbers" else _KINDS[each.of]), "0"
        if each.kind == "out_int":
            return f"kOut{_KINDS[each.of][1:]}", "0"
        kind = "k" + "".join(word.capitalize() for word in each.kind.split("_"))
        if each.kind in ("struct", "structs", "callbacks", "out_struct"):
            return kind, str(self.structs.index(each.of))
        if each.kind in ("enum", "enums"):
            return kind, str(self.enums.index(each.of))
        if each.kind == "done":
            return kind, f"kDone_{each.of}"
        return kind, "0"

    def _shapes(self, name: str, rows: list[str]) -> str:
        if not rows:
            return "nullptr, 0"
        self.out.append(f"static const Shape {name}[] = {{")
        self.out += [f"    {row}," for row in rows]
        self.out.append("};")
        return f"{name}, {len(rows)}"

    def _fields(self, struct: Struct) -> str:
        rows = []
        for each in shapes(self.headers, [field for field in struct.fields if field.name != "size"]):
            if each.kind in ("user", "function", "pointer"):
                continue
            kind, of = self._kind(each)
            length = f"offsetof({struct.name}, {each.count})" if each.count else "0"
            rows.append(f'{{"{lower(each.name)}", {kind}, {of}, offsetof({struct.name}, {each.name}), {length}, {each.array}}}')
        return self._shapes(f"kFields_{struct.name}", rows)

    def parameters(self, name: str, signature: Signature, skip: int) -> tuple[str, int]:
        rows, slot = [], 0
        for each in shapes(self.headers, signature.parameters[skip:]):
            kind, of = self._kind(each)
            rows.append(f'{{"{lower(each.name)}", {kind}, {of}, {slot}, {slot + 1 if each.count else 0}, 0}}')
            slot += 2 if each.count else 1
        return self._shapes(name, rows), slot

    def text(self) -> str:
        out, headers = self.out, self.headers
        rows = []
        for each in headers.enumerations:
            if each.name in self.enums:
                out.append(f"static const EnumValue kValues_{each.name}[] = {{")
                out += [f'    {{{name}, "{short(each, name).lower()}", "{name}"}},' for name, _, _ in each.values]
                out.append("};")
                rows.append(f'{{"{camel(each.name)}", kValues_{each.name}, {len(each.values)}}}')
        out.append(f"const Enumeration kEnumerationTable[] = {{{', '.join(rows)}}};")
        callbacks, starts = self._callbacks()
        rows = []
        for name, struct in headers.structs.items():
            first, count = starts.get(name, (0, 0))
            rows.append(
                f'{{"{camel(name)}", sizeof({name}), {int(struct.sized)}, {self._fields(struct)}, {first}, {count}}}'
            )
        out.append("const Struct kStructTable[] = {")
        out += [f"    {row}," for row in rows]
        out.append(f"}};\nconst std::size_t kStructCount = {len(rows)};\nconst Callback kCallbackTable[] = {{")
        out += [f"    {row}," for row in callbacks]
        out.append("};")
        rows = []
        for function in headers.functions.values():
            if function.name in LEFT_OUT:
                continue
            found, slots = self.parameters(f"kParameters_{function.name}", function, 0)
            rows.append(f'{{"{function.name}", {found}, Caller<&{function.name}>::kReturns, &Caller<&{function.name}>::call}}')
            assert slots <= 8
        out.append("const Function kFunctionTable[] = {")
        out += [f"    {row}," for row in rows]
        out.append(f"}};\nconst std::size_t kFunctionCount = {len(rows)};")
        return "\n".join(out) + "\n"

    def _callbacks(self) -> tuple[list[str], dict[str, tuple[int, int]]]:
        found: list[str] = []
        starts: dict[str, tuple[int, int]] = {}

        def add(row: str, shapes_: str, owner: str, type_: str) -> None:
            index = len(found)
            function = f"reinterpret_cast<void (*)()>(&Trampoline<{index}, {type_}>::call)"
            found.append(f"{{{row}, {shapes_}, {owner}, {function}}}")

        for at, callback in enumerate(self.headers.callbacks.values()):
            self.out.append(f"constexpr int kDone_{callback.name} = {at};")
            parameters, _ = self.parameters(f"kParameters_{callback.name}", callback, 1)
            add('"done", true, false', parameters, "0", callback.name)
        for struct in self.headers.structs.values():
            if struct.name not in PLUGS and struct.name not in _OTHERS:
                continue
            first = len(found)
            for each in struct.fields:
                if each.callback and each.name != "dropped" and (struct.name, each.name) not in _UNANSWERABLE:
                    name = f"kParameters_{struct.name}_{each.name}"
                    parameters, _ = self.parameters(name, each.callback, 1)
                    media = "true" if each.name in _MEDIA else "false"
                    offset = f"offsetof({struct.name}, {each.name})"
                    type_ = f"decltype({struct.name}::{each.name})"
                    add(f'"{lower(each.name)}", false, {media}', parameters, offset, type_)
            starts[struct.name] = (first, len(found) - first)
        return found, starts


# Not for JavaScript, and why.
LEFT_OUT = {
    "sfu_engine_get_poll_descriptor": "JavaScript cannot wait for a descriptor",
    "sfu_engine_get_poll_timeout": "as above",
    "sfu_engine_run_once": "as above",
    "sfu_struct_init": "the addon clears structs itself",
    "sfu_free": "the addon gives results back itself",
    "sfu_last_error_message": "is the message of what is thrown",
    "sfu_room_api_get_last_error": "is what is thrown",
    "sfu_status_name": "errors have the status as their code",
    "sfu_track_attach_filter": "asks on a thread of the library",
    "sfu_packet_filter_release": "as above",
    "sfu_packet_sink_receive": "answers on a thread of the library",
    "sfu_answer_refuse": "answers on a thread of the library",
    "sfu_answer_claims": "answers on a thread of the library",
    "sfu_answer_token": "answers on a thread of the library",
    "sfu_answer_configuration": "answers on a thread of the library",
    "sfu_answer_pass": "answers on a thread of the library",
    "sfu_answer_payload": "answers on a thread of the library",
}


def tables(headers: Headers) -> str:
    return _Tables(headers).text()


# --- what users see ---------------------------------------------------------------------------------------------------


def _inputs(headers: Headers) -> set[str]:
    """Structs that functions take, and what these have in them."""
    found: set[str] = set()

    def add(name: str) -> None:
        if name not in found:
            found.add(name)
            for each in shapes(headers, headers.structs[name].fields):
                if each.kind in ("struct", "structs"):
                    add(each.of)

    for function in headers.functions.values():
        for each in shapes(headers, function.parameters):
            if each.kind == "struct":
                add(each.of)
    return found


def _outputs(headers: Headers) -> set[str]:
    found: set[str] = set()

    def add(name: str) -> None:
        if name not in found:
            found.add(name)
            for each in shapes(headers, headers.structs[name].fields):
                if each.kind in ("struct", "structs"):
                    add(each.of)

    signatures = [*headers.callbacks.values()]
    for struct in headers.structs.values():
        if struct.name in PLUGS or struct.name in _OTHERS:
            signatures += [
                each.callback for each in struct.fields if each.callback and (struct.name, each.name) not in _UNANSWERABLE
            ]
    for signature in signatures:
        for each in shapes(headers, signature.parameters):
            if each.kind in ("struct", "structs"):
                add(each.of)
    for function in headers.functions.values():
        for each in shapes(headers, function.parameters):
            if each.kind == "out_struct":
                add(each.of)
    return found


class _Types:
    def __init__(self, headers: Headers) -> None:
        self.headers = headers
        self.inputs, self.outputs = _inputs(headers), _outputs(headers)
        words = {"NULL": "null", "SFU_NONE": "NONE", "SFU_DEFAULT": "null", "SFU_ON": "true", "SFU_OFF": "false"}
        self.prose = Prose(headers, lower, lambda _, name: f'"{name.lower()}"', words)

    def _named(self, of: str, reading: bool) -> str:
        return f"Required<{camel(of)}>" if reading and of in self.inputs else camel(of)

    def hint(self, each: Shape, owner: str, reading: bool) -> str:
        if each.kind == "enum":
            return camel(each.of)
        if each.kind == "struct":
            named = self._named(each.of, reading)
            return named if not owner or (owner, each.name) in NEVER_NULL else f"{named} | null"
        if each.kind == "structs":
            return f"{self._named(each.of, reading)}[]"
        if each.kind == "enums":
            return f"{camel(each.of)}[]"
        if each.kind == "callbacks":
            return f"({PLUGS[each.of]})" if "=>" in PLUGS[each.of] else PLUGS[each.of]
        return {
            "int": "number",
            "float": "number",
            "bool": "boolean",
            "setting": "boolean | null",
            "string": "string",
            "text": "string",
            "strings": "string[]",
            "ints": "number[]",
            "pairs": "Record<string, string>",
            "bytes": "Buffer" if reading else "Uint8Array",
            "numbers": "number[]",
        }[each.kind]

    def interface(self, name: str, doc: str, fields: list[Shape], owner: str) -> list[str]:
        reading = owner not in self.inputs
        out = ["", *_comment(self.prose(doc), ""), f"export interface {name} {{"]
        for each in fields:
            out += _comment(self.prose(each.doc), "  ")
            out.append(f"  {lower(each.name)}{'' if reading else '?'}: {self.hint(each, owner, reading)};")
        return [*out, "}"]


def _comment(doc: str, indent: str) -> list[str]:
    if not doc:
        return []
    doc = re.sub(r"\*/", "* /", doc)
    lines = textwrap.wrap(doc, 112 - len(indent))
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/** {lines[0]}", *(f"{indent} *  {line}" for line in lines[1:-1]), f"{indent} *  {lines[-1]} */"]


def _enumeration(each: Enumeration) -> list[str]:
    if each.name == "sfu_status":
        names = [f'"{name}"' for name, _, _ in each.values if name != "SFU_OK"]
        return ["", "/** The `code` of an SfuError. */", f"export type ErrorCode = {' | '.join(names)};"] + [
            'export type Status = "ok" | ' + " | ".join(f'"{short(each, n).lower()}"' for n, _, _ in each.values[1:]) + ";"
        ]
    names = [f'"{short(each, name).lower()}"' for name, _, _ in each.values]
    return ["", f"export type {camel(each.name)} = {' | '.join(names)};"]


def values(headers: Headers) -> str:
    types = _Types(headers)
    out = [_TOP.format("What goes in and what comes out: options, information, events.").rstrip()]
    out.append("// Of options, what is left out takes its default; so do null of a setting, and 0 of a number (-1: none).")
    out.append('\nimport type { Policy } from "./index.js";')
    for each in headers.enumerations:
        if each.name not in ("", "sfu_setting"):
            out += _enumeration(each)
    for struct in headers.structs.values():
        if struct.is_callbacks or struct.name in _NOT_FOR_USERS or struct.name.endswith("_list"):
            continue
        if struct.name not in types.inputs | types.outputs:
            continue
        fields = [
            each
            for each in shapes(headers, struct.fields)
            if each.name != "size"
            and (each.kind != "callbacks" or each.of in PLUGS)
            and (struct.name, each.name) not in _FIELDS_LEFT_OUT
        ]
        out += types.interface(camel(struct.name), struct.doc, fields, struct.name)
    out += ["", "/** What a client emits, and with what. */", "export interface ClientEvents {"]
    for field in headers.structs["sfu_client_callbacks"].fields:
        if field.callback and field.name != "dropped":
            found = shapes(headers, field.callback.parameters[1:])
            parts = "; ".join(f"{lower(each.name)}: {types.hint(each, '', True)}" for each in found)
            out += _comment(types.prose(field.doc), "  ")
            out.append(f"  {lower(field.name.removeprefix('on_'))}: [{{ {parts} }}];" if parts else f"  {lower(field.name.removeprefix('on_'))}: [];")
    return "\n".join([*out, "}"]) + "\n"
