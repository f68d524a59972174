# SPDX-License-Identifier: Apache-2.0
import hashlib
import base64
import json
import tempfile
import unittest
from pathlib import Path

from support import KEY, SECRET, libsfu

OPTIONS = libsfu.AccessTokenOptions(api_key=KEY, api_secret=SECRET)


class Tokens(unittest.TestCase):
    def test_what_a_token_was_made_with_is_what_it_says(self) -> None:
        claims = libsfu.Claims(
            identity="zoë",
            name="Zoë",
            kind=libsfu.ParticipantKind.AGENT,
            attributes={"team": "red", "": "empty"},
            video=libsfu.VideoGrant(room_join=True, room="hall", can_publish=False, can_publish_sources=["camera"]),
        )
        with libsfu.TokenVerifier({"other": "another secret of thirty-two characters", KEY: SECRET}) as verifier:
            read = verifier.verify(libsfu.create_token(claims, OPTIONS))
        self.assertEqual((read.identity, read.name, read.kind), ("zoë", "Zoë", libsfu.ParticipantKind.AGENT))
        self.assertEqual(read.attributes, {"team": "red", "": "empty"})
        self.assertEqual(read.api_key, KEY)
        assert read.video is not None
        self.assertIs(read.video.can_publish, False)
        self.assertIsNone(read.video.can_subscribe)
        self.assertEqual(read.video.can_publish_sources, ("camera",))
        self.assertIsNone(read.sip)

    def test_errors_are_classes_by_status(self) -> None:
        with libsfu.TokenVerifier({KEY: SECRET}) as verifier:
            with self.assertRaises(libsfu.MalformedError) as malformed:
                verifier.verify("no token")
            self.assertEqual(malformed.exception.status, libsfu.Status.MALFORMED)
            self.assertTrue(str(malformed.exception))
            old = libsfu.create_token(
                libsfu.Claims(identity="a"), libsfu.AccessTokenOptions(api_key=KEY, api_secret=SECRET, now_ms=1000)
            )
            with self.assertRaises(libsfu.UnauthenticatedError):
                verifier.verify(old)
            self.assertEqual(verifier.verify(old, now_ms=2000).identity, "a")
        with self.assertRaises(libsfu.NotFoundError):
            libsfu.TokenVerifier({"k": SECRET}).verify(libsfu.create_token(libsfu.Claims(), OPTIONS))
        with self.assertRaises(libsfu.InvalidHandleError):
            verifier.verify("closed")

    def test_bad_values_are_told_before_c_sees_them(self) -> None:
        with self.assertRaises(TypeError):
            libsfu.create_token(libsfu.Claims(identity=5), OPTIONS)  # type: ignore[arg-type]
        with self.assertRaises(TypeError):
            libsfu.create_token("claims", OPTIONS)  # type: ignore[arg-type]
        with self.assertRaises(libsfu.InvalidArgumentError):
            libsfu.create_token(libsfu.Claims(identity="a\0b"), OPTIONS)
        with self.assertRaises(libsfu.InvalidArgumentError):
            libsfu.create_token(libsfu.Claims(), libsfu.AccessTokenOptions(api_key=KEY, api_secret=SECRET, ttl_ms=2**63))
        with self.assertRaises(TypeError):
            libsfu.create_token(
                libsfu.Claims(video=libsfu.VideoGrant(can_publish_sources="camera")), OPTIONS
            )

    def test_a_webhook_is_taken_from_who_knows_the_secret(self) -> None:
        body = json.dumps({"event": "room_started", "id": "EV_1", "createdAt": "5", "room": {"name": "hall"}}).encode()
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        signed = libsfu.create_token(libsfu.Claims(sha256=digest), OPTIONS)
        with libsfu.WebhookReceiver({KEY: SECRET}) as receiver:
            event = receiver.receive(body, signed)
            self.assertEqual((event.event, event.id, event.created_at_ms), ("room_started", "EV_1", 5000))
            assert event.room is not None
            self.assertEqual(event.room.name, "hall")
            self.assertIsNone(event.participant)
            with self.assertRaises(libsfu.UnauthenticatedError):
                receiver.receive(body + b" ", signed)

    def test_a_file_gives_its_frames(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "two.ivf"
            head = b"DKIF" + b"\0\0\x20\0" + b"VP80" + b"\x40\x01\xf0\0" + b"\x1e\0\0\0\x01\0\0\0\x02\0\0\0\0\0\0\0"
            frames = [b"\x10frame one", b"\x11frame two"]
            body = b"".join(len(f).to_bytes(4, "little") + n.to_bytes(8, "little") + f for n, f in enumerate(frames))
            path.write_bytes(head + body)
            with libsfu.MediaFile(path) as file:
                self.assertEqual((file.info.codec, file.info.width, file.info.height), (libsfu.Codec.VP8, 320, 240))
                self.assertEqual([sample.frame.data for sample in file], frames)
                file.rewind()
                self.assertEqual([sample.at_us for sample in file], [0, 33333])
        with self.assertRaises(libsfu.NotFoundError):
            libsfu.MediaFile("there-is-no-such-file")

    def test_codecs_have_names(self) -> None:
        self.assertEqual(libsfu.codec_name(libsfu.Codec.OPUS), "opus")
        self.assertEqual(libsfu.codec_clock_rate(libsfu.Codec.VP9), 90000)
        self.assertEqual(libsfu.Codec(99).name, "UNKNOWN_99")

    def test_nothing_is_forgotten(self) -> None:
        before = libsfu.live_count()
        for _ in range(50):
            self.test_what_a_token_was_made_with_is_what_it_says()
            libsfu.WebhookReceiver({KEY: SECRET})
        self.assertEqual(libsfu.live_count(), before)


if __name__ == "__main__":
    unittest.main()
