# SPDX-License-Identifier: Apache-2.0
"""sfu-server under test, and people in its rooms by LiveKit's own SDK for Python."""
import asyncio
import os
import pathlib
import signal
import socket
import subprocess

from livekit import api, rtc

KEY, SECRET = "devkey", "secret"
LIMIT = 20  # seconds that anything may take to be seen
ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("SFU_SERVER", str(ROOT / "build/bin/sfu-server"))


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """On 127.0.0.1, in development mode; `config` is YAML that is added to it."""

    def __init__(self, config=""):
        self.port = free_port(socket.SOCK_STREAM)
        arguments = ["--dev", "--bind", "127.0.0.1", "--port", str(self.port), "--udp-port", str(free_port(socket.SOCK_DGRAM)),
                     "--rtc.tcp_port", "0"]
        self.process = subprocess.Popen(
            [PROGRAM, *arguments, *(["--config-body", config] if config else [])],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        if "listening on" not in line:
            raise RuntimeError(f"sfu-server did not start: {line}")

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def api(self):
        return api.LiveKitAPI(self.url, KEY, SECRET)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)  # which waits for those who are still there
        self.process.send_signal(signal.SIGINT)  # and this does not
        try:
            code = self.process.wait(LIMIT)
        finally:
            self.process.stdout.close()
        if code != 0:
            raise RuntimeError(f"sfu-server ended with {code}")


def token(room, identity, **grants):
    return (api.AccessToken(KEY, SECRET).with_identity(identity).with_name(f"{identity}'s name")
            .with_grants(api.VideoGrants(room_join=True, room=room, **grants)).to_jwt())


class Person:
    """Someone in a room, who remembers what they were told."""

    EVENTS = ("participant_connected", "participant_disconnected", "participant_attributes_changed",
              "participant_metadata_changed", "participant_name_changed", "participant_permissions_changed",
              "room_metadata_changed", "track_published", "track_unpublished", "track_subscribed", "track_unsubscribed",
              "track_muted", "track_unmuted", "data_received", "disconnected", "moved")

    def __init__(self, server, room, identity, **grants):
        self.server, self.room_name, self.identity, self.grants = server, room, identity, grants
        self.heard = []
        self.changed = asyncio.Event()
        self.room = rtc.Room()
        for event in self.EVENTS:
            self.room.on(event, lambda *about, event=event: self._hear(event, about))

    def _hear(self, event, about):
        self.heard.append((event, about))
        self.changed.set()

    async def join(self):
        await self.room.connect(self.server.url, token(self.room_name, self.identity, **self.grants))
        return self

    async def leave(self):
        await self.room.disconnect()

    async def until(self, what, probe):
        """Waits for a moment at which `probe()` is true, looking after each event."""
        async def wait():
            while not (found := probe()):
                self.changed.clear()
                await self.changed.wait()
            return found
        try:
            return await asyncio.wait_for(wait(), LIMIT)
        except asyncio.TimeoutError:
            raise AssertionError(f"{self.identity}: {what}; heard {[event for event, _ in self.heard]}") from None

    async def hears(self, event, accept=lambda *about: True):
        """What came with the first such event that `accept` takes, past or to come."""
        return await self.until(event, lambda: next(
            ([*about, True] for heard, about in self.heard if heard == event and accept(*about)), None))

    async def publish_microphone(self):
        track = rtc.LocalAudioTrack.create_audio_track("microphone", rtc.AudioSource(48000, 1))
        return await self.room.local_participant.publish_track(
            track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))

    async def publish_camera(self):
        track = rtc.LocalVideoTrack.create_video_track("camera", rtc.VideoSource(640, 360))
        return await self.room.local_participant.publish_track(
            track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA))
