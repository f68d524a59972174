// SPDX-License-Identifier: Apache-2.0
// What a host does with its server, its rooms and who is in them; and what a program outside does by the room API.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import test from "node:test";
import { connect, engineOptions, freePort, heard, join, KEY, SECRET, sfu, startServer, token, VOICE } from "./support.mjs";

test("a host sees and changes what is in its rooms", async (t) => {
  const server = await startServer(t);
  const happened = [];
  server.engine.on("event", (event) => happened.push(event));
  const joined = heard(server.engine, "participant_joined");
  const ann = await connect(t, server, "ann");
  assert.equal((await joined).participant.identity, "ann");
  const track = await ann.publish(VOICE);
  const hall = server.engine.room("hall");
  const who = hall.participant("ann");
  const voice = who.track(track.sid);
  assert.equal((await hall.info()).numParticipants, 1);
  assert.deepEqual((await hall.participants()).map((each) => each.identity), ["ann"]);
  assert.equal((await voice.info()).name, "voice");
  assert.equal((await voice.setMuted(true)).muted, true);
  const may = await who.permission();
  assert.equal(may.canPublish, true);
  await who.setPermission({ ...may, canPublishData: false });
  assert.equal((await who.permission()).canPublishData, false);
  await who.update({ name: "Ann" });
  assert.equal((await who.info()).name, "Ann");
  await hall.setMetadata("a hall");
  assert.equal((await hall.info()).metadata, "a hall");
  const data = heard(ann, "data");
  await hall.sendData(Buffer.from("from the server"), { topic: "t" });
  assert.deepEqual([(await data).message.bytes.toString(), (await data).message.sender], ["from the server", ""]);
  assert.equal((await hall.statistics()).participants[0].identity, "ann");
  const gone = heard(ann, "disconnected");
  await who.remove();
  assert.equal((await gone).reason, "participant_removed");
  await assert.rejects(who.info(), { code: "SFU_ERROR_NOT_FOUND" });
  assert.match(server.metrics(), /livekit_/);
  assert.deepEqual(server.warnings(), []);
  assert.equal(server.webhookCounters().delivered, 0);
  assert.equal(server.engine.statistics().tracksPublished.length, 3);
  assert.ok((await server.engine.counters()).packetsReceived > 0);
  await server.close();
  const names = happened.map((event) => event.name);
  assert.deepEqual([names[0], names.at(-1)], ["room_started", "room_finished"]); // all is told when close() is done
  assert.ok(names.includes("track_published"));
  assert.deepEqual(happened.map((event) => event.sequence), names.map((_, n) => n + 1));
});

test("options that do not fit are refused by name", async () => {
  const wrong = [
    [{ workerCpus: [1 << 20] }, /worker_cpus/],
    [{ lendAbovePercent: 101 }, /lend_above_percent/],
    [{ turn: { tlsPort: 5349 } }, /domain/],
    [{ roomDefaults: { dataChannelLossyLatencyMs: -2 } }, /data_channel_lossy_latency_ms/],
  ];
  for (const [options, message] of wrong) {
    await assert.rejects(sfu.Engine.start(await engineOptions(options)), { code: "SFU_ERROR_INVALID_ARGUMENT", message });
  }
  await assert.rejects(sfu.Engine.start(await engineOptions({ workerCpus: [0.5] })), /workerCpus/);
  const turn = { udpPort: await freePort(), bindAddresses: ["127.0.0.1"] };
  const engine = await sfu.Engine.start(await engineOptions({ lendAbovePercent: 100, workerCpus: [], turn }));
  await engine.close();
});

test("an egress of the host's is told to its webhook", async (t) => {
  const hook = createServer().listen(0, "127.0.0.1");
  t.after(() => hook.close());
  await once(hook, "listening");
  const url = `http://127.0.0.1:${hook.address().port}/`;
  const server = await sfu.Server.start({
    port: sfu.NONE, bindAddresses: ["127.0.0.1"], webhookApiKey: KEY, engine: await engineOptions(),
  });
  t.after(() => server.close());
  assert.throws(() => server.announce({}), { code: "SFU_ERROR_INVALID_ARGUMENT" });
  server.announce({ status: "active", egressId: "EG_1", files: [{ filename: "hall.ogg" }], webhooks: [{ url }] });
  const [request, response] = await once(hook, "request");
  const chunks = await request.toArray();
  response.end();
  const event = new sfu.WebhookReceiver({ [KEY]: SECRET }).receive(Buffer.concat(chunks), request.headers.authorization);
  assert.equal(event.event, "egress_updated");
  assert.match(event.egressInfo, /hall\.ogg/);
});

test("rooms are made and ended, and agents wanted", async (t) => {
  const engine = await sfu.Engine.start(await engineOptions());
  t.after(() => engine.close());
  const made = await engine.createRoom("den", { maxParticipants: 2, tags: { a: "b" } });
  assert.deepEqual([made.name, made.maxParticipants, made.tags], ["den", 2, { a: "b" }]);
  assert.deepEqual((await engine.rooms(["den", "none"])).map((room) => room.name), ["den"]);
  const den = engine.room("den");
  const added = await den.addAgentDispatch({ agentName: "helper" });
  assert.match(added.id, /^AD_/);
  assert.ok((await den.agentDispatches()).some((each) => each.agentName === "helper"));
  assert.equal((await den.removeAgentDispatch(added.id)).id, added.id);
  await den.end();
  await assert.rejects(den.info(), { code: "SFU_ERROR_NOT_FOUND" });
  await assert.rejects(engine.createRoom("x", undefined, "no such preset"), { code: "SFU_ERROR_NOT_FOUND" });
});

