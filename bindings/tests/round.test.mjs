// SPDX-License-Identifier: Apache-2.0
// Media once round the languages: what one of them publishes, the next one receives, through one server. Languages that are
// not built are left out, and the test says so.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { startServer, token } from "../node/tests/support.mjs";

const path = (name) => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const peers = {
  go: [path("build/bindings/go-peer")],
  python: [process.env.PYTHON ?? "python3", path("bindings/python/tests/peer.py")],
  node: [process.execPath, path("bindings/node/tests/peer.mjs")],
  rust: [path("build/bindings/rust-peer")],
};
const round = [["go", "python"], ["python", "node"], ["node", "rust"], ["rust", "go"]];
const missing = (language) => !existsSync(peers[language].at(-1));

/** A peer, whose lines can be waited for. */
function start(t, language, ...more) {
  const [command, ...before] = peers[language];
  const env = { ...process.env, LD_LIBRARY_PATH: dirname(process.env.SFU_LIBRARY ?? "") };
  const program = spawn(command, [...before, ...more], { stdio: ["pipe", "pipe", "inherit"], env });
  t.after(() => program.kill());
  const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
  return {
    async line() {
      const { value, done } = await lines.next();
      assert.ok(!done, `the peer in ${language} ended`);
      return value;
    },
    async end() {
      const exit = once(program, "exit");
      program.stdin.end();
      assert.deepEqual(await exit, [0, null], `the peer in ${language} ends well when its input does`);
    },
  };
}

test("what one language publishes, the next one receives", async (t) => {
  const server = await startServer(t);
  const url = `ws://127.0.0.1:${server.port}`;
  for (const [from, to] of round) {
    const absent = [from, to].filter(missing);
    const skip = absent.length > 0 && `${absent.join(" and ")}: not built`;
    await t.test(`${from} publishes, ${to} receives`, { skip, timeout: 60000 }, async (t) => {
      const room = `from ${from} to ${to}`;
      const receiver = start(t, to, url, token(to, { room }), "receive");
      const publisher = start(t, from, url, token(from, { room }), "publish");
      assert.equal(await publisher.line(), "published");
      let last = -1;
      for (let count = 0; count < 20; ++count) {
        const [, language, n] = (await receiver.line()).match(/^received from (\w+) (\d+)$/) ?? [];
        assert.equal(language, from);
        assert.ok(Number(n) > last, `${n} after ${last}`);
        last = Number(n);
      }
      await publisher.end();
      await receiver.end();
    });
  }
});
