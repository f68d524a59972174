// SPDX-License-Identifier: Apache-2.0
// The TURN credentials that a join hands out, held against Debian's coturn.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { test } from 'node:test';
import { CandidateProtocol, ClientConfigSetting, SimulateScenario } from '@livekit/protocol';
import { freeUdpPort, makeToken, startServer } from '../support/server.mjs';
import { SignalClient } from './signal_client.mjs';
import { allocate } from '../support/turn.mjs';

const kSecret = 'a secret that two servers share';

async function startCoturn(t) {
  const port = await freeUdpPort();
  const folder = mkdtempSync(joinPath(tmpdir(), 'sfu-coturn-'));
  const child = spawn('turnserver', ['-n', '--use-auth-secret', `--static-auth-secret=${kSecret}`, '--realm=sfu.test',
    '--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`, '--no-tcp', '--no-tls', '--no-dtls', '--no-cli',
    `--userdb=${folder}/users`, `--pidfile=${folder}/pid`, '--log-file=stdout'], { stdio: 'ignore', cwd: folder });
  const exited = new Promise((resolve, reject) => {
    child.on('exit', resolve);
    child.on('error', (error) => reject(new Error(`turnserver of Debian's coturn is needed: ${error.message}`)));
  });
  exited.catch(() => {});
  t.after(async () => {
    child.kill('SIGTERM');
    await exited;
    rmSync(folder, { recursive: true });
  });
  await Promise.race([exited, new Promise((resolve) => { child.on('spawn', resolve); })]);
  return port;
}

// What a join is told.
async function iceServersOf(t, server, identity) {
  const client = await SignalClient.join(server, makeToken({ room: 'turn', identity }));
  t.after(() => client.leave());
  const join = await client.receive('join');
  return { client, join, servers: join.iceServers };
}

// Until the clock shows it: nothing else tells that a credential has ended.
const waitUntil = (seconds) => new Promise((resolve) => { setTimeout(resolve, Math.max(0, seconds * 1000 - Date.now())); });

test('[S-086] coturn takes the credential of a join, and refuses it once it has expired or was tampered with', async (t) => {
  const port = await startCoturn(t);
  const entry = (ttl) => `{host: 127.0.0.1, port: ${port}, protocol: udp, secret: ${kSecret}, ttl: ${ttl}}`;
  const server = await startServer({ args: ['--config-body', `rtc: {turn_servers: [${entry(600)}, ${entry(1)}]}`] });
  t.after(() => server.stop());
  const { join, servers } = await iceServersOf(t, server, 'alice');
  assert.deepEqual(servers.map(({ urls }) => urls), [[`turn:127.0.0.1:${port}?transport=udp`], [`turn:127.0.0.1:${port}?transport=udp`]]);
  const [lasting, brief] = servers;
  const [expiry, user] = lasting.username.split(':');
  assert.equal(user, join.participant.sid);
  const remaining = Number(expiry) - Date.now() / 1000;
  assert.ok(remaining > 590 && remaining <= 601, `the credential is good for ${remaining} s`);

  const at = { host: '127.0.0.1', port };
  assert.equal(await allocate({ ...at, ...lasting }), 0);
  assert.equal(await allocate({ ...at, ...lasting, credential: brief.credential }), 401);
  assert.equal(await allocate({ ...at, ...lasting, username: `${Number(expiry) + 1000}:${user}` }), 401);
  await waitUntil(Number(brief.username.split(':')[0]) + 2);
  assert.equal(await allocate({ ...at, ...brief }), 401);
  assert.equal(await allocate({ ...at, ...lasting }), 0);
});

test('[S-086] who asked for TLS is sent to TURN servers by TLS alone, and who then asks for UDP to all', async (t) => {
  const server = await startServer({ args: ['--config-body', `
rtc:
  turn_servers:
    - {host: relay.test, port: 3478, protocol: udp, username: u, credential: c}
    - {host: relay.test, port: 443, protocol: tls, username: u, credential: c}
  stun_servers: ["stun.test:3478"]
`] });
  t.after(() => server.stop());
  const all = [['turn:relay.test:3478?transport=udp'], ['turns:relay.test:443?transport=tcp'], ['stun:stun.test:3478']];
  const switchTo = (client, candidateProtocol) => client.request({ case: 'simulate',
    value: new SimulateScenario({ scenario: { case: 'switchCandidateProtocol', value: candidateProtocol } }) });

  const first = await iceServersOf(t, server, 'alice');
  assert.deepEqual(first.servers.map(({ urls }) => urls), all);
  assert.equal(first.join.clientConfiguration?.forceRelay ?? 0, ClientConfigSetting.UNSET);
  assert.equal(first.join.fastPublish, true);
  switchTo(first.client, CandidateProtocol.TLS);
  await first.client.leave();

  const second = await iceServersOf(t, server, 'alice');
  assert.deepEqual(second.servers.map(({ urls }) => urls), [all[1]]);
  assert.equal(second.join.clientConfiguration.forceRelay, ClientConfigSetting.ENABLED);
  assert.equal(second.join.fastPublish, false);
  const other = await iceServersOf(t, server, 'bob');
  assert.deepEqual(other.servers.map(({ urls }) => urls), all);
  switchTo(second.client, CandidateProtocol.UDP);
  await second.client.leave();

  const third = await iceServersOf(t, server, 'alice');
  assert.deepEqual(third.servers.map(({ urls }) => urls), all);
});

test('without configured servers nobody is sent anywhere', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  assert.deepEqual((await iceServersOf(t, server, 'alice')).servers, []);
});
