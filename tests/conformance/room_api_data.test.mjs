// SPDX-License-Identifier: Apache-2.0
// SendData and PerformRpc of the room API, to people with @livekit/rtc-node.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { DataPacket_Kind } from '@livekit/protocol';
import { Room, RoomEvent, RpcError, dispose } from '@livekit/rtc-node';
import { RoomServiceClient } from 'livekit-server-sdk';
import { makeToken, startServer } from '../support/server.mjs';
import { adminOf, call, refusal, refusalOf } from './twirp.mjs';

const inside = (status, code, message) => [status, code, `twirp error unknown: ${message}`];

let server;
let api;
before(async () => {
  server = await startServer();
  api = new RoomServiceClient(server.url, 'devkey', 'secret', { failover: false });
});
after(async () => {
  await dispose();
  await server?.stop();
});

async function join(t, room, identity) {
  const person = new Room();
  person.data = [];
  person.on(RoomEvent.DataReceived, (bytes, participant, kind, topic) => {
    person.data.push({ text: Buffer.from(bytes).toString(), from: participant?.identity, topic });
    person.emit('more');
  });
  await person.connect(server.url.replace(/^http/, 'ws'), makeToken({ room, identity }), { autoSubscribe: true, dynacast: false });
  t.after(() => person.disconnect());
  return person;
}

// All that came until this did.
async function until(person, text) {
  while (!person.data.some((data) => data.text === text)) await new Promise((resolve) => { person.once('more', resolve); });
  return person.data.map((data) => data.text);
}

test('[C-049] [C-050] SendData reaches those whom it names, or all, from nobody, and a nonce once', { timeout: 60_000 }, async (t) => {
  const [ada, ben] = [await join(t, 'data', 'ada'), await join(t, 'data', 'ben')];
  const token = adminOf('data');
  const send = (text, options = {}) => call(server, 'SendData', { room: 'data', data: Buffer.from(text).toString('base64'), ...options }, { token });
  const nonce = Buffer.from('0123456789abcdef').toString('base64');
  assert.deepEqual((await send('once', { nonce })).json, {});
  assert.deepEqual((await send('twice', { nonce })).json, {});
  await api.sendData('data', Buffer.from('to ben'), DataPacket_Kind.RELIABLE, { destinationIdentities: ['ben'], topic: 'news' });
  await send('by sid', { destination_sids: [ada.localParticipant.sid] });
  await send('end');
  assert.deepEqual(await until(ada, 'end'), ['once', 'by sid', 'end']);
  assert.deepEqual(await until(ben, 'end'), ['once', 'to ben', 'end']);
  assert.deepEqual(ben.data[1], { text: 'to ben', from: undefined, topic: 'news' });
  assert.deepEqual(await refusal(server, 'SendData', { room: 'data', nonce: 'AAAA' }, { token }),
    [400, 'invalid_argument', 'nonce should be 16-bytes or not present, got: 3 bytes']);
  assert.deepEqual(await refusalOf(api.sendData('data', new Uint8Array(60_001), DataPacket_Kind.RELIABLE)),
    inside(400, 'invalid_argument', 'data of more than 60000 bytes'));
});

test('PerformRpc', { timeout: 60_000 }, async (t) => {
  const ada = await join(t, 'rpc', 'ada');
  const token = adminOf('rpc');
  const perform = (method, more = {}, headers = {}) =>
    call(server, 'PerformRpc', { room: 'rpc', destination_identity: 'ada', method, payload: 'hi', ...more }, { token, headers });
  const refused = async (...args) => {
    const { status, json } = await perform(...args);
    return [status, json.code, json.msg];
  };
  let calls = 0;
  ada.localParticipant.registerRpcMethod('greet', async ({ callerIdentity, payload }) => {
    calls += 1;
    return `${payload} ${/^[0-9a-f-]{36}$/.test(callerIdentity)}`;
  });
  ada.localParticipant.registerRpcMethod('fail', async () => { throw new RpcError(7, 'no', 'because'); });
  ada.localParticipant.registerRpcMethod('sleep', async () => new Promise((resolve) => { setTimeout(resolve, 5000, 'late'); }));

  await t.test('[C-053] a method is invoked once, and answers', async () => {
    assert.deepEqual((await perform('greet')).json, { payload: 'hi true' });
    assert.equal(calls, 1);
  });
  await t.test('[C-053] errors are those of RPC', async () => {
    assert.deepEqual(await refused('unknown'), inside(400, 'invalid_argument', 'RpcError 1400: Method not supported at destination'));
    assert.deepEqual(await refused('fail'), inside(500, 'internal', 'RpcError 7: no: because'));
    assert.deepEqual(await refused('greet', { payload: 'x'.repeat(15 * 1024 + 1) }),
      inside(400, 'invalid_argument', 'RpcError 1402: Request payload too large'));
    assert.deepEqual(await refused('greet', { destination_identity: '' }), inside(400, 'invalid_argument', 'destination identity is required'));
    assert.deepEqual(await refused('sleep', { response_timeout_ms: 500 }), inside(408, 'canceled', 'RpcError 1502: Response timeout'));
  });
  await t.test('[C-034] a caller who waits no longer is told so', async () => {
    assert.deepEqual(await refused('sleep', {}, { 'X-Twirp-Timeout-Ms': '300' }), inside(408, 'deadline_exceeded', 'request timed out'));
  });
});
