# SPDX-License-Identifier: Apache-2.0
"""People in rooms: over the network, and of this process."""

import asyncio
import unittest

from support import connect, heard, join, libsfu, server_options, talking, token

VOICE = libsfu.PublishOptions(name="voice", codec=libsfu.Codec.OPUS, source=libsfu.TrackSource.MICROPHONE)


class Clients(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self) -> None:
        self.server = await self.enterAsyncContext(libsfu.Server.start(server_options()))

    async def test_media_goes_from_one_to_the_other(self) -> None:
        async with connect(self.server, "ann") as ann, connect(self.server, "ben", rtp=True) as ben:
            self.assertEqual((ann.room.name, ann.myself.identity), ("hall", "ann"))
            track = await ann.publish(VOICE)
            subscribed = await heard(ben, libsfu.SubscribedEvent)
            self.assertEqual((subscribed.identity, subscribed.codec), ("ann", libsfu.Codec.OPUS))
            self.assertEqual(subscribed.track_sid, track.sid)
            async with talking(track):
                frame = await heard(ben, libsfu.FrameEvent)
                self.assertEqual(frame.frame.data, b"\xfcsound")
                packet = await heard(ben, libsfu.RtpEvent)
                self.assertEqual(packet.packet[12:], b"\xfcsound"[-len(packet.packet) + 12 :])
            track.set_muted(True)
            changed = await heard(ben, libsfu.TrackChangedEvent, lambda event: event.track.muted)
            self.assertEqual(changed.identity, "ann")
            track.unpublish()
            await heard(ben, libsfu.TrackUnpublishedEvent)

    async def test_one_of_this_process_meets_one_from_outside(self) -> None:
        async with join(self.server.engine, "bot") as bot, connect(self.server, "ann") as ann:
            voice = await bot.publish(VOICE)
            await heard(ann, libsfu.SubscribedEvent)
            async with talking(voice, b"beep"):
                self.assertEqual((await heard(ann, libsfu.FrameEvent)).frame.data, b"\xfcbeep")
            mouth = await ann.publish(VOICE)
            await heard(bot, libsfu.SubscribedEvent)
            async with talking(mouth, b"hello"):
                self.assertEqual((await heard(bot, libsfu.FrameEvent)).frame.data, b"\xfchello")

    async def test_rtp_is_written_and_video_asks_for_key_frames(self) -> None:
        async with join(self.server.engine, "camera") as camera, join(self.server.engine, "eye", rtp=True) as eye:
            picture = libsfu.PublishOptions(name="p", codec=libsfu.Codec.VP8, source=libsfu.TrackSource.CAMERA)
            track = await camera.publish(picture, "picture")
            await heard(eye, libsfu.SubscribedEvent)
            header = bytes([0x80, 0xE0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 7])
            track.write_rtp(header + b"\x10" + b"\0" * 20)
            packet = await heard(eye, libsfu.RtpEvent)
            self.assertEqual(packet.packet[-20:], b"\0" * 20)
            eye.request_key_frame(track.sid)
            asked = await heard(camera, libsfu.KeyframeRequestedEvent)
            self.assertEqual((asked.id, asked.layer), ("picture", 0))
            eye.set_track_settings(track.sid, libsfu.TrackSettings(quality=libsfu.VideoQuality.LOW))
            eye.subscribe(track.sid, False)
            await heard(eye, libsfu.UnsubscribedEvent)

    async def test_data_and_streams_come_whole(self) -> None:
        async with connect(self.server, "ann") as ann, join(self.server.engine, "bot") as bot:
            ann.send_data(b"\0hi", libsfu.DataOptions(topic="t", to=["bot"]))
            message = (await heard(bot, libsfu.DataEvent)).message
            self.assertEqual((message.data, message.topic, message.sender), (b"\0hi", "t", "ann"))
            self.assertTrue(message.reliable)
            bot.send_text("a longer téxt", libsfu.StreamOptions(topic="notes", attributes={"a": "b"}))
            text = await heard(ann, libsfu.TextEvent)
            self.assertEqual((text.text, text.info.sender, text.info.attributes), ("a longer téxt", "bot", {"a": "b"}))
            with ann.open_stream("s1", libsfu.StreamOptions(name="f.bin")) as stream:
                stream.write(b"one")
                stream.write(b"two")
            opened = await heard(bot, libsfu.StreamOpenedEvent)
            self.assertEqual((opened.info.name, opened.info.total_length), ("f.bin", -1))
            got = b""
            while len(got) < 6:
                got += (await heard(bot, libsfu.StreamDataEvent)).data
            self.assertEqual(got, b"onetwo")
            self.assertEqual((await heard(bot, libsfu.StreamClosedEvent)).status, libsfu.Status.OK)
            ann.send_bytes(b"x" * 40000)
            self.assertEqual((await heard(bot, libsfu.StreamOpenedEvent)).info.total_length, 40000)
            with self.assertRaises(libsfu.InvalidArgumentError):
                ann.send_data(b"x" * 60001)

    async def test_methods_are_called_and_answer_now_or_later(self) -> None:
        async with connect(self.server, "ann") as ann, join(self.server.engine, "bot") as bot:

            async def later(call: libsfu.RpcCall) -> str:
                await asyncio.sleep(0)
                return f"{call.caller} said {call.payload}"

            def refuses(call: libsfu.RpcCall) -> str:
                raise libsfu.RpcError(7, "no", "because")

            def breaks(call: libsfu.RpcCall) -> str:
                raise KeyError(call.method)

            ann.register_rpc("now", lambda call: call.payload.upper())
            ann.register_rpc("later", later)
            ann.register_rpc("refuses", refuses)
            ann.register_rpc("breaks", breaks)
            self.assertEqual(await bot.perform_rpc("ann", "now", "hi"), "HI")
            self.assertEqual(await bot.perform_rpc("ann", "later", "hi"), "bot said hi")
            with self.assertRaises(libsfu.RpcError) as refused:
                await bot.perform_rpc("ann", "refuses")
            self.assertEqual((refused.exception.code, refused.exception.data), (7, "because"))
            with self.assertLogs("libsfu"), self.assertRaises(libsfu.RpcError) as broken:
                await bot.perform_rpc("ann", "breaks")
            self.assertEqual(broken.exception.code, 1500)
            with self.server.engine.room("hall") as room, room.participant("ann") as participant:
                self.assertEqual(await participant.perform_rpc("now", "server"), "SERVER")
            ann.unregister_rpc("now")
            with self.assertRaises(libsfu.RpcError) as missing:
                await bot.perform_rpc("ann", "now")
            self.assertEqual(missing.exception.code, 1400)

    async def test_who_changes_itself_and_leaves_is_seen(self) -> None:
        async with connect(self.server, "ann") as ann, join(self.server.engine, "bot") as bot:
            ann.update(libsfu.ParticipantChanges(name="Ann", attributes={"mood": "good"}))
            changed = await heard(bot, libsfu.ParticipantChangedEvent, lambda event: event.participant.name == "Ann")
            self.assertEqual(changed.participant.attributes, {"mood": "good"})
            ann.leave()
            gone = await heard(ann, libsfu.DisconnectedEvent)
            self.assertEqual(gone.reason, libsfu.DisconnectReason.CLIENT_INITIATED)
            self.assertEqual([event async for event in ann.events], [])
            self.assertEqual((await heard(bot, libsfu.ParticipantLeftEvent)).participant.identity, "ann")
            with self.assertRaises(libsfu.ClosedError):
                await ann.publish(VOICE)

    async def test_who_cannot_join_is_told_why(self) -> None:
        with self.assertRaises(libsfu.Error) as refused:
            async with connect(self.server, "ann", token="no token"):
                self.fail("joined")
        self.assertNotIsInstance(refused.exception, libsfu.ClosedError)
        with self.assertRaises(libsfu.InvalidArgumentError):
            await libsfu.Client.connect(libsfu.ClientOptions(url="nowhere", token=token("a")))

    async def test_a_forbidden_track_is_refused(self) -> None:
        async with connect(self.server, "mute", token=token("mute", can_publish=False)) as mute:
            with self.assertRaises(libsfu.Error):
                await mute.publish(VOICE)

    async def test_a_listener_hears_on_the_thread_of_the_client(self) -> None:
        got: list[libsfu.ClientEvent] = []
        async with connect(self.server, "ann", got.append), join(self.server.engine, "bot"):
            pass
        kinds = [type(event) for event in got]
        self.assertEqual(kinds[0], libsfu.ConnectedEvent)
        self.assertIn(libsfu.ReadyEvent, kinds)


class WithoutALoop(unittest.TestCase):
    def test_everything_can_be_waited_for(self) -> None:
        with libsfu.Server.start(server_options()) as server:
            got: list[libsfu.ClientEvent] = []
            with connect(server, "ann", got.append) as ann, join(server.engine, "bot") as bot:
                bot.register_rpc("echo", lambda call: call.payload)
                self.assertEqual(ann.perform_rpc("bot", "echo", "hi").wait(), "hi")
                track = bot.publish(VOICE).wait()
                self.assertTrue(track.sid.startswith("TR_"))
                self.assertEqual([room.name for room in server.engine.rooms().wait()], ["hall"])


if __name__ == "__main__":
    unittest.main()
