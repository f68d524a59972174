# SPDX-License-Identifier: Apache-2.0
"""Access tokens both ways: theirs, made by livekit-api, taken by the server, and the server's read by livekit-api."""
import datetime
import subprocess
import unittest

import aiohttp
from livekit import api
from livekit.protocol import rtc as protocol

from support import KEY, PROGRAM, SECRET, Server, token

server = None


def setUpModule():
    global server
    server = Server()


def tearDownModule():
    server.stop()


class Tokens(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.http = aiohttp.ClientSession(server.url)
        self.addAsyncCleanup(self.http.close)

    async def validate(self, jwt):
        async with self.http.get("/rtc/validate", params={"access_token": jwt}) as answer:
            return answer.status, await answer.text()

    async def first_message(self, jwt):
        async with self.http.ws_connect("/rtc", params={"access_token": jwt, "protocol": "16"}) as socket:
            message = protocol.SignalResponse.FromString(await socket.receive_bytes(timeout=10))
            refresh = protocol.SignalResponse.FromString(await socket.receive_bytes(timeout=10))
            return message.join, refresh.refresh_token

    async def test_every_grant_and_claim_of_theirs_is_understood(self):
        config = api.RoomConfiguration(empty_timeout=33, max_participants=3, metadata="from the token")
        theirs = (api.AccessToken(KEY, SECRET).with_identity("ada").with_name("Ada").with_metadata("engine")
                  .with_attributes({"seat": "1"}).with_room_config(config)
                  .with_grants(api.VideoGrants(room_join=True, room="hall", can_publish=True, can_subscribe=False,
                                               can_publish_data=False, can_publish_sources=["microphone"],
                                               can_update_own_metadata=True, can_subscribe_metrics=True))).to_jwt()
        self.assertEqual(await self.validate(theirs), (200, "success"))
        join, _ = await self.first_message(theirs)
        me = join.participant
        self.assertEqual((me.identity, me.name, me.metadata, dict(me.attributes)), ("ada", "Ada", "engine", {"seat": "1"}))
        may = me.permission
        self.assertEqual((may.can_publish, may.can_subscribe, may.can_publish_data, may.can_update_metadata,
                          may.can_subscribe_metrics, list(may.can_publish_sources)),
                         (True, False, False, True, True, [api.TrackSource.MICROPHONE]))
        self.assertEqual((join.room.empty_timeout, join.room.max_participants, join.room.metadata), (33, 3, "from the token"))

    async def test_kinds_are_understood(self):
        for kind, number in (("agent", 4), ("sip", 3), ("ingress", 1)):
            jwt = (api.AccessToken(KEY, SECRET).with_identity(kind).with_kind(kind)
                   .with_grants(api.VideoGrants(room_join=True, room="kinds"))).to_jwt()
            join, _ = await self.first_message(jwt)
            self.assertEqual(join.participant.kind, number)

    async def test_time_is_kept(self):
        def made(ttl):
            return (api.AccessToken(KEY, SECRET).with_identity("ada").with_ttl(datetime.timedelta(seconds=ttl))
                    .with_grants(api.VideoGrants(room_join=True, room="hall"))).to_jwt()
        self.assertEqual((await self.validate(made(-50)))[0], 200)
        self.assertEqual((await self.validate(made(-70)))[0], 401)

    async def test_the_refreshed_token_is_theirs_to_read(self):
        _, refreshed = await self.first_message(token("hall", "ada", can_publish=False))
        claims = api.TokenVerifier(KEY, SECRET).verify(refreshed)
        self.assertEqual((claims.identity, claims.name), ("ada", "ada's name"))
        self.assertEqual((claims.video.room, claims.video.room_join, claims.video.can_publish), ("hall", True, False))
        self.assertEqual((await self.validate(refreshed))[0], 200)

    async def test_the_command_line_makes_tokens_that_they_read(self):
        printed = subprocess.run(
            [PROGRAM, "--dev", "create-join-token", "--room", "hall", "--identity", "ada", "--recorder"],
            check=True, capture_output=True, text=True).stdout
        claims = api.TokenVerifier(KEY, SECRET).verify(printed.split()[-1])
        self.assertEqual(claims.identity, "ada")
        self.assertEqual((claims.video.room, claims.video.room_join, claims.video.recorder, claims.video.hidden,
                          claims.video.can_publish), ("hall", True, True, True, False))


if __name__ == "__main__":
    unittest.main()
