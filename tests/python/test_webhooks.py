# SPDX-License-Identifier: Apache-2.0
"""Webhooks as livekit-api's receiver takes them: a thousand in order, though every third attempt fails."""
import asyncio
import collections
import unittest

import aiohttp
from aiohttp import web
from livekit import api
from livekit.protocol import models, rtc as protocol

from support import KEY, SECRET, Server, token

ROOMS, VISITORS = 100, 8
LIMIT = 90


class Receiver:
    """Answers every third attempt of a room with an error; keeps what it took."""

    def __init__(self):
        self.verifier = api.WebhookReceiver(api.TokenVerifier(KEY, SECRET))
        self.attempts = collections.Counter()
        self.taken = []
        self.all_there = asyncio.Event()

    async def start(self):
        app = web.Application()
        app.router.add_post("/hook", self.receive)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        site = web.TCPSite(self.runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/hook"

    async def receive(self, request):
        body = await request.text()
        event = self.verifier.receive(body, request.headers["Authorization"])
        self.attempts[event.room.name] += 1
        if self.attempts[event.room.name] % 3 == 0:
            return web.Response(status=500)
        self.taken.append(event)
        if len(self.taken) == ROOMS * (VISITORS + 2):
            self.all_there.set()
        return web.Response()


class Webhooks(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.receiver = Receiver()
        url = await self.receiver.start()
        self.addAsyncCleanup(self.receiver.runner.cleanup)
        self.server = Server(f"{{webhook: {{api_key: {KEY}, urls: ['{url}']}}, room: {{departure_timeout: 300}}}}")
        self.addCleanup(self.server.stop)

    async def look_in(self, http, room, identity):
        """Joins by signalling alone, and leaves."""
        async with http.ws_connect("/rtc", params={"access_token": token(room, identity), "protocol": "16"}) as socket:
            await socket.receive_bytes()
            leave = protocol.LeaveRequest(reason=models.CLIENT_INITIATED)
            await socket.send_bytes(protocol.SignalRequest(leave=leave).SerializeToString())
            while (await socket.receive()).type not in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED, aiohttp.WSMsgType.ERROR):
                pass

    async def test_a_thousand_in_order(self):
        async with aiohttp.ClientSession(self.server.url) as http, self.server.api() as lk:
            async def visit(room):
                for visitor in range(VISITORS):
                    await self.look_in(http, room, f"visitor {visitor}")
                await lk.room.delete_room(api.DeleteRoomRequest(room=room))
            await asyncio.wait_for(asyncio.gather(*(visit(f"room {at}") for at in range(ROOMS))), LIMIT)
        await asyncio.wait_for(self.receiver.all_there.wait(), LIMIT)
        self.assertEqual(len({event.id for event in self.receiver.taken}), ROOMS * (VISITORS + 2), "none twice")
        for at in range(ROOMS):
            events = [event for event in self.receiver.taken if event.room.name == f"room {at}"]
            self.assertEqual([event.event for event in events],
                             ["room_started", *["participant_connection_aborted"] * VISITORS, "room_finished"])
            self.assertEqual([event.participant.identity for event in events[1:-1]],
                             [f"visitor {visitor}" for visitor in range(VISITORS)])


if __name__ == "__main__":
    unittest.main()
