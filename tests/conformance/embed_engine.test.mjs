// SPDX-License-Identifier: Apache-2.0
// examples/embed-engine, a host with a web server and an event loop of its own: clients of all kinds get tokens there
// and join through it, and nothing of it runs on a second thread.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { freeTcpPort, freeUdpPort, root } from '../support/server.mjs';
import { Call } from './call.mjs';
import { Program } from './program.mjs';

const kCli = process.env.SFU_CLI ?? `${root}build/bin/sfu-cli`;

let port;
let host;
before(async () => {
  port = await freeTcpPort();
  host = new Program(`${root}build/bin/embed-engine`, [`${port}`, `${await freeUdpPort()}`]);
  await host.line(/^listening on/);
});
after(() => host.stop('SIGKILL'));

async function get(path) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`);
  return [answer.status, await answer.text()];
}

async function tokenOf(room, identity) {
  const [status, token] = await get(`/token?room=${encodeURIComponent(room)}&identity=${encodeURIComponent(identity)}`);
  assert.equal(status, 200);
  return token;
}

async function cli(t, room, identity, ...more) {
  const program = new Program(kCli, ['join', '--url', `ws://127.0.0.1:${port}`, '--token', await tokenOf(room, identity), ...more]);
  t.after(() => program.child.kill('SIGKILL'));
  return program;
}

test('two of rtc-node call each other', { timeout: 60_000 }, async (t) => {
  const call = await Call.start(`ws://127.0.0.1:${port}`, 'the hall', (identity) => tokenOf('the hall', identity));
  t.after(() => call.end());
  await call.goesOn(() => {});
  const tasks = readdirSync(`/proc/${host.child.pid}/task`).map((task) =>
    readFileSync(`/proc/${host.child.pid}/task/${task}/comm`, 'utf8').trim());
  assert.deepEqual(tasks.filter((name) => name !== 'SCTP iterator'), ['embed-engine']);  // that is usrsctp's, and sleeps
});

test('plain requests get what the engine says to them', async () => {
  const token = await tokenOf('hall', 'ada');
  assert.deepEqual(await get(`/rtc/validate?access_token=${token}`), [200, 'success']);
  assert.equal((await get(`/rtc/validate?access_token=${token}x`))[0], 401);
  assert.equal((await get('/elsewhere'))[0], 404);
});

test('a connection that the engine refuses is answered with its words', async (t) => {
  const wrong = new Program(kCli, ['join', '--url', `ws://127.0.0.1:${port}`, '--token', 'no token']);
  t.after(() => wrong.child.kill('SIGKILL'));
  await wrong.line(/^disconnected reason=join_failed error="invalid authorization token/);
  assert.equal(await wrong.exit, 1);
});

test('media and data pass between two of sfu-cli, who are told when the program ends', { timeout: 60_000 }, async (t) => {
  const bob = await cli(t, 'hall', 'bob', '--subscribe');
  await bob.line(/^ready$/);
  const alice = await cli(t, 'hall', 'alice', '--publish', 'synthetic', '--data', 'a packet');
  await bob.line(/^data from=alice .*payload="a packet"/);
  await bob.line(/^first_frame/);
  assert.equal(await alice.stop(), 0);
  await bob.line(/^participant_left identity=alice/);

  assert.equal(await host.stop(), 0);
  await bob.line(/^disconnected reason=server_shutdown/);
});
