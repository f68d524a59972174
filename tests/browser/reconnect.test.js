// SPDX-License-Identifier: Apache-2.0
// Connections that break, between Chromium and Firefox, on both paths of signalling: the WebSocket is cut, the client's
// address changes, the page is loaded anew, the server crashes and is there again.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { startProxy, startRelay } from './network.js';
import { kPairings, launchBrowsers, meet, openPair } from './people.js';

const kSoon = 10_000;
const kResume = 20_000;
const kRejoin = 30_000;
// Of no use here, and an encoder each.
const kCamera = { width: 320, height: 180, frameRate: 15 };
const kPicture = { width: 320, height: 180, fps: 5, codec: 'vp8' };

let server;
let browsers;
before(async () => {
  [server, browsers] = await Promise.all([startServer({ args: ['--rtc.tcp_port', '0'] }), launchBrowsers()]);
});
after(async () => {
  await browsers?.close();
  await server?.stop();
});

for (const pairing of kPairings) test(`[S-095] ${pairing.title}`, (t) => breakAndMend(t, pairing));

async function breakAndMend(t, pairing) {
  const pair = await openPair(t, browsers, server, pairing, { camera: kCamera });
  const { both } = pair;
  const room = `reconnect-${pairing.ada[0]}`;
  const lines = [];
  t.after(() => Promise.all(lines.map((line) => line.close())));
  for (const client of [pair.ada, pair.ben]) await useLines(client, lines);
  await meet(pair, room, kPicture);
  const seeEachOther = (timeout) => Promise.all(both.map(([viewer, sender]) =>
    viewer.call('seesAndHears', sender.identity, kPicture, timeout)));

  for (const [other, client] of both) {
    await t.test(`[S-071] ${client.engine} resumes after its WebSocket was cut, and no sound is missed`, async (step) => {
      await unbroken(step, client, other, () => client.proxy.cut());
    });
  }
  for (const [other, client] of both) {
    await t.test(`${client.engine} resumes after its address changed`, async () => {
      await resumes(client, other, async () => {
        await client.relay.move();
        client.proxy.cut();
      });
      await Promise.all([other.call('seesMore', client.identity, kResume), client.call('seesMore', other.identity, kResume)]);
      await Promise.all([other.call('hearsMore', client.identity, kSoon), client.call('hearsMore', other.identity, kSoon)]);
    });
  }
  for (const [other, client] of both) {
    await t.test(`${client.engine} is back after its page was loaded anew`, async () => {
      const former = await client.call('sid');
      const at = await other.call('now');
      await client.load();
      await other.call('hears', 'ParticipantDisconnected', { identity: client.identity }, kSoon, at);
      await client.call('redirect', server.udpPort, client.relay.port);
      await client.join(room);
      await seeEachOther(kResume);
      assert.notEqual(await client.call('sid'), former);
    });
  }
  await t.test('both rejoin by themselves after the server crashed and is there again', async () => {
    const before = await Promise.all([pair.ada, pair.ben].map((client) => client.call('now')));
    await server.kill();
    server = await startServer({ ports: [server.port, server.udpPort], args: ['--rtc.tcp_port', '0'] });
    await Promise.all([pair.ada, pair.ben].map((client, index) => client.call('hears', 'Reconnected', {}, kRejoin, before[index])));
    await seeEachOther(kResume);
  });
}

// From here on the client reaches the server through a proxy and a relay of its own.
async function useLines(client, lines) {
  client.proxy = await startProxy(server.port);
  client.relay = await startRelay(server.udpPort);
  lines.push(client.proxy, client.relay);
  client.server = { ...server, url: `http://127.0.0.1:${client.proxy.port}` };
  await client.load();
  await client.call('redirect', server.udpPort, client.relay.port);
}

// The same session goes on, and nobody else has noticed.
async function resumes(client, other, mishap) {
  const sid = await client.call('sid');
  const at = await client.call('now');
  await mishap();
  await client.call('hears', 'SignalReconnecting', {}, kSoon, at);
  await client.call('hears', 'Reconnected', {}, kResume, at);
  assert.equal(await client.call('sid'), sid);
  for (const event of ['Reconnecting', 'Disconnected']) await assert.rejects(client.call('hears', event, {}, 0, at));
  for (const event of ['ParticipantDisconnected', 'TrackUnsubscribed']) await assert.rejects(other.call('hears', event, {}, 0, at));
}

async function unbroken(step, client, other, mishap) {
  await Promise.all([client.call('watchSound', other.identity), other.call('watchSound', client.identity)]);
  await resumes(client, other, mishap);
  for (const listener of [client, other]) {
    const { longest, played, lasted } = await listener.call('soundGap');
    step.diagnostic(`${listener.identity}: ${longest} ms missing at most, in ${played} ms of sound`);
    assert.ok(played > 0.8 * lasted, `${listener.identity} played ${played} ms in ${lasted} ms`);
    assert.ok(longest < 200, `${listener.identity} missed ${longest} ms`);
  }
}
