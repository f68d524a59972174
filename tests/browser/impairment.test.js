// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { test } from 'node:test';
import { Impairment, makeRandom } from './impairment.js';
import { startRelay } from './network.js';

const kMany = 20_000;

// For each of `count` datagrams, one a millisecond: when it leaves, or undefined.
const fates = (path, count = kMany, size = 1000) => Array.from({ length: count }, (_, at) => path.pass(at, size));

// The lengths of the runs of losses.
function runs(exits) {
  const lengths = [];
  exits.forEach((exit, at) => {
    if (exit !== undefined) return;
    if (at > 0 && exits[at - 1] === undefined) ++lengths[lengths.length - 1];
    else lengths.push(1);
  });
  return lengths;
}

const near = (value, expected, tolerance) => assert.ok(Math.abs(value - expected) <= tolerance, `${value} instead of ${expected}`);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

test('a path without impairments passes everything at once', () => {
  const path = new Impairment();
  assert.deepEqual(fates(path, 5), [0, 1, 2, 3, 4]);
  assert.equal(path.passed, 5);
});

test('independent losses are as many as told, and as alone as chance has it', () => {
  const path = new Impairment({ loss: 0.1 });
  const exits = fates(path);
  near(path.lost / kMany, 0.1, 0.01);
  near(mean(runs(exits)), 1 / 0.9, 0.05);
});

test('losses in bursts are as long as the bad state', () => {
  const path = new Impairment({ bursts: { goodToBad: 0.01, badToGood: 0.25 } });
  const exits = fates(path);
  near(path.lost / kMany, 0.01 / 0.26, 0.01);
  near(mean(runs(exits)), 4, 0.6);
});

test('the same seed gives the same fates, and another one others', () => {
  const of = (seed) => fates(new Impairment({ loss: 0.2, jitter: 30 }, makeRandom(seed)), 1000);
  assert.deepEqual(of(7), of(7));
  assert.notDeepEqual(of(7), of(8));
});

test('jitter comes on top of the delay, and nothing overtakes', () => {
  const exits = fates(new Impairment({ delay: 40, jitter: 20 }), 1000);
  const taken = exits.map((exit, at) => exit - at);
  assert.ok(taken.every((time) => time >= 40 && time <= 60));
  assert.ok(Math.max(...taken) - Math.min(...taken) > 10);
  assert.ok(exits.every((exit, at) => at === 0 || exit >= exits[at - 1]));
});

test('what is above the rate waits, and beyond the queue it is dropped', () => {
  // 1028 bytes on the wire: two milliseconds each.
  const path = new Impairment({ rate: 4_112_000, queue: 50 });
  const exits = fates(path, 1000);
  assert.equal(exits[0], 2);
  assert.equal(exits[10], 22);
  assert.ok(exits.every((exit, at) => exit === undefined || exit - at <= 53));
  near(path.passed, 525, 5);
  near(path.dropped, 475, 5);
  assert.equal(path.pass(2000, 1000), 2002);  // the queue is empty again
});

test('a relay has an address of its own outside for each inside, and impairs each way as told', async (t) => {
  const open = async () => {
    const socket = dgram.createSocket('udp4');
    t.after(() => socket.close());
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return socket;
  };
  const [server, one, other] = await Promise.all([open(), open(), open()]);
  server.on('message', (message, { port }) => server.send(`${message} back`, port, '127.0.0.1'));
  const relay = await startRelay(server.address().port, { up: { delay: 20 }, down: { delay: 30 } });
  t.after(() => relay.close());
  const ask = async (client, text) => {
    const begun = performance.now();
    client.send(text, relay.port, '127.0.0.1');
    const [[question, outside], [answer]] = await Promise.all([once(server, 'message'), once(client, 'message')]);
    assert.equal(`${question} back`, `${answer}`);
    assert.ok(performance.now() - begun >= 49, 'sooner than the delays');
    return outside.port;
  };
  const first = await ask(one, 'one');
  assert.equal(await ask(one, 'again'), first);
  assert.notEqual(await ask(other, 'other'), first);
  await relay.move();
  assert.notEqual(await ask(one, 'moved'), first);
  assert.deepEqual([relay.up.passed, relay.down.passed, relay.up.lost], [4, 4, 0]);
  relay.up.loss = 1;
  one.send('lost', relay.port, '127.0.0.1');
  while (relay.up.lost === 0) await new Promise((resolve) => { setImmediate(resolve); });
  assert.equal(relay.up.passed, 4);
});
