// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Api } from './api.js';

// An Api whose server answers so; `asked` has what it was asked.
function apiOf(status, body) {
  const asked = [];
  const access = { tokenFor: async (need) => `token for ${JSON.stringify(need)}` };
  const api = new Api(access, async (path, { method = 'GET', headers, body: sent }) => {
    asked.push({ path, method, token: headers.Authorization, sent: sent && JSON.parse(sent) });
    if (status === 0) throw new TypeError('Failed to fetch');
    return new Response(body, { status });
  });
  return { api, asked };
}

test('a call is a POST of JSON with the token that allows it', async () => {
  const { api, asked } = apiOf(200, '{}');
  await api.muteTrack('lounge', 'ada', 'TR_1', true);
  assert.deepEqual(asked, [{
    path: '../twirp/livekit.RoomService/MutePublishedTrack', method: 'POST', token: 'Bearer token for {"room":"lounge"}',
    sent: { room: 'lounge', identity: 'ada', track_sid: 'TR_1', muted: true },
  }]);
});

test('data is sent as the bytes of its text', async () => {
  const { api, asked } = apiOf(200, '{}');
  await api.sendData('lounge', 'Grüße', { topic: 'chat', reliable: true, identities: ['ada'] });
  assert.deepEqual(asked[0].sent, { room: 'lounge', data: Buffer.from('Grüße').toString('base64'), kind: 'RELIABLE', destination_identities: ['ada'], topic: 'chat' });
});

test('the metrics of a room are asked for by its name, with a token for it', async () => {
  const { api, asked } = apiOf(200, 'up 1\n');
  assert.equal((await api.metrics('a&b')).sum('up'), 1);
  await api.metrics();
  assert.deepEqual(asked.map(({ path, token }) => [path, token]), [
    ['../metrics?room=a%26b', 'Bearer token for {"room":"a&b"}'], ['../metrics', 'Bearer token for {"list":true}']]);
});

test('errors say what the server says, whether it speaks Twirp, text or not at all', async () => {
  const twirp = apiOf(404, '{"code":"not_found","msg":"participant does not exist"}');
  await assert.rejects(twirp.api.removeParticipant('r', 'x'), { message: 'participant does not exist', status: 404, code: 'not_found' });
  await assert.rejects(apiOf(401, 'invalid API key').api.listRooms(), { message: 'invalid API key', status: 401 });
  await assert.rejects(apiOf(500, '').api.listRooms(), { message: 'The server answered 500.', status: 500 });
  await assert.rejects(apiOf(0).api.listRooms(), { message: 'The server cannot be reached.', status: 0 });
});
