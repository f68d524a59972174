# SPDX-License-Identifier: Apache-2.0
"""A host's hand on the media of one published track."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

from ._callbacks import logger
from ._handle import Owner
from .values import PacketVerdict, TrackPacket

# True lets the packet pass, bytes do so in place of its payload, False drops it; so do no bytes at all, and more of them
# than fit. On the worker of the track's room: all media of its rooms waits meanwhile. What raises drops.
OnPacket = Callable[[TrackPacket], bool | bytes]


class PacketFilter(Owner):
    """Made by Track.attach_filter(). Closed, it is called no more."""

    _release = "sfu_packet_filter_release"


class FilterTarget:
    provides = ("on_packet", "on_ended")

    def __init__(self, on_packet: OnPacket, on_ended: Callable[[], object] | None) -> None:
        self._on_packet = on_packet
        self._on_ended = on_ended

    def on_packet(self, packet: TrackPacket, room: int, room_length: int) -> int:
        try:
            verdict = self._on_packet(packet)
        except Exception:
            logger.exception("a packet filter raised")
            return PacketVerdict.DROP
        if verdict is True:
            return PacketVerdict.PASS
        if isinstance(verdict, bytes) and 0 < len(verdict) <= room_length:
            ctypes.memmove(room, verdict, len(verdict))
            return len(verdict)
        return PacketVerdict.DROP

    def on_ended(self) -> None:
        if self._on_ended:
            self._on_ended()
