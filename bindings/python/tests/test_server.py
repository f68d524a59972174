# SPDX-License-Identifier: Apache-2.0
"""What a host does with its server, its rooms and who is in them; and what a program outside does by the room API."""

import asyncio
import dataclasses
import email
import os
import unittest

from support import KEY, SECRET, Lines, connect, engine_options, free_port, heard, join, libsfu, server_options

VOICE = libsfu.PublishOptions(name="voice", codec=libsfu.Codec.OPUS, source=libsfu.TrackSource.MICROPHONE)


class Servers(unittest.IsolatedAsyncioTestCase):
    async def test_a_host_sees_and_changes_what_is_in_its_rooms(self) -> None:
        happened = Lines()
        async with libsfu.Server.start(server_options(events=happened.add)) as server:
            async with connect(server, "ann") as ann:
                track = await ann.publish(VOICE)
                with server.engine.room("hall") as hall, hall.participant("ann") as who, who.track(track.sid) as voice:
                    self.assertEqual((await hall.info()).num_participants, 1)
                    self.assertEqual([each.identity for each in await hall.participants()], ["ann"])
                    self.assertEqual((await voice.info()).name, "voice")
                    self.assertTrue((await voice.set_muted(True)).muted)
                    may = await who.permission()
                    self.assertTrue(may.can_publish)
                    await who.set_permission(dataclasses.replace(may, can_publish_data=False))
                    self.assertFalse((await who.permission()).can_publish_data)
                    await who.update(libsfu.ParticipantChanges(name="Ann"))
                    self.assertEqual((await who.info()).name, "Ann")
                    await hall.set_metadata("a hall")
                    self.assertEqual((await hall.info()).metadata, "a hall")
                    await hall.send_data(b"from the server", libsfu.DataOptions(topic="t"))
                    message = (await heard(ann, libsfu.DataEvent)).message
                    self.assertEqual((message.data, message.sender), (b"from the server", ""))
                    self.assertEqual((await hall.statistics()).participants[0].identity, "ann")
                    await who.remove()
                    gone = await heard(ann, libsfu.DisconnectedEvent)
                    self.assertEqual(gone.reason, libsfu.DisconnectReason.PARTICIPANT_REMOVED)
                    with self.assertRaises(libsfu.NotFoundError):
                        await who.info()
            self.assertIn("livekit_", server.metrics())
            self.assertEqual(server.warnings(), ())
            self.assertEqual(server.webhook_counters().delivered, 0)
            self.assertEqual(len(server.engine.statistics().tracks_published), 3)
            self.assertGreater((await server.engine.counters()).packets_received, 0)
        names = [event.name for event in happened.all]
        self.assertEqual([names[0], names[-1]], ["room_started", "room_finished"])
        self.assertIn("track_published", names)
        self.assertEqual([event.sequence for event in happened.all], list(range(1, len(names) + 1)))

    async def test_options_that_do_not_fit_are_refused_by_name(self) -> None:
        for wrong, says in (
            ({"worker_cpus": [1 << 20]}, "worker_cpus"),
            ({"lend_above_percent": 101}, "lend_above_percent"),
            ({"turn": libsfu.TurnOptions(tls_port=5349)}, "domain"),
            ({"room_defaults": libsfu.RoomOptions(data_channel_lossy_latency_ms=-2)}, "data_channel_lossy_latency_ms"),
            ({"node_id": "a\0b"}, "node_id"),
        ):
            with self.subTest(says), self.assertRaisesRegex(libsfu.InvalidArgumentError, says):
                await libsfu.Engine.start(engine_options(**wrong))
        cpu = min(os.sched_getaffinity(0))
        turn = libsfu.TurnOptions(udp_port=free_port(), bind_addresses=["127.0.0.1"])
        async with libsfu.Engine.start(engine_options(worker_cpus=[cpu], lend_above_percent=100, turn=turn)):
            pass

    async def test_an_egress_of_the_hosts_is_told_to_its_webhook(self) -> None:
        told: asyncio.Queue[tuple[bytes, str]] = asyncio.Queue()

        async def hook(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = email.message_from_bytes((await reader.readuntil(b"\r\n\r\n")).split(b"\r\n", 1)[1])
            body = await reader.readexactly(int(head["Content-Length"]))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            writer.close()
            told.put_nowait((body, head["Authorization"]))

        listener = await asyncio.start_server(hook, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/"
        options = dataclasses.replace(server_options(), webhook_api_key=KEY)
        async with listener, libsfu.Server.start(options) as server:
            with self.assertRaises(libsfu.InvalidArgumentError):
                server.announce(libsfu.EgressInfo())
            server.announce(
                libsfu.EgressInfo(
                    status=libsfu.EgressStatus.ACTIVE,
                    egress_id="EG_1",
                    files=[libsfu.EgressFile(filename="hall.ogg")],
                    webhooks=[libsfu.EgressWebhook(url=url)],
                )
            )
            async with asyncio.timeout(20):
                body, authorization = await told.get()
        event = libsfu.WebhookReceiver({KEY: SECRET}).receive(body, authorization)
        self.assertEqual(event.event, "egress_updated")
        self.assertIn("hall.ogg", event.egress_info)

    async def test_rooms_are_made_and_ended_and_agents_wanted(self) -> None:
        async with libsfu.Engine.start(engine_options()) as engine:
            made = await engine.create_room("den", libsfu.RoomConfiguration(max_participants=2, tags={"a": "b"}))
            self.assertEqual((made.name, made.max_participants, made.tags), ("den", 2, {"a": "b"}))
            self.assertEqual([room.name for room in await engine.rooms(["den", "none"])], ["den"])
            with engine.room("den") as den:
                added = await den.add_agent_dispatch(libsfu.AgentDispatch(agent_name="helper"))
                self.assertTrue(added.id.startswith("AD_"))
                self.assertIn("helper", [each.agent_name for each in await den.agent_dispatches()])
                self.assertEqual((await den.remove_agent_dispatch(added.id)).id, added.id)
                await den.end()
                with self.assertRaises(libsfu.NotFoundError):
                    await den.info()
            with self.assertRaises(libsfu.NotFoundError):
                await engine.create_room("x", preset="no such preset")

    async def test_participants_are_moved_and_forwarded(self) -> None:
        async with libsfu.Server.start(server_options()) as server, connect(server, "ann") as ann:
            with server.engine.room("hall") as hall, server.engine.room("den") as den:
                await hall.participant("ann").forward_to(den)
                self.assertTrue((await den.participants())[0].forwarded)
                await den.participant("ann").remove()
                await hall.participant("ann").move_to(den)
                self.assertEqual((await heard(ann, libsfu.MovedEvent)).room.name, "den")

    async def test_a_drained_server_tells_when_the_last_has_left(self) -> None:
        async with libsfu.Server.start(server_options()) as server:
            async with join(server.engine, "bot"):
                drained = asyncio.ensure_future(server.drain())
                await asyncio.sleep(0)
                self.assertFalse(drained.done())
            async with asyncio.timeout(20):
                await drained

    async def test_yaml_is_understood_and_its_faults_are_told(self) -> None:
        with self.assertRaisesRegex(libsfu.InvalidArgumentError, "my.yaml:2"):
            await libsfu.Server.start(
                libsfu.ServerOptions(yaml="port: 7880\nrtc: {udp_prot: 5}\n", yaml_file_name="my.yaml")
            )

    async def test_log_lines_go_where_they_are_wanted(self) -> None:
        lines = Lines()

        def log(level: libsfu.LogLevel, message: str, fields: object) -> None:
            lines.add((level, message))

        async with libsfu.Engine.start(engine_options(log=log, log_level=libsfu.LogLevel.DEBUG)) as engine:
            async with join(engine, "bot"):
                pass
        self.assertTrue(lines.all)
        self.assertIsInstance(lines.all[0][0], libsfu.LogLevel)

    async def test_a_port_in_use_is_named(self) -> None:
        async with libsfu.Server.start(server_options()) as server:
            with self.assertRaisesRegex(libsfu.UnavailableError, str(server.port)):
                await libsfu.Server.start(dataclasses.replace(server_options(), port=server.port))

    async def test_the_room_api_does_from_outside_what_a_host_does(self) -> None:
        async with libsfu.Server.start(server_options()) as server, connect(server, "ann") as ann:
            track = await ann.publish(VOICE)
            ann.register_rpc("echo", lambda call: call.payload)
            url = f"http://127.0.0.1:{server.port}"
            async with libsfu.RoomApi(libsfu.RoomApiOptions(url=url, api_key=KEY, api_secret=SECRET)) as api:
                await api.create_room("den")
                self.assertEqual({room.name for room in await api.list_rooms()}, {"hall", "den"})
                await api.delete_room("den")
                self.assertEqual((await api.update_room_metadata("hall", "m")).metadata, "m")
                await api.send_data("hall", b"hi")
                self.assertEqual((await heard(ann, libsfu.DataEvent)).message.data, b"hi")
                self.assertEqual([each.identity for each in await api.list_participants("hall")], ["ann"])
                self.assertEqual((await api.get_participant("hall", "ann")).identity, "ann")
                muted = await api.mute_published_track("hall", "ann", track.sid, True)
                self.assertTrue(muted and muted.muted)
                changed = await api.update_participant("hall", "ann", libsfu.ParticipantChanges(name="Ann"))
                self.assertEqual(changed.name, "Ann")
                await api.update_subscriptions("hall", "ann", [], True)
                self.assertEqual(await api.perform_rpc("hall", "ann", "echo", "hi"), "hi")
                wanted = await api.create_dispatch("hall", libsfu.AgentDispatch(agent_name="helper"))
                self.assertEqual([each.id for each in await api.list_dispatches("hall", wanted.id)], [wanted.id])
                self.assertEqual((await api.delete_dispatch("hall", wanted.id)).id, wanted.id)
                await api.forward_participant("hall", "ann", "den")
                await api.remove_participant("den", "ann")
                await api.move_participant("hall", "ann", "den")
                await heard(ann, libsfu.MovedEvent)
                await api.remove_participant("den", "ann")
                with self.assertRaises(libsfu.NotFoundError) as missing:
                    await api.get_participant("den", "nobody")
                assert missing.exception.api is not None
                self.assertEqual((missing.exception.api.http_status, missing.exception.api.code), (404, "not_found"))


class Signalling(unittest.IsolatedAsyncioTestCase):
    async def test_a_host_with_a_websocket_of_its_own_is_answered(self) -> None:
        from support import token

        said = Lines()

        class Socket(libsfu.SignalListener):
            def accepted(self) -> None:
                said.add("accepted")

            def rejected(self, status: int, body: str) -> None:
                said.add(f"rejected {status}")

            def send(self, message: bytes, text: bool) -> None:
                said.add("send" if message and not text else "send nothing")

            def close(self, code: int) -> None:
                said.add(f"close {code}")

        async with libsfu.Engine.start(engine_options()) as engine:
            good = {"access_token": token("ann"), "protocol": "15", "sdk": "js"}
            with engine.connect(libsfu.ConnectRequest(path="/rtc", query=good), Socket()) as session:
                await said.awaited(lambda line: line == "send")
                self.assertEqual(said.all[0], "accepted")
                session.receive(b"nonsense")
                session.disconnected()
            with engine.connect(libsfu.ConnectRequest(path="/rtc", query={"access_token": "bad"}), Socket()):
                await said.awaited(lambda line: line == "rejected 401")
            status, body = await engine.validate(libsfu.ConnectRequest(path="/rtc/validate", query=good))
            self.assertEqual((status, body), (200, "success"))
            engine.check_revoked(libsfu.Claims(identity="ann", video=libsfu.VideoGrant(room="hall")))


if __name__ == "__main__":
    unittest.main()
