// SPDX-License-Identifier: Apache-2.0
// The TURN server inside sfu-server: with a client of the tests, with coturn's, and with people of @livekit/rtc-node.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import dgram from 'node:dgram';
import { after, before, test } from 'node:test';
import { CandidateProtocol, ClientConfigSetting, SimulateScenario } from '@livekit/protocol';
import { kTurnDomain, makeCertificate } from '../support/certificate.mjs';
import { Metrics } from '../support/metrics.mjs';
import { freeTcpPort, freeUdpPort, makeToken, startServer } from '../support/server.mjs';
import { TurnClient } from '../support/turn.mjs';
import { NativeClient, dispose } from './native.mjs';
import { SignalClient } from './signal_client.mjs';
import { adminOf } from './twirp.mjs';

const kSoon = 20_000;
const kRange = 'relay_range_start: 31000, relay_range_end: 31999';

let certificate;
before(() => {
  certificate = makeCertificate();
});
after(async () => {
  await dispose();
  certificate.remove();
});

// A server with TURN by UDP and TLS; `keys` go on with the section.
async function start(t, keys = '') {
  const [udp, tls] = await Promise.all([freeUdpPort(), freeTcpPort()]);
  const server = await startServer({ args: ['--config-body', `turn: {enabled: true, udp_port: ${udp}, tls_port: ${tls}, advertised_tls_port: ${tls},
    domain: ${kTurnDomain}, cert_file: ${certificate.certificate}, key_file: ${certificate.key}, ${kRange}${keys && `, ${keys}`}}`] });
  t.after(() => server.stop());
  const at = { host: '127.0.0.1' };
  return Object.assign(server, { turn: {
    udp: { ...at, port: udp },
    tcp: { ...at, port: tls, transport: 'tcp' },
    tls: { ...at, port: tls, transport: 'tls', ca: certificate.pem },
  } });
}

async function join(t, server, identity = 'alice') {
  const client = await SignalClient.join(server, makeToken({ room: 'turn', identity }));
  t.after(() => client.leave());
  const { iceServers, participant, clientConfiguration } = await client.receive('join');
  return { client, iceServers, participant, clientConfiguration };
}

async function open(t, server, entry) {
  const client = await TurnClient.open(server, entry);
  t.after(() => client.close());
  return client;
}

// A peer that says everything again.
async function startEcho(t) {
  const socket = dgram.createSocket('udp4');
  socket.on('message', (bytes, { address, port }) => socket.send(bytes, port, address));
  await new Promise((resolve) => { socket.bind(0, '127.0.0.1', resolve); });
  t.after(() => socket.close());
  return { host: '127.0.0.1', port: socket.address().port, socket };
}

const turnFigures = async (server) => new Metrics(await (await fetch(`${server.url}/metrics`, { headers: { Authorization: `Bearer ${adminOf()}` } })).text());

test('[C-092] a join is told of the server\'s own TURN by UDP and TLS, with a credential', async (t) => {
  const server = await start(t);
  const { iceServers } = await join(t, server);
  assert.deepEqual(iceServers.map(({ urls }) => urls), [[`turn:127.0.0.1:${server.turn.udp.port}?transport=udp`,
    `turns:${kTurnDomain}:${server.turn.tls.port}?transport=tcp`]]);
  assert.match(`${iceServers[0].username}${iceServers[0].credential}`, /^[A-Za-z0-9]{60,}$/);
});

test('[C-092] the port of turns: is 443 unless the configuration has another one', async (t) => {
  const tls = await freeTcpPort();
  const server = await startServer({ args: ['--config-body',
    `turn: {enabled: true, tls_port: ${tls}, domain: turn.example.org, external_tls: true}`] });
  t.after(() => server.stop());
  const { iceServers } = await join(t, server);
  assert.deepEqual(iceServers.map(({ urls }) => urls), [['turns:turn.example.org:443?transport=tcp']]);
});

