# SPDX-License-Identifier: Apache-2.0
"""What include/sfu-c declares, as data: enumerations, structs, callbacks and functions, with their comments.

The headers keep to a few forms (base.h has the rules), so that this understands all of them; what it does not know is an
error, never left out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_TOKEN = re.compile(
    r"(?P<comment>/\*.*?\*/)|(?P<line>\n)|(?P<space>[ \t]+)|(?P<word>[A-Za-z_]\w*)|(?P<number>-?\d+)|(?P<mark>[*(){};,=\[\]])",
    re.DOTALL,
)


@dataclass
class Variable:
    """A field of a struct, or a parameter. `type` is as in C: "const char*"."""

    name: str
    type: str
    doc: str = ""
    array: int = 0
    callback: Signature | None = None  # a field that is a pointer to a function


@dataclass
class Signature:
    name: str
    returns: str
    parameters: list[Variable]
    doc: str = ""


@dataclass
class Enumeration:
    name: str  # "" for numbers without a type
    values: list[tuple[str, int, str]]  # name, number, comment


@dataclass
class Struct:
    name: str
    fields: list[Variable]
    doc: str = ""

    @property
    def sized(self) -> bool:
        return self.fields[0].name == "size"

    @property
    def is_callbacks(self) -> bool:
        return any(each.callback for each in self.fields)


@dataclass
class Headers:
    enumerations: list[Enumeration] = field(default_factory=list)
    structs: dict[str, Struct] = field(default_factory=dict)
    handles: list[str] = field(default_factory=list)
    callbacks: dict[str, Signature] = field(default_factory=dict)  # typedefs of functions
    functions: dict[str, Signature] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)  # sfu_status: int32_t


def _prose(comment: str) -> str:
    lines = [re.sub(r"^\s*\*? ?", "", line) for line in comment[2:-2].strip().split("\n")]
    text = " ".join(line.strip() for line in lines).strip()
    return "" if text.startswith("---") else text


class _Reader:
    def __init__(self, text: str) -> None:
        text = re.sub(r"#ifdef __cplusplus.*?#endif", "", text, flags=re.DOTALL)
        text = re.sub(r"^#.*(\\\n.*)*$", "", text, flags=re.MULTILINE)
        self.tokens: list[tuple[str, str]] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                raise ValueError(f"not understood: {text[at : at + 60]!r}")
            at = match.end()
            if match.lastgroup != "space":
                self.tokens.append((str(match.lastgroup), match.group()))
        self.at = 0
        self.comments: list[str] = []  # since the last declaration, or blank line

    def skip(self) -> None:
        while self.at < len(self.tokens) and self.tokens[self.at][0] in ("line", "comment"):
            kind, text = self.tokens[self.at]
            if kind == "comment":
                self.comments.append(_prose(text))
            elif self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][0] == "line":
                self.comments.clear()
            self.at += 1

    def more(self) -> bool:
        self.skip()
        return self.at < len(self.tokens)

    def peek(self) -> str:
        self.skip()
        return self.tokens[self.at][1]

    def take(self, *expected: str) -> str:
        text = self.peek()
        if expected and text not in expected:
            raise ValueError(f"{text!r} where {expected} is expected")
        self.at += 1
        return text

    def doc(self) -> str:
        text = " ".join(filter(None, self.comments))
        self.comments.clear()
        return text

    def trailing(self) -> str:
        """A comment on the same line, and its continuation."""
        found = []
        while self.at < len(self.tokens) and self.tokens[self.at][0] == "comment":
            found.append(_prose(self.tokens[self.at][1]))
            self.at += 1
        return " ".join(found)

    def variable(self) -> Variable:
        words: list[str] = []
        while self.peek() not in (",", ";", ")", "(", "["):
            words.append(self.take())
        if self.peek() == "(":
            self.take("(")
            self.take("*")
            name = self.take()
            self.take(")")
            returns = _type(words)
            return Variable(name, "", callback=Signature(name, returns, self.parameters()))
        array = 0
        if self.peek() == "[":
            self.take("[")
            array = int(self.take())
            self.take("]")
        return Variable(words[-1], _type(words[:-1]), array=array)

    def parameters(self) -> list[Variable]:
        self.take("(")
        found: list[Variable] = []
        while self.peek() != ")":
            if self.peek() == "void" and self.tokens[self.at + 1][1] == ")":
                self.take()
                break
            found.append(self.variable())
            if self.peek() == ",":
                self.take()
        self.take(")")
        return found


def _type(words: list[str]) -> str:
    return " ".join(words).replace(" *", "*").replace("* const*", "* const*")


def _read(reader: _Reader, headers: Headers) -> None:
    alias = ""
    while reader.more():
        word = reader.take()
        doc = reader.doc()
        if word == "SFU_API":
            words: list[str] = []
            while reader.peek() != "(":
                words.append(reader.take())
            headers.functions[words[-1]] = Signature(words[-1], _type(words[:-1]), reader.parameters(), doc)
            reader.take(";")
        elif word == "enum":
            reader.take("{")
            values = []
            while reader.peek() != "}":
                name = reader.take()
                reader.comments.clear()
                reader.take("=")
                number = int(reader.take())
                if reader.peek() == ",":
                    reader.take()
                values.append((name, number, reader.trailing()))
            reader.take("}")
            reader.take(";")
            headers.enumerations.append(Enumeration(alias, values))
            alias = ""
            continue
        elif word == "typedef" and reader.peek() == "struct":
            reader.take()
            name = reader.take()
            if reader.peek() != "{":
                headers.handles.append(reader.take(name))
            else:
                reader.take("{")
                fields: list[Variable] = []
                while reader.peek() != "}":
                    before = reader.doc()
                    each = reader.variable()
                    reader.take(";")
                    each.doc = " ".join(filter(None, (before, reader.trailing())))
                    fields.append(each)
                reader.comments.clear()
                reader.take("}")
                reader.take(name)
                headers.structs[name] = Struct(name, fields, doc)
            reader.take(";")
        elif word == "typedef":
            each = reader.variable()
            reader.take(";")
            if each.callback:
                each.callback.doc = doc
                headers.callbacks[each.name] = each.callback
            else:
                headers.aliases[each.name] = each.type
                alias = each.name
                continue
        else:
            raise ValueError(f"not understood: {word!r}")
        alias = ""


def read(folder: Path) -> Headers:
    headers = Headers()
    for path in sorted(folder.glob("*.h"), key=lambda path: (path.name != "base.h", path.name)):
        if path.name != "sfu.h":
            reader = _Reader(path.read_text(encoding="utf-8"))
            reader.comments.clear()
            _read(reader, headers)
    return headers
