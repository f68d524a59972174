# SPDX-License-Identifier: Apache-2.0
"""A server with rules of its own: `policy.py [port [UDP port]]`. Who is not on the list stays outside, the microphone is
for members, and nobody is rude. Prints what it was asked and what happens; Enter ends it."""

import asyncio
import sys

import libsfu

KEY, SECRET = "devkey", "a secret of at least thirty-two characters"
LIST = {"ann": True, "ben": False}  # who comes in, and who of them is a member


class Rules(libsfu.Policy):
    async def on_join(self, request: libsfu.JoinRequest) -> libsfu.Verdict:
        identity = request.claims.identity
        await asyncio.sleep(0.01)  # as a database would take
        print("asked of", identity, flush=True)
        return True if identity in LIST else libsfu.Deny("you are not on the list")

    def on_publish(self, request: libsfu.PublishRequest) -> libsfu.Verdict:
        return LIST[request.publisher.identity] or libsfu.Deny("members only")

    def on_data(self, request: libsfu.DataRequest) -> bool | bytes:
        return request.payload.replace(b"damn", b"****") if request.payload else True


def tell(event: libsfu.Event) -> None:
    print(event.name, event.participant.identity if event.participant else event.room.name, flush=True)


async def main() -> None:
    port, udp_port = map(int, [*sys.argv[1:], *("7880", "7882")[len(sys.argv) - 1 :]])
    options = libsfu.ServerOptions(
        port=port or libsfu.NONE,
        bind_addresses=["127.0.0.1"],
        engine=libsfu.EngineOptions(
            keys={KEY: SECRET},
            udp_port_first=udp_port,
            bind_addresses=["127.0.0.1"],
            policy=Rules(),
            events=tell,
        ),
    )
    async with libsfu.Server.start(options) as server:
        print(f"listening at ws://127.0.0.1:{server.port}", flush=True)
        await asyncio.to_thread(sys.stdin.readline)


asyncio.run(main())
