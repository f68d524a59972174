# SPDX-License-Identifier: Apache-2.0
"""A server with somebody in its lobby who says what it hears: `echo.py [port [UDP port]]`. Enter ends it."""

import asyncio
import sys

import libsfu

KEY, SECRET = "devkey", "a secret of at least thirty-two characters"


async def echo(room: libsfu.Room) -> None:
    who = libsfu.LocalParticipantOptions(claims=libsfu.Claims(identity="echo"))
    async with room.join(who) as client:
        voices: dict[str, libsfu.LocalTrack] = {}
        async for event in client.events:
            match event:
                case libsfu.SubscribedEvent(codec=libsfu.Codec.OPUS):
                    voice = libsfu.PublishOptions(
                        name=f"echo of {event.identity}", source=libsfu.TrackSource.MICROPHONE
                    )
                    voices[event.track_sid] = await client.publish(voice)
                case libsfu.FrameEvent() if event.track_sid in voices:
                    voices[event.track_sid].write_frame(event.frame)
                case libsfu.UnsubscribedEvent() if event.track_sid in voices:
                    voices.pop(event.track_sid).unpublish()


async def main() -> None:
    port, udp_port = map(int, [*sys.argv[1:], *("7880", "7882")[len(sys.argv) - 1 :]])
    options = libsfu.ServerOptions(
        port=port or libsfu.NONE,
        bind_addresses=["127.0.0.1"],
        engine=libsfu.EngineOptions(keys={KEY: SECRET}, udp_port_first=udp_port, bind_addresses=["127.0.0.1"]),
    )
    async with libsfu.Server.start(options) as server:
        with server.engine.room("lobby") as room:
            echoing = asyncio.create_task(echo(room))
            print(f"listening at ws://127.0.0.1:{server.port}", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            echoing.cancel()
            await asyncio.wait([echoing])


asyncio.run(main())
