// SPDX-License-Identifier: Apache-2.0
// Each example is run, does what it says, and ends by itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { freePort, heard, KEY, SECRET, sfu, talk, VOICE } from "./support.mjs";

async function example(t, name) {
  const path = fileURLToPath(new URL(`../examples/${name}.mjs`, import.meta.url));
  const program = spawn(process.execPath, [path, "0", `${await freePort()}`], { stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => program.kill());
  const lines = createInterface(program.stdout)[Symbol.asyncIterator]();
  const line = async (beginning) => {
    for (;;) {
      const { value, done } = await lines.next();
      assert.ok(!done, `ended without a line ${beginning}...`);
      if (value.startsWith(beginning)) return value.slice(beginning.length);
    }
  };
  const end = async () => {
    const exit = once(program, "exit");
    program.stdin.write("\n");
    assert.deepEqual(await exit, [0, null]);
  };
  return { line, end };
}

function token(identity) {
  return sfu.createToken({ identity, video: { roomJoin: true, room: "lobby" } }, { apiKey: KEY, apiSecret: SECRET });
}

async function connect(t, url, token) {
  const client = await sfu.Client.connect({ url, token, mediaAddresses: ["127.0.0.1"] });
  t.after(() => client.close());
  return client;
}

test("server", { timeout: 60000 }, async (t) => {
  const { line, end } = await example(t, "server");
  const url = await line("listening at ");
  await connect(t, url, await line("token "));
  assert.equal(await line("participant_joined "), "guest");
  await end();
});

test("echo", { timeout: 60000 }, async (t) => {
  const { line, end } = await example(t, "echo");
  const ann = await connect(t, await line("listening at "), token("ann"));
  const frame = heard(ann, "frame");
  const stop = talk(await ann.publish(VOICE), "hello");
  assert.equal((await frame).frame.bytes.subarray(1).toString(), "hello");
  stop();
  await end();
});

test("policy", { timeout: 60000 }, async (t) => {
  const { line, end } = await example(t, "policy");
  const url = await line("listening at ");
  await assert.rejects(connect(t, url, token("stranger")), /not on the list/);
  const ann = await connect(t, url, token("ann"));
  assert.equal(await line("participant_joined "), "ann");
  await ann.publish(VOICE);
  const ben = await connect(t, url, token("ben"));
  await assert.rejects(ben.publish(VOICE), { name: "SfuError" });
  await end();
});

test("the ten lines of the README", { timeout: 60000 }, async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  // Any port, and somebody who ends it once the bot is there.
  const own = `port: -1, engine: { udpPortFirst: ${await freePort()}, bindAddresses: ["127.0.0.1"],`;
  const lines = readme.match(/```js\n(.*?)```/s)[1].replace("engine: {", own);
  const end = 'process.kill(process.pid, "SIGINT");';
  const program = spawn(process.execPath, ["--input-type=module", "-e", lines + end], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  program.stdout.on("data", (data) => (said += data));
  assert.deepEqual(await once(program, "close"), [0, null]);
  assert.deepEqual(said.trim().split("\n"), ["room_started", "participant_joined", "participant_left", "room_finished"]);
});
