# SPDX-License-Identifier: Apache-2.0
"""Codecs, and encoded media out of files."""

from __future__ import annotations

import os
from collections.abc import Iterator

from ._call import call
from ._handle import Name
from ._library import functions
from .values import Codec, MediaFileInfo, MediaSample


def codec_name(codec: Codec) -> str:
    """ "VP8", "opus"; "" for an unknown one."""
    return str(functions["sfu_codec_name"](codec).decode())


def codec_clock_rate(codec: Codec) -> int:
    """Of RTP timestamps, a second."""
    return int(functions["sfu_codec_clock_rate"](codec))


class MediaFile(Name):
    """The frames of a file: IVF, a H264 byte stream, or Opus in Ogg. Reads the whole file. `frame_interval_us` is for byte
    streams, which have no times; 0 is 33333."""

    _release = "sfu_media_file_release"

    def __init__(self, path: str | os.PathLike[str], frame_interval_us: int = 0) -> None:
        super().__init__(call("sfu_media_file_open", os.fspath(path), frame_interval_us))

    @property
    def info(self) -> MediaFileInfo:
        info: MediaFileInfo = call("sfu_media_file_get_info", self._handle)
        return info

    def __iter__(self) -> Iterator[MediaSample]:
        """From where it is, to the end."""
        while (sample := call("sfu_media_file_next", self._handle)) is not None:
            yield sample

    def rewind(self) -> None:
        call("sfu_media_file_rewind", self._handle)
