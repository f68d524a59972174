# SPDX-License-Identifier: Apache-2.0
"""Enumerations that a newer library may add to."""

from __future__ import annotations

from enum import IntEnum
from typing import Self


class Enumeration(IntEnum):
    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int):
            return None
        unknown = int.__new__(cls, value)
        unknown._name_ = f"UNKNOWN_{value}"
        unknown._value_ = value
        return unknown
