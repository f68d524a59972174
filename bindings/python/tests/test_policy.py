# SPDX-License-Identifier: Apache-2.0
"""A host decides who joins, what is published, who gets it, and which data passes; at once or later."""

import asyncio
import unittest

from support import Lines, connect, heard, join, libsfu, server_options

VOICE = libsfu.PublishOptions(name="voice", codec=libsfu.Codec.OPUS)


class Rules(libsfu.Policy):
    def __init__(self) -> None:
        self.asked = Lines()
        self.go = asyncio.Event()

    def on_join(self, request: libsfu.JoinRequest) -> libsfu.Verdict:
        self.asked.add(f"join {request.claims.identity}")
        if request.claims.identity == "stranger":
            return libsfu.Deny("we do not know you")
        if request.claims.identity == "listener":
            return libsfu.VideoGrant(can_publish=False)
        return True

    async def on_publish(self, request: libsfu.PublishRequest) -> libsfu.Verdict:
        self.asked.add(f"publish {request.room} {request.publisher.identity} {request.track.name}")
        if request.track.name == "later":
            await self.go.wait()
        if request.track.name == "broken":
            raise KeyError("broken")
        return request.track.name != "forbidden"

    def on_data(self, request: libsfu.DataRequest) -> bool | bytes:
        self.asked.add(f"data {request.sender.identity} {request.kind.name} {request.topic}")
        if request.payload == b"secret":
            return b"******"
        return request.payload != b"rude"


class Policies(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.rules = Rules()
        options = server_options(policy=self.rules, policy_timeout_ms=60000)
        self.server = await self.enterAsyncContext(libsfu.Server.start(options))

    async def test_who_is_denied_reads_why(self) -> None:
        with self.assertRaisesRegex(libsfu.Error, "we do not know you"):
            await connect(self.server, "stranger")
        async with connect(self.server, "listener") as listener:
            with self.assertRaises(libsfu.Error):
                await listener.publish(VOICE)

    async def test_a_coroutine_decides_later_and_holds_up_nothing_else(self) -> None:
        async with join(self.server.engine, "ann") as ann:
            later = asyncio.ensure_future(ann.publish(libsfu.PublishOptions(name="later")))
            await self.rules.asked.awaited(lambda line: line == "publish hall ann later")
            await ann.publish(VOICE)
            self.assertFalse(later.done())
            self.rules.go.set()
            self.assertTrue((await later).sid)

    async def test_no_is_no_and_so_is_an_exception(self) -> None:
        async with join(self.server.engine, "ann") as ann:
            with self.assertRaises(libsfu.Error):
                await ann.publish(libsfu.PublishOptions(name="forbidden"))
            with self.assertLogs("libsfu"), self.assertRaises(libsfu.Error):
                await ann.publish(libsfu.PublishOptions(name="broken"))

    async def test_data_is_dropped_and_changed(self) -> None:
        async with join(self.server.engine, "ann") as ann, join(self.server.engine, "ben") as ben:
            for payload in (b"rude", b"secret", b"hello"):
                ann.send_data(payload, libsfu.DataOptions(topic="t"))
            got = [(await heard(ben, libsfu.DataEvent)).message.data for _ in range(2)]
            self.assertEqual(got, [b"******", b"hello"])
            self.assertIn("data ann USER t", self.rules.asked.all)


class Door(libsfu.Auth):
    def authenticate(self, token: str, now_ms: int) -> libsfu.Claims:
        if token != "sunflower":
            raise libsfu.Refused("wrong password")
        return libsfu.Claims(identity="ann", video=libsfu.VideoGrant(room_join=True, room="lobby"))


class OwnAuthentication(unittest.IsolatedAsyncioTestCase):
    async def test_passwords_in_place_of_tokens(self) -> None:
        async with libsfu.Server.start(server_options(auth=Door(), keys={})) as server:
            async with connect(server, "ann", token="sunflower") as ann:
                self.assertEqual((ann.room.name, ann.myself.identity), ("lobby", "ann"))
            with self.assertRaisesRegex(libsfu.Error, "wrong password"):
                await connect(server, "ann")

    async def test_clients_are_told_what_to_leave_alone(self) -> None:
        asked = Lines()

        def configure(client: libsfu.ClientDescription) -> libsfu.ClientConfiguration | None:
            asked.add(client.protocol)
            return libsfu.ClientConfiguration(disabled_codecs=["video/AV1"])

        async with libsfu.Server.start(server_options(client_config=configure)) as server:
            async with connect(server, "ann"):
                self.assertGreater(asked.all[0], 0)

    async def test_a_coroutine_without_a_loop_is_a_no(self) -> None:
        class Later(libsfu.Policy):
            async def on_publish(self, request: libsfu.PublishRequest) -> libsfu.Verdict:
                return True

        def without_a_loop() -> None:
            with libsfu.Server.start(server_options(policy=Later())) as server, join(server.engine, "ann") as ann:
                with self.assertLogs("libsfu"), self.assertRaises(libsfu.Error):
                    ann.publish(VOICE).wait()

        await asyncio.to_thread(without_a_loop)


if __name__ == "__main__":
    unittest.main()