test("participants are moved and forwarded", async (t) => {
  const server = await startServer(t);
  const ann = await connect(t, server, "ann");
  const [hall, den] = [server.engine.room("hall"), server.engine.room("den")];
  await hall.participant("ann").forwardTo(den);
  assert.equal((await den.participants())[0].forwarded, true);
  await den.participant("ann").remove();
  const moved = heard(ann, "moved");
  await hall.participant("ann").moveTo(den);
  assert.equal((await moved).room.name, "den");
});

test("a drained server tells when the last has left", async (t) => {
  const server = await startServer(t);
  const bot = await join(t, server.engine, "bot");
  let done = false;
  const drained = server.drain().then(() => (done = true));
  await server.engine.rooms();
  assert.equal(done, false);
  await bot.close();
  await drained;
});

test("faults of options are told", async (t) => {
  const yaml = "port: 7880\nrtc: {udp_prot: 5}\n";
  await assert.rejects(sfu.Server.start({ yaml, yamlFileName: "my.yaml" }), /my.yaml:2/);
  await assert.rejects(sfu.Server.start({ engine: { policyTimeout: 5 } }), TypeError);
  const server = await startServer(t);
  const options = { port: server.port, bindAddresses: ["127.0.0.1"], engine: await engineOptions() };
  await assert.rejects(sfu.Server.start(options), { code: "SFU_ERROR_UNAVAILABLE", message: new RegExp(server.port) });
});

test("log lines go where they are wanted", async () => {
  const lines = [];
  const log = (level, message, fields) => lines.push([level, message, fields]);
  const engine = await sfu.Engine.start(await engineOptions({ log, logLevel: "debug" }));
  await (await engine.room("hall").join({ claims: { identity: "bot" } })).close();
  await engine.close();
  assert.ok(lines.length > 0);
  assert.ok(["debug", "info", "warn", "error"].includes(lines[0][0]) && typeof lines[0][2] === "object");
});

test("the room API does from outside what a host does", async (t) => {
  const server = await startServer(t);
  const ann = await connect(t, server, "ann");
  const track = await ann.publish(VOICE);
  ann.registerRpc("echo", ({ payload }) => payload);
  const api = new sfu.RoomApi({ url: `http://127.0.0.1:${server.port}`, apiKey: KEY, apiSecret: SECRET });
  t.after(() => api.close());
  await api.createRoom("den");
  assert.deepEqual((await api.listRooms()).map((room) => room.name).sort(), ["den", "hall"]);
  await api.deleteRoom("den");
  assert.equal((await api.updateRoomMetadata("hall", "m")).metadata, "m");
  const data = heard(ann, "data");
  await api.sendData("hall", Buffer.from("hi"));
  assert.equal((await data).message.bytes.toString(), "hi");
  assert.deepEqual((await api.listParticipants("hall")).map((each) => each.identity), ["ann"]);
  assert.equal((await api.getParticipant("hall", "ann")).identity, "ann");
  assert.equal((await api.mutePublishedTrack("hall", "ann", track.sid, true)).muted, true);
  assert.equal((await api.updateParticipant("hall", "ann", { name: "Ann" })).name, "Ann");
  await api.updateSubscriptions("hall", "ann", [], true);
  assert.equal(await api.performRpc("hall", "ann", "echo", "hi"), "hi");
  const wanted = await api.createDispatch("hall", { agentName: "helper" });
  assert.deepEqual((await api.listDispatches("hall", wanted.id)).map((each) => each.id), [wanted.id]);
  assert.equal((await api.deleteDispatch("hall", wanted.id)).id, wanted.id);
  await api.forwardParticipant("hall", "ann", "den");
  await api.removeParticipant("den", "ann");
  const moved = heard(ann, "moved");
  await api.moveParticipant("hall", "ann", "den");
  await moved;
  await api.removeParticipant("den", "ann");
  await assert.rejects(api.getParticipant("den", "nobody"), (error) => {
    assert.deepEqual([error.code, error.api.httpStatus, error.api.code], ["SFU_ERROR_NOT_FOUND", 404, "not_found"]);
    return true;
  });
});

test("a host with a WebSocket of its own is answered", async (t) => {
  const engine = await sfu.Engine.start(await engineOptions());
  t.after(() => engine.close());
  const query = { access_token: token("ann"), protocol: "15", sdk: "js" };
  const session = engine.connect({ path: "/rtc", query });
  const accepted = heard(session, "accepted");
  const { message, text } = await heard(session, "message");
  await accepted;
  assert.ok(message.length > 0 && text === false);
  session.receive(Buffer.from("nonsense"));
  session.disconnected();
  session.close();
  const refused = engine.connect({ path: "/rtc", query: { access_token: "bad" } });
  assert.equal((await heard(refused, "rejected")).status, 401);
  refused.close();
  assert.deepEqual(await engine.validate({ path: "/rtc/validate", query }), { status: 200, body: "success" });
  engine.checkRevoked({ identity: "ann", video: { room: "hall" } });
});
