# SPDX-License-Identifier: Apache-2.0
"""A host sees, drops and changes the packets of a track."""

import unittest
from collections.abc import Callable

from support import Lines, engine_options, heard, join, libsfu, talking

VOICE = libsfu.PublishOptions(name="voice", codec=libsfu.Codec.OPUS, source=libsfu.TrackSource.MICROPHONE)


def carries(payload: bytes) -> Callable[[libsfu.TrackPacket], bool]:
    return lambda packet: packet.payload == payload


class PacketFilters(unittest.IsolatedAsyncioTestCase):
    async def test_packets_are_seen_dropped_and_changed(self) -> None:
        seen, ended = Lines(), Lines()

        def on_packet(packet: libsfu.TrackPacket) -> bool | bytes:
            seen.add(packet)
            if packet.payload == b"\xfcsecret":
                return False
            if packet.payload == b"\xfcbroken":
                raise KeyError("broken")
            return b"\xfcmarked" if packet.payload == b"\xfcsound" else True

        async with libsfu.Engine.start(engine_options()) as engine:
            async with join(engine, "ann") as ann, join(engine, "ear") as ear:
                track = await ann.publish(VOICE)
                voice = engine.room("hall").participant("ann").track(track.sid)
                async with voice.attach_filter(on_packet, lambda: ended.add("ended")):
                    with self.assertLogs("libsfu"):
                        for said in (b"secret", b"broken", b"plain"):
                            async with talking(track, said):
                                await seen.awaited(carries(b"\xfc" + said))
                    self.assertEqual((await heard(ear, libsfu.FrameEvent)).frame.data, b"\xfcplain")
                    async with talking(track, b"sound"):
                        marked = await heard(ear, libsfu.FrameEvent, lambda event: b"plain" not in event.frame.data)
                        self.assertEqual(marked.frame.data, b"\xfcmarked")
                    [stream] = (await engine.room("hall").statistics()).streams
                    self.assertGreater(stream.filtered, 0)
                    track.unpublish()
                    await ended.awaited(lambda line: line == "ended")
            self.assertEqual((seen.all[0].mime_type, seen.all[0].layer), ("audio/opus", 0))

    async def test_a_filter_that_is_closed_is_called_no_more(self) -> None:
        async with libsfu.Engine.start(engine_options()) as engine:
            async with join(engine, "ann") as ann, join(engine, "ear") as ear:
                track = await ann.publish(VOICE)
                voice = engine.room("hall").participant("ann").track(track.sid)
                silence = await voice.attach_filter(lambda packet: False)
                await silence.close()
                async with talking(track):
                    self.assertEqual((await heard(ear, libsfu.FrameEvent)).frame.data, b"\xfcsound")
                with self.assertRaises(libsfu.NotFoundError):
                    await engine.room("hall").participant("ann").track("TR_none").attach_filter(lambda packet: True)


if __name__ == "__main__":
    unittest.main()
