# SPDX-License-Identifier: Apache-2.0
"""The headers' comments, in the words of another language."""

from __future__ import annotations

import re
from collections.abc import Callable

from headers import Headers
from shapes import camel, short

_CLASSES = ("room_api", "server", "engine", "room", "participant", "track", "client")


class Prose:
    """`member` spells fields and methods, `value` a value of an enumeration; `words` has the rest."""

    def __init__(
        self, headers: Headers, member: Callable[[str], str], value: Callable[[str, str], str], words: dict[str, str]
    ) -> None:
        self._member = member
        self._words = dict(words)
        for each in headers.enumerations:
            if each.name not in ("", "sfu_setting"):
                self._words.update((name, value(camel(each.name), short(each, name))) for name, _, _ in each.values)
        self._words.update((name, camel(name)) for name in headers.structs)

    def __call__(self, doc: str) -> str:
        doc = re.sub(rf"\bsfu_({'|'.join(_CLASSES)})_(?:get_)?(\w+)\(\)", self._method, doc)
        doc = re.sub(r"\bsfu_access_token_create\(\)", f"{self._member('create_token')}()", doc)
        doc = re.sub(r"\bsfu_(codec_\w+)\(\)", lambda match: f"{self._member(match[1])}()", doc)
        doc = re.sub(r"\b(sfu_\w+)\.(\w+)", self._field, doc)
        doc = re.sub(r"`([a-z]+(?:_[a-z]+)+)`", lambda match: f"`{self._member(match[1])}`", doc)
        return re.sub(r"\b(?:NULL|SFU_\w+|sfu_\w+)\b", lambda match: self._words.get(match[0], match[0]), doc)

    def _method(self, match: re.Match[str]) -> str:
        return f"{camel(match[1])}.{self._member(match[2])}()"

    def _field(self, match: re.Match[str]) -> str:
        return f"{self._words.get(match[1], match[1])}.{self._member(match[2])}"
