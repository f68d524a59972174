# SPDX-License-Identifier: Apache-2.0
"""libsfu-c.so: that of SFU_LIBRARY if it is set, else the system's. ctypes lets other threads run while it is called."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from . import _abi
from .errors import UnsupportedError

library = ctypes.CDLL(os.environ.get("SFU_LIBRARY") or "libsfu-c.so.0")


class _Functions(dict[str, Any]):
    """Looked up when they are needed first, so that an older library serves for all that it has."""

    def __missing__(self, name: str) -> Any:
        try:
            found = getattr(library, name)
        except AttributeError:
            raise UnsupportedError(f"this libsfu-c.so has no {name}()") from None
        types = _abi.FUNCTIONS[name][1]
        found.restype, found.argtypes = types[0], types[1:]
        self[name] = found
        return found


functions = _Functions()


def last_error_message() -> str:
    return str(functions["sfu_last_error_message"]().decode("utf-8", "replace"))


def version() -> str:
    """Of the library: "major.minor.patch"."""
    return str(functions["sfu_version"]().decode())


def protocol_server_version() -> str:
    """The LiveKit release whose protocol is spoken."""
    return str(functions["sfu_protocol_server_version"]().decode())


def live_count() -> int:
    """Handles that are not closed yet, of the whole process: for tests of what is forgotten."""
    return int(functions["sfu_live_count"]())
