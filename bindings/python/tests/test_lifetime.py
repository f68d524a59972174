# SPDX-License-Identifier: Apache-2.0
"""What is opened is closed: by hand, by the collector, and at the end of the program; and who waits where."""

import asyncio
import gc
import os
import subprocess
import sys
import threading
import time
import unittest
import warnings

from support import FOLDER, Lines, connect, engine_options, heard, join, libsfu, server_options

from libsfu import _callbacks


def descriptors() -> set[int]:
    numbers = os.open("/proc/self/fd", os.O_RDONLY)
    try:
        return {int(name) for name in os.listdir(numbers)} - {numbers}
    finally:
        os.close(numbers)


class Lifetimes(unittest.TestCase):
    def test_rounds_of_everything_leave_nothing_behind(self) -> None:
        def round() -> None:
            with libsfu.Server.start(server_options(events=lambda _: None, policy=libsfu.Policy())) as server:
                with connect(server, "ann", lambda _: None) as ann, join(server.engine, "bot") as bot:
                    bot.register_rpc("echo", lambda call: call.payload)
                    self.assertEqual(ann.perform_rpc("bot", "echo", "hi").wait(), "hi")

        round()
        gc.collect()
        before = libsfu.live_count(), _callbacks.registered(), threading.active_count()
        for _ in range(5):
            round()
        gc.collect()
        self.assertEqual((libsfu.live_count(), _callbacks.registered(), threading.active_count()), before)

    def test_what_is_forgotten_is_told_of_and_closed(self) -> None:
        before = libsfu.live_count()
        with warnings.catch_warnings(record=True) as seen:
            warnings.simplefilter("always")
            engine = libsfu.Engine.start(engine_options()).wait()
            del engine
            gc.collect()
        self.assertEqual([each.category for each in seen], [ResourceWarning])
        end = time.monotonic() + 20
        while libsfu.live_count() != before and time.monotonic() < end:
            time.sleep(0.01)
        self.assertEqual(libsfu.live_count(), before)

    def test_a_call_that_fails_keeps_no_callbacks(self) -> None:
        before = _callbacks.registered()
        with self.assertRaises(libsfu.Error):
            libsfu.Engine.start(libsfu.EngineOptions(workers=1, host_driven=False, events=print)).wait()
        self.assertEqual(_callbacks.registered(), before)

    def test_what_is_closed_says_so(self) -> None:
        with libsfu.Engine.start(engine_options()) as engine:
            pass
        engine.close().wait()
        with self.assertRaises(libsfu.InvalidHandleError):
            engine.room("hall")
        with self.assertRaises(libsfu.InvalidHandleError):
            engine.rooms().wait()

    def test_a_call_that_waits_is_refused_within_a_callback(self) -> None:
        errors = Lines()

        with libsfu.Engine.start(engine_options()) as engine:

            def listener(event: libsfu.ClientEvent) -> None:
                for call in (engine.rooms(), bots[0].perform_rpc("ann", "x") if bots else engine.rooms()):
                    try:
                        call.wait()
                    except libsfu.WrongThreadError as error:
                        errors.add(error)

            bots: list[libsfu.Client] = []
            with join(engine, "bot") as bot:
                bots.append(bot)
                with join(engine, "ann", listener=listener):
                    pass
                self.assertTrue(errors.wait(lambda _: True, 2))
                bots.clear()

    def test_a_call_that_nobody_waits_for_is_told_of(self) -> None:
        with libsfu.Engine.start(engine_options()) as engine, self.assertWarns(RuntimeWarning):
            engine.rooms()
            gc.collect()

    def test_a_program_that_closes_nothing_ends_all_the_same(self) -> None:
        program = (
            "from support import engine_options, join, libsfu\n"
            "engine = libsfu.Engine.start(engine_options(events=lambda event: None)).wait()\n"
            "bot = join(engine, 'bot').wait()\n"
            "hall = engine.room('hall')\n"
            "print('done')\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=FOLDER / "tests", timeout=60, capture_output=True, text=True
        )
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "done\n", ""))


class OnTheHostsLoop(unittest.IsolatedAsyncioTestCase):
    async def test_an_engine_without_threads_is_driven_by_the_loop(self) -> None:
        threads: set[int] = set()
        async with libsfu.Engine.start(engine_options(host_driven=True)) as engine:
            engine.drive()
            async with join(engine, "ear", listener=lambda _: threads.add(threading.get_ident())):
                async with join(engine, "mouth") as mouth:
                    self.assertEqual(len(await engine.rooms()), 1)
                    mouth.send_data(b"hello")
                    await heard(mouth, libsfu.ParticipantJoinedEvent)
            self.assertIn(threading.get_ident(), threads)

    async def test_a_loop_forgets_the_descriptor_of_an_engine_that_is_closed(self) -> None:
        async def close(engine: libsfu.Engine) -> None:
            await engine.close()

        async def close_here(engine: libsfu.Engine) -> None:
            with engine:
                pass

        async def stop(engine: libsfu.Engine) -> None:
            await engine.stop()
            await engine.close()

        loop = asyncio.get_running_loop()
        async with libsfu.Engine.start(engine_options(host_driven=True)) as engine:
            engine.drive()  # whatever a first engine opens for all of them
        before = descriptors()
        for end in (close, close_here, stop):
            with self.subTest(end.__name__):
                engine = await libsfu.Engine.start(engine_options(host_driven=True))
                engine.drive()
                engine.drive()  # again: the first one ends
                numbers = descriptors() - before
                await end(engine)
                self.assertEqual(descriptors(), before)
                for number in numbers:  # the program's, from now on
                    await self._polled(loop, number)

    async def _polled(self, loop: asyncio.AbstractEventLoop, number: int) -> None:
        mine, other = os.pipe()
        os.dup2(mine, number)
        try:
            readable = asyncio.Event()
            loop.add_reader(number, readable.set)
            os.write(other, b"x")
            async with asyncio.timeout(20):
                await readable.wait()
            self.assertTrue(loop.remove_reader(number))
        finally:
            for each in {mine, other, number}:
                os.close(each)

    async def test_a_task_that_is_cancelled_leaves_nothing_behind(self) -> None:
        before = libsfu.live_count()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            task = asyncio.ensure_future(libsfu.Engine.start(engine_options()).__aenter__())
            await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            del task
            async with asyncio.timeout(20):
                while libsfu.live_count() != before:
                    gc.collect()
                    await asyncio.sleep(0.01)


if __name__ == "__main__":
    unittest.main()
