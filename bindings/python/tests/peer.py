# SPDX-License-Identifier: Apache-2.0
"""`peer.py URL TOKEN publish|receive`: one end of the round among the bindings. Ends when its standard input closes."""

import asyncio
import itertools
import sys

from support import libsfu


async def publish(client: libsfu.Client) -> None:
    options = libsfu.PublishOptions(
        name="round", codec=libsfu.Codec.OPUS, source=libsfu.TrackSource.MICROPHONE
    )
    track = await client.publish(options)
    print("published", flush=True)
    for n in itertools.count():
        data = b"\xfc" + f"from python {n}".encode()
        track.write_frame(libsfu.Frame(timestamp=960 * n % 2**32, data=data, is_keyframe=True))
        await asyncio.sleep(0.02)


async def receive(client: libsfu.Client) -> None:
    async for event in client.events:
        if isinstance(event, libsfu.FrameEvent):
            print("received", event.frame.data[1:].decode(), flush=True)


async def main() -> None:
    url, token, what = sys.argv[1:]
    options = libsfu.ClientOptions(url=url, token=token, media_addresses=["127.0.0.1"])
    async with libsfu.Client.connect(options) as client:
        working = asyncio.create_task({"publish": publish, "receive": receive}[what](client))
        closed = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        await asyncio.wait([working, closed], return_when=asyncio.FIRST_COMPLETED)
        working.cancel()


asyncio.run(main())
