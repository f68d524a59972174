// SPDX-License-Identifier: Apache-2.0
// People in rooms: over the network, and of this process.
import assert from "node:assert/strict";
import test from "node:test";
import { connect, heard, join, sfu, startServer, talk, token, VOICE } from "./support.mjs";

test("media goes from one to the other", async (t) => {
  const server = await startServer(t);
  const ann = await connect(t, server, "ann");
  const ben = await connect(t, server, "ben", { rtp: true });
  assert.deepEqual([ann.room.name, ann.self.identity], ["hall", "ann"]);
  const subscribed = heard(ben, "subscribed");
  const track = await ann.publish(VOICE);
  assert.deepEqual(await subscribed, { trackSid: track.sid, identity: "ann", codec: "opus" });
  const stop = talk(track);
  const [{ frame }, { packet }] = await Promise.all([heard(ben, "frame"), heard(ben, "rtp")]);
  stop();
  assert.deepEqual(frame.bytes, Buffer.from("\xfcsound", "latin1"));
  assert.ok(Buffer.isBuffer(packet) && packet.subarray(-6).equals(frame.bytes));
  const muted = heard(ben, "trackChanged", ({ track }) => track.muted);
  track.setMuted(true);
  assert.equal((await muted).identity, "ann");
  const gone = heard(ben, "trackUnpublished");
  track.unpublish();
  await gone;
  assert.equal(sfu.droppedMedia(), 0);
});

test("one of this process meets one from outside", async (t) => {
  const server = await startServer(t);
  const bot = await join(t, server.engine, "bot");
  const ann = await connect(t, server, "ann");
  const both = [heard(ann, "frame"), heard(bot, "frame")];
  const stops = [talk(await bot.publish(VOICE), "beep"), talk(await ann.publish(VOICE), "hello")];
  const [toAnn, toBot] = await Promise.all(both);
  for (const stop of stops) stop();
  assert.equal(toAnn.frame.bytes.subarray(1).toString(), "beep");
  assert.equal(toBot.frame.bytes.subarray(1).toString(), "hello");
});

test("RTP is written, and video asks for key frames", async (t) => {
  const server = await startServer(t);
  const camera = await join(t, server.engine, "camera");
  const eye = await join(t, server.engine, "eye", { rtp: true });
  const subscribed = heard(eye, "subscribed");
  const track = await camera.publish({ name: "p", codec: "vp8", source: "camera", width: 640, height: 360 }, "picture");
  await subscribed;
  const arrived = heard(eye, "rtp");
  const header = Buffer.from([0x80, 0xe0, 0, 1, 0, 0, 0, 9, 0, 0, 0, 7, 0x10]);
  track.writeRtp(Buffer.concat([header, Buffer.alloc(20)]));
  assert.deepEqual((await arrived).packet.subarray(-20), Buffer.alloc(20));
  const asked = heard(camera, "keyframeRequested");
  eye.requestKeyFrame(track.sid);
  assert.deepEqual(await asked, { id: "picture", layer: 0 });
  eye.setTrackSettings(track.sid, { quality: "low" });
  const over = heard(eye, "unsubscribed");
  eye.subscribe(track.sid, false);
  await over;
});

test("data and streams come whole", async (t) => {
  const server = await startServer(t);
  const ann = await connect(t, server, "ann");
  const bot = await join(t, server.engine, "bot");
  const data = heard(bot, "data");
  ann.sendData(Buffer.from("\0hi"), { topic: "t", to: ["bot"] });
  const { message } = await data;
  assert.deepEqual([message.bytes.toString(), message.topic, message.sender, message.reliable], ["\0hi", "t", "ann", true]);
  const text = heard(ann, "text");
  bot.sendText("a longer téxt", { topic: "notes", attributes: { a: "b" } });
  const said = await text;
  assert.deepEqual([said.text, said.info.sender, said.info.attributes], ["a longer téxt", "bot", { a: "b" }]);
  let got = "";
  bot.on("streamData", ({ bytes }) => (got += bytes));
  const opened = heard(bot, "streamOpened");
  const closed = heard(bot, "streamClosed");
  const stream = ann.openStream("s1", { name: "f.bin" });
  stream.write(Buffer.from("one"));
  stream.write("two");
  stream.close();
  assert.deepEqual([(await opened).info.name, (await opened).info.totalLength], ["f.bin", -1]);
  assert.equal((await closed).status, "ok");
  assert.equal(got, "onetwo");
  const large = heard(bot, "streamOpened");
  ann.sendBytes(Buffer.alloc(40000));
  assert.equal((await large).info.totalLength, 40000);
  assert.throws(() => ann.sendData(Buffer.alloc(60001)), { code: "SFU_ERROR_INVALID_ARGUMENT" });
});

test("methods are called and answer now or later", async (t) => {
  const server = await startServer(t);
  const ann = await connect(t, server, "ann");
  const bot = await join(t, server.engine, "bot");
  ann.registerRpc("now", ({ payload }) => payload.toUpperCase());
  ann.registerRpc("later", async ({ caller, payload }) => {
    await new Promise(setImmediate);
    return `${caller} said ${payload}`;
  });
  ann.registerRpc("refuses", () => {
    throw new sfu.RpcError(7, "no", "because");
  });
  assert.equal(await bot.performRpc("ann", "now", "hi"), "HI");
  assert.equal(await bot.performRpc("ann", "later", "hi"), "bot said hi");
  await assert.rejects(bot.performRpc("ann", "refuses"), { name: "RpcError", code: 7, message: "no", data: "because" });
  assert.equal(await server.engine.room("hall").participant("ann").performRpc("now", "server"), "SERVER");
  ann.registerRpc("breaks", () => {
    throw new Error("broken on purpose");
  });
  const warned = heard(process, "warning");
  await assert.rejects(bot.performRpc("ann", "breaks"), { code: 1500 });
  assert.match((await warned).message, /on purpose/);
  ann.unregisterRpc("now");
  await assert.rejects(bot.performRpc("ann", "now"), { code: 1400 });
});

test("who changes itself and leaves is seen", async (t) => {
  const server = await startServer(t);
  const ann = await connect(t, server, "ann");
  const bot = await join(t, server.engine, "bot");
  const changed = heard(bot, "participantChanged", ({ participant }) => participant.name === "Ann");
  ann.update({ name: "Ann", attributes: { mood: "good" } });
  assert.deepEqual((await changed).participant.attributes, { mood: "good" });
  const [gone, left] = [heard(ann, "disconnected"), heard(bot, "participantLeft")];
  ann.leave();
  assert.equal((await gone).reason, "client_initiated");
  assert.equal((await left).participant.identity, "ann");
  await assert.rejects(ann.publish(VOICE), { code: "SFU_ERROR_CLOSED" });
});

test("who cannot join or publish is told why", async (t) => {
  const server = await startServer(t);
  await assert.rejects(connect(t, server, "ann", { token: "no token" }), { name: "SfuError" });
  await assert.rejects(sfu.Client.connect({ url: "nowhere" }), { code: "SFU_ERROR_INVALID_ARGUMENT" });
  const mute = await connect(t, server, "mute", { token: token("mute", { canPublish: false }) });
  await assert.rejects(mute.publish(VOICE), { name: "SfuError" });
});
