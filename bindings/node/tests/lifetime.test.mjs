// SPDX-License-Identifier: Apache-2.0
// What is opened is closed, programs end by themselves when it is, and workers have libraries of their own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import test from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { engineOptions, sfu, startServer } from "./support.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));

/** Runs a module of these lines; gives its exit code and what it printed. */
function program(lines, ...flags) {
  return programWith({}, lines, ...flags);
}

async function programWith(variables, lines, ...flags) {
  const source = `import { engineOptions, join, sfu } from "./support.mjs";\n${lines}`;
  const options = { cwd: folder, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...variables } };
  const child = spawn(process.execPath, [...flags, "--input-type=module", "-e", source], options);
  let said = "";
  child.stdout.on("data", (data) => (said += data));
  const [code, signal] = await once(child, "close");
  return { code, signal, said };
}

const collect = `
  const collected = async () => {
    for (let n = 0; n < 1000 && sfu.liveCount() > 0; ++n) {
      globalThis.gc();
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return sfu.liveCount();
  };`;

test("rounds of everything leave nothing behind", { timeout: 60000 }, async () => {
  const lines = `${collect}
    import { readdirSync } from "node:fs";
    import { connect } from "./support.mjs";
    const test = { after() {} };
    const round = async () => {
      const engine = await engineOptions({ policy: { onPublish: () => true } });
      const server = await sfu.Server.start({ port: sfu.NONE, bindAddresses: ["127.0.0.1"], engine });
      const [ann, bot] = [await connect(test, server, "ann"), await join(test, server.engine, "bot")];
      await ann.publish({ name: "voice", codec: "opus" });
      bot.registerRpc("echo", ({ payload }) => payload);
      await ann.performRpc("bot", "echo", "hi");
      for (const each of [ann, bot, server]) await each.close();
    };
    const threads = () => readdirSync("/proc/self/task").length;
    await round();
    const before = threads();
    for (let n = 0; n < 5; ++n) await round();
    console.log(threads() - before, await collected());`;
  assert.deepEqual(await program(lines, "--expose-gc"), { code: 0, signal: null, said: "0 0\n" });
});

test("what is forgotten is given back by the collector", async () => {
  const lines = `${collect}
    for (let n = 0; n < 100; ++n) new sfu.TokenVerifier({ k: "a secret of at least thirty-two characters" });
    console.log(sfu.liveCount(), await collected());`;
  assert.deepEqual(await program(lines, "--expose-gc"), { code: 0, signal: null, said: "100 0\n" });
});

test("a call that fails keeps nothing, and what is closed says so", async () => {
  const before = sfu.liveCount();
  await assert.rejects(sfu.Engine.start({ workers: 1 }), { name: "SfuError" });
  assert.equal(sfu.liveCount(), before);
  const engine = await sfu.Engine.start(await engineOptions());
  await engine.close();
  await engine.close();
  assert.throws(() => engine.room("hall"), { code: "SFU_ERROR_INVALID_HANDLE" });
  await assert.rejects(engine.rooms(), { code: "SFU_ERROR_INVALID_HANDLE" });
});

test("what a start that fails has logged is told, though it had failed before", { timeout: 60000 }, async () => {
  // A pool of one thread copies the file after the start has failed. Until then the loop stands still: then it comes
  // to the outcome, and to the log after it.
  const lines = `${collect}
    import { copyFile, existsSync, mkdtempSync, rmSync } from "node:fs";
    import { tmpdir } from "node:os";
    import { connect, startServer } from "./support.mjs";
    const holder = await startServer({ after() {} });
    const folder = mkdtempSync(tmpdir() + "/libsfu-");
    const failed = async (start, n) => {
      await new Promise(setImmediate);
      const outcome = start().then(() => "started", (error) => error.code);
      copyFile("support.mjs", folder + "/" + n, () => {});
      while (!existsSync(folder + "/" + n));
      return outcome;
    };
    const said = [];
    const outcomes = new Set();
    for (let n = 0; n < 40; ++n) {
      const log = (_, message) => said.push(message);
      const engine = await engineOptions({ log, tcpPort: holder.port, tcpPortOptional: true, policy: { onPublish: () => true } });
      outcomes.add(await failed(() => sfu.Server.start({ port: holder.port, bindAddresses: ["127.0.0.1"], engine }), n));
      outcomes.add(await failed(() => connect({}, holder, "ann", { token: "none" }), "of-client-" + n));
      globalThis.gc();
    }
    rmSync(folder, { recursive: true });
    await holder.close();
    console.log([...outcomes].join(), said.length, await collected());`;
  const done = await programWith({ UV_THREADPOOL_SIZE: "1" }, lines, "--expose-gc");
  assert.deepEqual(done, { code: 0, signal: null, said: "SFU_ERROR_UNAVAILABLE,SFU_ERROR_UNAUTHENTICATED 40 0\n" });
});

const open = `
  const engine = await sfu.Engine.start(await engineOptions());
  const bot = await join({ after() {} }, engine, "bot");`;

test("a program ends by itself when all is closed", { timeout: 30000 }, async () => {
  const lines = `${open} await bot.close(); await engine.close(); console.log("done");`;
  assert.deepEqual(await program(lines), { code: 0, signal: null, said: "done\n" });
});

test("a program that leaves things open goes on, and ends well when it is told to", { timeout: 30000 }, async () => {
  const lines = `${open} setTimeout(() => { console.log("still here"); process.exit(3); }, 200).unref();`;
  assert.deepEqual(await program(lines), { code: 3, signal: null, said: "still here\n" });
});

test("an exception in a listener is the program's", { timeout: 30000 }, async () => {
  const lines = `
    process.on("uncaughtException", (error) => { console.log(error.message); process.exit(4); });
    const engine = await sfu.Engine.start(await engineOptions());
    engine.on("room_started", () => { throw new Error("in a listener"); });
    await engine.createRoom("hall");`;
  assert.deepEqual(await program(lines), { code: 4, signal: null, said: "in a listener\n" });
});

test("a worker has rooms of its own, and is ended with what it has open", { timeout: 30000 }, async (t) => {
  const server = await startServer(t);
  const lines = `
    const { parentPort } = await import("node:worker_threads");
    const { engineOptions, join, sfu } = await import(${JSON.stringify(new URL("support.mjs", import.meta.url).href)});
    ${open}
    bot.sendText("hello");
    parentPort.postMessage(sfu.version());
    await new Promise(() => {});`;
  const before = sfu.liveCount();
  assert.ok(before > 0);
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(lines)}`));
  assert.deepEqual(await once(worker, "message"), [sfu.version()]);
  await worker.terminate();
  assert.equal(sfu.liveCount(), before);
  assert.deepEqual(await server.engine.rooms(), []);
});
