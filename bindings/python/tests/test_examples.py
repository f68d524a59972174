# SPDX-License-Identifier: Apache-2.0
"""Each example is run, and does what it says."""

import asyncio
import contextlib
import os
import re
import signal
import sys
import unittest
from collections.abc import AsyncIterator

from support import FOLDER, KEY, SECRET, free_port, heard, libsfu, talking

VOICE = libsfu.PublishOptions(name="voice", codec=libsfu.Codec.OPUS, source=libsfu.TrackSource.MICROPHONE)


class Program:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        self.process = process
        self.output = process.stdout

    async def line(self, beginning: str) -> str:
        """The next line that begins so; without that beginning."""
        async with asyncio.timeout(20):
            while line := (await self.output.readline()).decode():
                if line.startswith(beginning):
                    return line[len(beginning) :].strip()
        raise AssertionError(f"ended without a line {beginning}...")


@contextlib.asynccontextmanager
async def example(name: str) -> AsyncIterator[Program]:
    """Ends by Enter, and well."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        FOLDER / "examples" / f"{name}.py",
        "0",
        str(free_port()),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(FOLDER)},
    )
    assert process.stdin
    try:
        yield Program(process)
        process.stdin.write(b"\n")
        async with asyncio.timeout(20):
            assert await process.wait() == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def connect(url: str, token: str) -> libsfu.Opening[libsfu.Client]:
    return libsfu.Client.connect(libsfu.ClientOptions(url=url, token=token, media_addresses=["127.0.0.1"]))


def token(identity: str) -> str:
    claims = libsfu.Claims(identity=identity, video=libsfu.VideoGrant(room_join=True, room="lobby"))
    return libsfu.create_token(claims, libsfu.AccessTokenOptions(api_key=KEY, api_secret=SECRET))


class Examples(unittest.IsolatedAsyncioTestCase):
    async def test_server(self) -> None:
        async with example("server") as program:
            url = await program.line("listening at ")
            async with connect(url, await program.line("token ")):
                self.assertEqual(await program.line("participant_joined "), "guest")

    async def test_echo(self) -> None:
        async with example("echo") as program:
            url = await program.line("listening at ")
            async with connect(url, token("ann")) as ann:
                voice = await ann.publish(VOICE)
                async with talking(voice, b"hello"):
                    self.assertEqual((await heard(ann, libsfu.FrameEvent)).frame.data, b"\xfchello")

    async def test_policy(self) -> None:
        async with example("policy") as program:
            url = await program.line("listening at ")
            with self.assertRaisesRegex(libsfu.Error, "not on the list"):
                await connect(url, token("stranger"))
            async with connect(url, token("ann")) as ann, connect(url, token("ben")) as ben:
                self.assertEqual(await program.line("participant_joined "), "ann")
                await ann.publish(VOICE)
                with self.assertRaises(libsfu.Error):
                    await ben.publish(VOICE)
                ben.send_data(b"damn it")
                self.assertEqual((await heard(ann, libsfu.DataEvent)).message.data, b"**** it")

    async def test_the_ten_lines_of_the_readme(self) -> None:
        [lines] = re.findall(r"```python\n(.*?)```", (FOLDER / "README.md").read_text(), re.DOTALL)
        # At any port.
        lines = lines.replace("ServerOptions(", f"ServerOptions(port={libsfu.NONE}, ")
        lines = lines.replace("keys=", f"udp_port_first={free_port()}, bind_addresses=['127.0.0.1'], keys=")
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-c",
            lines,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(FOLDER), "PYTHONUNBUFFERED": "1"},
        )
        await Program(process).line("participant_joined")
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(20):
            said, errors = await process.communicate()
        self.assertEqual(said.split(), [b"participant_left", b"room_finished"])
        self.assertEqual(errors.decode().splitlines()[-1], "KeyboardInterrupt")


if __name__ == "__main__":
    unittest.main()