test('[C-089] a credential gets allocations until it expires, and what was granted goes on', async (t) => {
  const server = await start(t, 'ttl_seconds: 2, allow_restricted_peer_cidrs: [127.0.0.0/8]');
  const echo = await startEcho(t);
  const { iceServers: [entry] } = await join(t, server);
  const before = Date.now();
  const early = await open(t, server.turn.udp, entry);
  assert.equal(await early.allocate(), 0);
  assert.equal(early.realm, 'livekit');
  assert.equal(early.relayed.host, '127.0.0.1');
  assert.ok(early.relayed.port >= 31000 && early.relayed.port <= 31999);
  const guess = await open(t, server.turn.udp, { ...entry, credential: `${entry.credential}x` });
  assert.equal(await guess.allocate(), 400);
  await new Promise((resolve) => { setTimeout(resolve, before + 3000 - Date.now()); });  // nothing else tells that it has ended
  const late = await open(t, server.turn.udp, entry);
  assert.equal(await late.allocate(), 400);
  assert.equal(await early.refresh(600), 0);
  assert.equal(await early.bind(0x4000, echo), 0);
  early.send(0x4000, 'still here');
  assert.equal(await early.receive(), 'still here');
});

test('[M-013] [C-090] the 13th allocation of one participant is answered with 486, of another one not', async (t) => {
  const server = await start(t);
  const [{ iceServers: [alice] }, { iceServers: [bob] }] = [await join(t, server), await join(t, server, 'bob')];
  const clients = await Promise.all(Array.from({ length: 13 }, () => open(t, server.turn.udp, alice)));
  const codes = [];
  for (const client of clients) codes.push(await client.allocate());
  assert.deepEqual(codes, [...Array(12).fill(0), 486]);
  assert.equal(await (await open(t, server.turn.udp, bob)).allocate(), 0);
  assert.equal(await clients[0].refresh(0), 0);
  assert.equal(await clients[12].allocate(), 0);
});

test('[M-013] [C-090] private peers are refused with 403 but for this server\'s media, and what is denied is denied', async (t) => {
  const server = await start(t);
  const { iceServers: [entry] } = await join(t, server);
  const client = await open(t, server.turn.udp, entry);
  await client.allocate();
  for (const host of ['10.0.0.1', '192.168.1.1', '172.16.0.1', '169.254.169.254', '100.64.0.1']) {
    assert.equal(await client.permit({ host, port: 80 }), 403, host);
  }
  assert.equal(await client.bind(0x4000, { host: '127.0.0.1', port: server.port }), 403);
  assert.equal(await client.bind(0x4000, { host: '127.0.0.1', port: server.udpPort }), 0);
  assert.equal(await client.permit({ host: '198.51.100.1', port: 80 }), 0);

  const strict = await start(t, 'allow_restricted_peer_cidrs: [10.0.0.0/8], deny_peer_cidrs: [10.1.0.0/16, 127.0.0.1/32]');
  const { iceServers: [other] } = await join(t, strict);
  const wary = await open(t, strict.turn.udp, other);
  await wary.allocate();
  assert.equal(await wary.permit({ host: '10.0.0.1', port: 80 }), 0);
  assert.equal(await wary.permit({ host: '10.1.0.1', port: 80 }), 403);
  assert.equal(await wary.permit({ host: '127.0.0.1', port: strict.udpPort }), 403);
});

test('[M-013] over TLS, and over TCP where TLS ends before, data is relayed all the same', async (t) => {
  for (const transport of ['tls', 'tcp']) {
    const server = await start(t, `allow_restricted_peer_cidrs: [127.0.0.0/8], external_tls: ${transport === 'tcp'}`);
    const echo = await startEcho(t);
    const { iceServers: [entry] } = await join(t, server);
    const client = await open(t, server.turn[transport], entry);
    assert.equal(await client.allocate(), 0);
    assert.equal(await client.bind(0x4000, echo), 0);
    for (const text of ['a', 'four', 'x'.repeat(1200)]) {
      client.send(0x4000, text);
      assert.equal(await client.receive(), text);
    }
    client.close();
    const end = Date.now() + kSoon;
    while ((await turnFigures(server)).sum('livekit_connection_total', {}) !== 0) assert.ok(Date.now() < end, 'the allocation outlives its connection');
  }
});

