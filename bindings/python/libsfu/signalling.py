# SPDX-License-Identifier: Apache-2.0
"""One client's signalling connection, for programs that own the WebSocket."""

from __future__ import annotations

from ._call import call
from ._handle import Name


class SignalListener:
    """The WebSocket. On a worker, in order: override all four, and hand over to your loop."""

    def accepted(self) -> None:
        """Complete the upgrade (101)."""
        raise NotImplementedError

    def rejected(self, status: int, body: str) -> None:
        """Answer the request so instead."""
        raise NotImplementedError

    def send(self, message: bytes, text: bool) -> None:
        raise NotImplementedError

    def close(self, code: int) -> None:
        raise NotImplementedError


class SignalTarget:
    provides = ("accepted", "rejected", "send", "close")

    def __init__(self, listener: SignalListener) -> None:
        self.accepted = listener.accepted
        self.rejected = listener.rejected
        self.send = listener.send
        self.close = listener.close


class SignalSession(Name):
    """close(): the WebSocket is gone, however that came."""

    _release = "sfu_signal_session_release"

    def receive(self, message: bytes | str) -> None:
        """One WebSocket message from the client."""
        text = isinstance(message, str)
        call("sfu_signal_session_receive", self._handle, message.encode() if isinstance(message, str) else message, text)

    def disconnected(self) -> None:
        """As close(), but this object stays."""
        call("sfu_signal_session_disconnected", self._handle)
