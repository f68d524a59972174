# SPDX-License-Identifier: Apache-2.0
"""A server: `server.py [port [UDP port]]`. Prints where it is, a token for its room, and who comes; Enter ends it."""

import asyncio
import sys

import libsfu

KEY, SECRET = "devkey", "a secret of at least thirty-two characters"


def tell(event: libsfu.Event) -> None:
    print(event.name, event.participant.identity if event.participant else event.room.name, flush=True)


async def main() -> None:
    port, udp_port = map(int, [*sys.argv[1:], *("7880", "7882")[len(sys.argv) - 1 :]])
    options = libsfu.ServerOptions(
        port=port or libsfu.NONE,
        bind_addresses=["127.0.0.1"],
        engine=libsfu.EngineOptions(
            keys={KEY: SECRET}, udp_port_first=udp_port, bind_addresses=["127.0.0.1"], events=tell
        ),
    )
    token = libsfu.create_token(
        libsfu.Claims(identity="guest", video=libsfu.VideoGrant(room_join=True, room="lobby")),
        libsfu.AccessTokenOptions(api_key=KEY, api_secret=SECRET),
    )
    async with libsfu.Server.start(options) as server:
        print(f"listening at ws://127.0.0.1:{server.port}", f"token {token}", sep="\n", flush=True)
        await asyncio.to_thread(sys.stdin.readline)


asyncio.run(main())
