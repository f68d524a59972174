// SPDX-License-Identifier: Apache-2.0
// What receivers of webhooks get from the real server: livekit-server-sdk reads all of it.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { dispose } from '@livekit/rtc-node';
import { WebhookReceiver } from 'livekit-server-sdk';
import { makeToken, runToEnd, startServer } from '../support/server.mjs';
import { Hook, hookConfig } from './hook.mjs';
import { NativeClient } from './native.mjs';
import { SignalClient } from './signal_client.mjs';

after(dispose);

async function serve(t, hooks, options) {
  const server = await startServer({ args: hookConfig(hooks.map(({ url }) => url), options) });
  t.after(async () => {
    await server.stop();
    for (const hook of hooks) hook.stop();
  });
  return server;
}

// Somebody joins, and leaves before there is any media.
async function lookIn(server, room, identity) {
  const client = await SignalClient.join(server, makeToken({ room, identity }));
  await client.leave();
}

const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
const names = (requests) => requests.map(({ event }) => event.event);

test('the life of a call, as webhooks', { timeout: 120_000 }, async (t) => {
  const hook = await Hook.start();
  const server = await serve(t, [hook], { rest: 'room: {departure_timeout: 1}' });
  const ada = new NativeClient(server, 'ada');
  await ada.join('call');
  await hook.until('two tracks', () => hook.of('call').filter(({ event }) => event.event === 'track_published').length === 2);
  await lookIn(server, 'call', 'ben');
  await hook.event('participant_connection_aborted', 'call');
  await ada.leave();
  await hook.event('room_finished', 'call');
  const requests = hook.of('call');

  await t.test('[C-060] headers, a bare token for five minutes, and the digest of the body', () => {
    for (const { method, url, headers, body } of requests) {
      assert.equal(method, 'POST');
      assert.equal(url, '/hook');
      assert.equal(headers['content-type'], 'application/webhook+json');
      assert.equal(headers['user-agent'], 'LiveKit');
      assert.match(headers.authorization, /^[\w-]+\.[\w-]+\.[\w-]+$/);
      const { iss, exp, nbf, iat, sha256, ...others } = claimsOf(headers.authorization);
      assert.equal(iss, 'devkey');
      assert.equal(exp - nbf, 300);
      assert.equal(iat, nbf);
      assert.equal(sha256, createHash('sha256').update(body).digest('base64'));
      assert.deepEqual(others, {});
    }
  });
  await t.test('[C-061] camelCase, no defaults, ids, 64 bits as text', () => {
    const [{ event, body }] = requests;
    assert.equal(event.event, 'room_started');
    assert.equal(typeof event.createdAt, 'string');
    assert.ok(Math.abs(Number(event.createdAt) - Date.now() / 1000) < 60);
    assert.match(event.room.sid, /^RM_/);
    assert.equal(event.room.emptyTimeout, 300);
    assert.equal(typeof event.room.creationTime, 'string');
    assert.ok(!('numParticipants' in event.room), 'nobody was there yet');
    assert.ok(!/_[a-z]+":/.test(body), 'a name in snake_case');
    for (const { event: { id } } of requests) assert.match(id, /^EV_[0-9A-Za-z]{12}$/);
    assert.equal(new Set(requests.map(({ event: { id } }) => id)).size, requests.length);
  });
  await t.test('[C-062] joined with media, left; aborted without', () => {
    const seen = names(requests);
    assert.deepEqual(seen.filter((name) => /^(room|participant)_/.test(name)), ['room_started', 'participant_joined',
      'participant_connection_aborted', 'participant_left', 'room_finished']);
    const of = (name) => requests.find(({ event }) => event.event === name).event;
    assert.equal(of('participant_joined').participant.state, 'ACTIVE');
    assert.equal(of('participant_joined').participant.identity, 'ada');
    assert.equal(of('participant_joined').room.emptyTimeout, 300);
    assert.equal(of('participant_left').participant.state, 'DISCONNECTED');
    assert.equal(of('participant_left').participant.disconnectReason, 'CLIENT_INITIATED');
    assert.equal(of('participant_left').participant.sid, of('participant_joined').participant.sid);
    assert.equal(of('participant_connection_aborted').participant.identity, 'ben');
    assert.equal(of('room_finished').room.sid, of('room_started').room.sid);
  });
  await t.test('[C-067] tracks, with little of their room and participant', () => {
    for (const name of ['track_published', 'track_unpublished']) {
      const found = requests.filter(({ event }) => event.event === name).map(({ event }) => event);
      assert.deepEqual(found.map(({ track }) => track.source).sort(), ['CAMERA', 'MICROPHONE']);
      for (const event of found) {
        assert.deepEqual(Object.keys(event.room).sort(), ['name', 'sid']);
        assert.deepEqual(Object.keys(event.participant).sort(), ['identity', 'sid']);
        assert.match(event.track.sid, /^TR_/);
        assert.ok(event.track.mimeType);
      }
    }
  });
  await t.test('[C-068] the SDK takes each body, and none that was changed', async () => {
    const receiver = new WebhookReceiver('devkey', 'secret');
    for (const { verified, event, body, headers } of requests) {
      assert.equal(verified.event, event.event);
      assert.equal(verified.room.name, 'call');
      await assert.rejects(receiver.receive(body.replace('call', 'cull'), headers.authorization), /checksum/);
    }
    await assert.rejects(new WebhookReceiver('devkey', 'guessed').receive(requests[0].body, requests[0].headers.authorization));
  });
  await t.test('the events of a room are counted without a gap', () => {
    assert.deepEqual(requests.map(({ headers }) => Number(headers['sfu-sequence'])), requests.map((_, at) => at + 1));
  });
});

test('[C-063] 1000 events to a receiver that fails every third time: in order for each room, none lost', { timeout: 120_000 }, async (t) => {
  const kRooms = 100;
  const kVisitors = 8;
  const asked = new Map();
  const failing = await Hook.start({
    answer: ({ event: { room } }) => {
      const count = (asked.get(room.name) ?? 0) + 1;
      asked.set(room.name, count);
      return count % 3 === 0 ? 500 : 200;
    },
  });
  const healthy = await Hook.start();
  const server = await serve(t, [failing, healthy], { rest: 'room: {departure_timeout: 1}' });
  const rooms = Array.from({ length: kRooms }, (_, at) => `room ${at}`);
  await Promise.all(rooms.map(async (room) => {
    for (let visitor = 0; visitor < kVisitors; ++visitor) await lookIn(server, room, `visitor ${visitor}`);
  }));
  const all = kRooms * (kVisitors + 2);
  assert.equal(all, 1000);
  for (const hook of [failing, healthy]) await hook.until('1000 events', () => hook.taken.length === all);

  assert.equal(healthy.requests.length, all, 'the other URL sees no failures');
  for (const room of rooms) {
    for (const hook of [failing, healthy]) {
      const taken = hook.of(room);
      assert.deepEqual(names(taken), ['room_started', ...Array(kVisitors).fill('participant_connection_aborted'), 'room_finished']);
      assert.deepEqual(taken.slice(1, -1).map(({ event }) => event.participant.identity),
        Array.from({ length: kVisitors }, (_, at) => `visitor ${at}`));
      assert.equal(new Set(taken.map(({ event }) => event.id)).size, taken.length, 'taken twice');
    }
    // What failed comes again as it was, a second later, before anything else of its room.
    const asked = failing.requests.filter(({ event }) => event.room.name === room);
    asked.forEach((request, at) => {
      if (request.status === 200) return;
      const next = asked[at + 1];
      assert.equal(next.body, request.body);
      assert.equal(next.headers.authorization, request.headers.authorization);
      assert.ok(next.at - request.at > 900, `after ${next.at - request.at} ms`);
    });
  }
});

test('[C-064] a receiver that knows nothing is asked once, one that is busy when it says so', { timeout: 60_000 }, async (t) => {
  const hook = await Hook.start({
    answer: (request, { requests }) => {
      if (request.event.event === 'room_started') return 404;
      if (requests.length > 1) return 200;
      request.answerHeaders = { 'Retry-After': '2' };
      return 429;
    },
  });
  const server = await serve(t, [hook]);
  await lookIn(server, 'hall', 'ada');
  await hook.event('participant_connection_aborted', 'hall');
  assert.deepEqual(hook.requests.map(({ event, status }) => [event.event, status]),
    [['room_started', 404], ['participant_connection_aborted', 429], ['participant_connection_aborted', 200]]);
  assert.ok(hook.requests[2].at - hook.requests[1].at > 1900);
});

test('[C-066] what is to be included goes over what is to be excluded', async (t) => {
  const [some, most] = [await Hook.start(), await Hook.start()];
  const filters = ['{include_events: [room_finished], exclude_events: [room_finished]}', '{exclude_events: [room_started]}'];
  for (const [at, hook] of [some, most].entries()) {
    const server = await serve(t, [hook], { more: `  filter_params: ${filters[at]}`, rest: 'room: {departure_timeout: 1}' });
    await lookIn(server, 'hall', 'ada');
    await hook.event('room_finished', 'hall');
  }
  assert.deepEqual(names(some.requests), ['room_finished']);
  assert.deepEqual(names(most.requests), ['participant_connection_aborted', 'room_finished']);
});

test('what happens when the server stops is delivered before it ends', async (t) => {
  const hook = await Hook.start({ answer: ({ event }, { requests }) => (event.event === 'room_finished' && requests.length < 3 ? 503 : 200) });
  const server = await startServer({ args: hookConfig([hook.url]) });
  const client = await SignalClient.join(server, makeToken({ room: 'hall', identity: 'ada' }));
  await client.receive('join');
  await server.stop();
  hook.stop();
  assert.deepEqual(names(hook.requests), ['room_started', 'participant_connection_aborted', 'room_finished', 'room_finished']);
  assert.equal(hook.taken.at(-1).event.event, 'room_finished');
});

test('https: a receiver is trusted by its certificate, and one that is not is asked once', { timeout: 60_000 }, async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'sfu-hook-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const [key, cert] = ['key.pem', 'cert.pem'].map((name) => join(folder, name));
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key,
    '-out', cert, '-days', '1', '-subj', '/CN=hook', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  const tls = { key: readFileSync(key), cert: readFileSync(cert) };
  const hook = await Hook.start({ tls });
  let refused = 0;
  hook.server.on('tlsClientError', () => { ++refused; });

  const stranger = await startServer({ args: hookConfig([hook.url]) });
  await lookIn(stranger, 'hall', 'ada');
  await stranger.stop();
  assert.equal(hook.requests.length, 0);
  assert.match(stranger.log(), /a webhook is given up.*certificate of 127\.0\.0\.1/);
  assert.equal(refused, 3, 'one attempt for each event');

  process.env.SSL_CERT_FILE = cert;
  t.after(() => { delete process.env.SSL_CERT_FILE; });
  const friend = await startServer({ args: hookConfig([hook.url]) });
  await lookIn(friend, 'hall', 'ada');
  await friend.stop();
  hook.stop();
  assert.deepEqual(names(hook.taken), ['room_started', 'participant_connection_aborted', 'room_finished']);
});

test('[C-077] webhooks without a key that is known are refused', async () => {
  for (const key of ['', 'api_key: stranger']) {
    const { how, log } = await runToEnd(['--dev', '--config-body', `webhook:\n  urls: [http://127.0.0.1:1]\n  ${key}`]);
    assert.notEqual(how, 0);
    assert.match(log, /api_key is required to use webhooks/);
  }
});

test('no secret gets into the log', async (t) => {
  const hook = await Hook.start({ answer: () => 404 });
  const server = await startServer({ args: hookConfig([`${hook.url}?password=hush`, 'http://127.0.0.1:1/?password=hush']) });
  await lookIn(server, 'hall', 'ada');
  await hook.until('both events', () => hook.requests.length === 2);
  await server.kill();  // it would give the port that nobody listens on its time
  hook.stop();
  assert.match(server.log(), /webhook/);
  for (const secret of ['hush', hook.requests[0].headers.authorization]) assert.ok(!server.log().includes(secret));
});
