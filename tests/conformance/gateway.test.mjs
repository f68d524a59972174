// SPDX-License-Identifier: Apache-2.0
// What the HTTP port bears: long requests, large and compressed frames, silence, and clients that send without end.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Room, RoomEvent, dispose } from '@livekit/rtc-node';
import { SignalRequest } from '@livekit/protocol';
import { WebSocket } from 'ws';
import { makeToken, startServer } from '../support/server.mjs';

const kMessageLimit = 2 * 1024 * 1024;
const kPolicyViolation = 1008;
const kTooBig = 1009;

let server;
before(async () => { server = await startServer(); });
after(async () => {
  await server?.stop();
  await dispose();  // or its threads keep the process
});

const socketUrl = (identity, more = '') =>
  `${server.url.replace(/^http/, 'ws')}/rtc?access_token=${makeToken({ room: 'gateway', identity })}&protocol=16&sdk=js${more}`;

// A joined client's WebSocket.
async function open(identity, { deflate = false, more } = {}) {
  const socket = new WebSocket(socketUrl(identity, more), { perMessageDeflate: deflate });
  await once(socket, 'message');
  return socket;
}

// What is still being sent when the server closes may fail; the code has come before.
function closeCode(socket) {
  socket.on('error', () => {});
  return new Promise((resolve) => { socket.on('close', resolve); });
}

function get(path, headers) {
  return new Promise((resolve, reject) => {
    http.get(`${server.url}${path}`, { headers }, async (response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve({ status: response.statusCode, body });
    }).on('error', reject);
  });
}

test('[S-008] a query of 16 KB is accepted, headers of a megabyte too, and more is answered 431', async () => {
  const socket = await open('long', { more: `&version=${'v'.repeat(16 * 1024)}` });
  socket.close();
  await once(socket, 'close');
  const path = `/rtc/validate?access_token=${makeToken({ room: 'gateway', identity: 'long' })}`;
  const headers = (count) => Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-long-${i}`, 'h'.repeat(60_000)]));
  assert.deepEqual(await get(path, headers(16)), { status: 200, body: 'success' });
  assert.equal((await get(path, headers(20))).status, 431);
  assert.equal((await get(path, { 'x-long': 'h'.repeat(100_000) })).status, 431);  // one that is too long by itself
  assert.equal((await get(path, {})).status, 200);
});

test('[S-010][C-098] a frame over 2 MiB is closed with 1009, plain or compressed', async () => {
  for (const deflate of [false, true]) {
    const socket = await open('large', { deflate });
    assert.equal(socket.extensions.includes('permessage-deflate'), deflate);
    socket.send(randomBytes(kMessageLimit + 100_000));  // such bytes cannot be compressed
    assert.equal(await closeCode(socket), kTooBig);
  }
});

test('[S-010][C-098] a small compressed frame that inflates to more than 2 MiB is closed with another code', async () => {
  for (const size of [kMessageLimit + 1, 8 * kMessageLimit]) {
    const socket = await open('bomb', { deflate: true });
    socket.send(Buffer.alloc(size));
    const code = await closeCode(socket);
    assert.equal(code, 1000);
  }
});

// ---- a flood ----------------------------------------------------------------------------------------------------

const kRounds = 200;
const kFloodRate = 10_000;  // messages a second

// Two who echo each other's data.
async function startPair() {
  const [alice, bob] = [new Room(), new Room()];
  await alice.connect(server.url, makeToken({ room: 'pair', identity: 'alice' }), { autoSubscribe: true });
  await bob.connect(server.url, makeToken({ room: 'pair', identity: 'bob' }), { autoSubscribe: true });
  const publish = (room, bytes) => room.localParticipant.publishData(bytes, { reliable: true });
  bob.on(RoomEvent.DataReceived, (bytes) => publish(bob, bytes));
  const roundTrip = async () => {
    const came = new Promise((resolve) => { alice.once(RoomEvent.DataReceived, resolve); });
    const begin = performance.now();
    await publish(alice, Buffer.from('there and back'));
    await came;
    return performance.now() - begin;
  };
  return { roundTrip, end: () => Promise.all([alice.disconnect(), bob.disconnect()]) };
}

async function medianRoundTrip(pair) {
  const times = [];
  for (let i = 0; i < kRounds; ++i) times.push(await pair.roundTrip());
  return times.sort((a, b) => a - b)[kRounds / 2];
}

// Sends pings at that rate, and comes back each time it is closed.
class Flooder {
  codes = [];
  sent = 0;
  #ping = new SignalRequest({ message: { case: 'ping', value: 1n } }).toBinary();

  constructor() {
    this.done = this.#run();
  }
  async #run() {
    while (!this.stopped) {
      const socket = await open('flooder');
      let owed = 0;
      let last = performance.now();
      const timer = setInterval(() => {
        const now = performance.now();
        owed += ((now - last) * kFloodRate) / 1000;
        last = now;
        for (; owed >= 1 && socket.readyState === WebSocket.OPEN; owed -= 1, this.sent += 1) socket.send(this.#ping);
        if (this.stopped) socket.close();
      }, 5);
      this.codes.push(await closeCode(socket));
      clearInterval(timer);
    }
  }
  stop() {
    this.stopped = true;
    return this.done;
  }
}

test('a client that sends 10 000 messages a second is closed, and others do not feel it', async () => {
  const pair = await startPair();
  await medianRoundTrip(pair);  // until all is warm
  const before = await medianRoundTrip(pair);
  const flooder = new Flooder();
  const times = [];
  while (!flooder.codes.includes(kPolicyViolation) || times.length < 2) times.push(await medianRoundTrip(pair));
  await flooder.stop();
  const idle = Math.max(before, await medianRoundTrip(pair));  // what else the machine does may have changed
  await pair.end();
  const flooded = times.sort((a, b) => a - b)[Math.floor(times.length / 2)];
  console.log(`round trip ${idle.toFixed(2)} ms idle, ${flooded.toFixed(2)} ms in the flood of ${flooder.sent} messages`);
  assert.ok(flooder.sent > 5000);
  assert.ok(flooded < 2 * idle, `${flooded} ms instead of ${idle}`);
});