test('[M-013] a client that reads slowly loses relayed packets, and keeps its connection', async (t) => {
  const server = await start(t, 'allow_restricted_peer_cidrs: [127.0.0.0/8]');
  const echo = await startEcho(t);
  const { iceServers: [entry] } = await join(t, server);
  const client = await open(t, server.turn.tls, entry);
  await client.allocate();
  await client.bind(0x4000, echo);
  client.pause();
  const end = Date.now() + kSoon;
  const dropped = async () => (await turnFigures(server)).sum('sfu_turn_packets_dropped_total', { reason: 'tcp_backlog' });
  while (await dropped() === 0) {
    assert.ok(Date.now() < end, 'nothing was dropped');
    await Promise.all(Array.from({ length: 500 }, () => new Promise((resolve) => {
      echo.socket.send(Buffer.alloc(1200, 'x'), client.relayed.port, client.relayed.host, resolve);
    })));
  }
  client.resume();
  const sends = setInterval(() => client.send(0x4000, 'still here'), 100);  // the first of them may find the queue full as well
  while (await client.receive() !== 'still here');
  clearInterval(sends);
  assert.equal(await client.refresh(0), 0);
});

// By Send indications: its channels are those of RFC 5766, of which RFC 8656 leaves a quarter.
test('[M-013] coturn\'s client is content with it, over UDP, TCP and TLS', async (t) => {
  for (const transport of ['udp', 'tcp', 'tls']) {
    const server = await start(t, `allow_restricted_peer_cidrs: [127.0.0.0/8], external_tls: ${transport === 'tcp'}`);
    const echo = await startEcho(t);
    const { iceServers: [entry] } = await join(t, server);
    const how = { udp: [], tcp: ['-t'], tls: ['-t', '-S'] }[transport];
    const child = spawn('turnutils_uclient', [...how, '-s', '-c', '-n', '10', '-m', '3', '-l', '200', '-L', '127.0.0.1', '-e', echo.host, '-r', `${echo.port}`,
      '-u', entry.username, '-w', entry.credential, '-p', `${server.turn[transport].port}`, '127.0.0.1']);
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { said += text; });
    const code = await new Promise((resolve, reject) => {
      child.on('close', resolve);
      child.on('error', (error) => reject(new Error(`turnutils_uclient of Debian's coturn is needed: ${error.message}`)));
    });
    assert.equal(code, 0, said);
    assert.match(said, /Total lost packets 0 /, `${transport}: ${said}`);
  }
});

test('[M-098] who is to use TLS is told of the relay by TLS alone, and to use nothing else', async (t) => {
  const server = await start(t);
  const first = await join(t, server);
  first.client.request({ case: 'simulate', value: new SimulateScenario({ scenario: { case: 'switchCandidateProtocol', value: CandidateProtocol.TLS } }) });
  await first.client.leave();
  const second = await join(t, server);
  assert.deepEqual(second.iceServers.map(({ urls }) => urls), [[`turns:${kTurnDomain}:${server.turn.tls.port}?transport=tcp`]]);
  assert.equal(second.clientConfiguration.forceRelay, ClientConfigSetting.ENABLED);
});

test('[M-013] people of @livekit/rtc-node who may use relays alone see and hear each other', { timeout: 90_000 }, async (t) => {
  const server = await start(t);
  const [ada, ben] = ['ada', 'ben'].map((name) => new NativeClient(server, name));
  t.after(() => Promise.all([ada.leave(), ben.leave()]));
  await ada.join('relayed', { single: true, relayed: true });
  await ben.join('relayed', { single: false, relayed: true });
  ben.listen();
  await Promise.all([ada.seesAndHearsMore('ben', kSoon), ben.seesAndHearsMore('ada', kSoon)]);
  const figures = await turnFigures(server);
  const relayed = (direction) => figures.sum('sfu_turn_bytes_total', { direction });
  assert.ok(relayed('incoming') > 20_000 && relayed('outgoing') > 20_000, `${relayed('incoming')} and ${relayed('outgoing')} bytes`);
  assert.ok(figures.sum('livekit_connection_total', { kind: 'outgoing' }) >= 3);
});
