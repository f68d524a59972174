// SPDX-License-Identifier: Apache-2.0
// The room API's HTTP: routes, bodies, tokens, limits, CORS (control-plane spec 1.2, 2.1, 2.2).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { CreateRoomRequest, ListRoomsResponse, Room } from '@livekit/protocol';
import { makeToken, startServer } from '../support/server.mjs';
import { adminOf, apiToken, call, refusal, sendChunked } from './twirp.mjs';

const kLimit = 10 * 1024 * 1024;

let server;
let token;
before(async () => {
  server = await startServer();
  token = adminOf('hall');
});
after(() => server?.stop());

const text = async (path, options) => {
  const response = await fetch(`${server.url}${path}`, options);
  return [response.status, await response.text()];
};

test('[C-007] a token may come as a parameter, of the query or of a form', async () => {
  const list = (query, headers = {}) => call(server, `ListRooms${query}`, '{}', { headers });
  assert.equal((await list(`?access_token=${token}`)).status, 200);
  assert.equal((await list('')).status, 401);
  assert.equal((await list(`?access_token=${token}`, { Authorization: `bearer ${token}` })).status, 401);
  const form = (value) => text('/', { method: 'POST', body: new URLSearchParams({ access_token: value }) });
  assert.deepEqual(await form(token), [200, 'OK']);
  assert.deepEqual(await form('bad'), [401, 'invalid authorization token']);
});

test('[C-008] a bad token is refused on any path, none is not', async () => {
  for (const path of ['/', '/nowhere', '/twirp/livekit.RoomService/ListRooms', '/twirp/livekit.Nobody/X']) {
    assert.deepEqual(await text(`${path}?access_token=bad`), [401, 'invalid authorization token'], path);
  }
  assert.deepEqual(await text('/'), [200, 'OK']);
  assert.deepEqual(await text('/', { method: 'POST' }), [200, 'OK']);
  assert.deepEqual(await text('/nowhere'), [404, '404 page not found\n']);
  assert.deepEqual(await text('/settings/regions'), [404, '404 page not found\n']);
});

test('[C-009] [C-010] without the grant, and for another room, a call is 401 unauthenticated', async () => {
  const denied = [401, 'unauthenticated', 'permissions denied'];
  assert.deepEqual(await refusal(server, 'ListRooms', {}), denied);
  assert.deepEqual(await refusal(server, 'ListRooms', {}, { token: makeToken({ room: 'hall', identity: 'a' }) }), denied);
  assert.deepEqual(await refusal(server, 'ListParticipants', { room: 'yard' }, { token }), denied);
  assert.equal((await call(server, 'ListParticipants', { room: 'hall' }, { token })).status, 200);
});

test('[C-026] JSON in camelCase and snake_case, enums by number, unknown fields skipped', async () => {
  const room = await call(server, 'CreateRoom', { name: 'json', emptyTimeout: '61', departure_timeout: 62, nobody: [1] }, { token });
  assert.equal(room.status, 200);
  assert.deepEqual([room.json.empty_timeout, room.json.departure_timeout], [61, 62]);
  const data = { room: 'json', data: 'aGk=', kind: 1 };
  assert.equal((await call(server, 'SendData', data, { token: adminOf('json') })).status, 200);
});

test('[C-027] JSON answers have every field, in snake_case, and 64 bits as text', async () => {
  const { json, type } = await call(server, 'CreateRoom', { name: 'fields' }, { token });
  assert.equal(type, 'application/json');
  assert.deepEqual(Object.keys(json).sort(), [
    'active_recording', 'creation_time', 'creation_time_ms', 'departure_timeout', 'empty_timeout', 'enabled_codecs', 'max_participants',
    'metadata', 'name', 'num_participants', 'num_publishers', 'sid', 'turn_password', 'version']);
  assert.match(json.creation_time, /^\d{10}$/);
  assert.match(json.creation_time_ms, /^\d{13}$/);
  assert.deepEqual([json.num_participants, json.active_recording, json.version], [0, false, null]);
});

test('[C-028] protobuf, whatever the case and the parameters of its content type', async () => {
  const body = new CreateRoomRequest({ name: 'binary', maxParticipants: 7 }).toBinary();
  for (const type of ['application/protobuf', 'Application/Protobuf; charset=utf-8']) {
    const answer = await call(server, 'CreateRoom', body, { token, type });
    assert.equal(answer.type, 'application/protobuf');
    assert.equal(Room.fromBinary(answer.bytes).maxParticipants, 7);
  }
});

test('[C-029] other methods, content types and names are no route', async () => {
  const path = '/twirp/livekit.RoomService/';
  for (const [route, method, options] of [
    [`GET ${path}ListRooms`, 'ListRooms', { verb: 'GET' }],
    [`POST ${path}Nothing`, 'Nothing', {}],
    [`POST ${path}ListRooms`, 'ListRooms', { type: 'text/plain' }],
  ]) {
    const { status, json } = await call(server, method, '{}', { token, ...options });
    assert.deepEqual([status, json.code, json.meta], [404, 'bad_route', { twirp_invalid_route: route }]);
  }
});

test('[C-030] a service that is not here is an ordinary 404', async () => {
  for (const service of ['Connector', 'PhoneNumberService', 'CloudAgent', 'Nobody']) {
    const { status, text: body, type } = await call(server, 'List', '{}', { token, prefix: `/twirp/livekit.${service}/` });
    assert.deepEqual([status, body, type], [404, '404 page not found\n', 'text/plain; charset=utf-8']);
  }
});

test('[C-031] an empty JSON body is malformed, an empty protobuf body is not', async () => {
  assert.deepEqual(await refusal(server, 'ListRooms', '', { token }), [400, 'malformed', 'the json request could not be decoded']);
  const answer = await call(server, 'ListRooms', new Uint8Array(), { token, type: 'application/protobuf' });
  assert.equal(answer.status, 200);
  assert.ok(ListRoomsResponse.fromBinary(answer.bytes).rooms.length > 0);
});

test('[C-033] a body over 10 MiB is 413 if its length is announced, else malformed', async () => {
  const path = '/twirp/livekit.RoomService/ListRooms';
  assert.deepEqual(await text(path, { method: 'POST', body: ' '.repeat(kLimit + 1) }), [413, 'request body too large']);
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const { status, text: body } = await sendChunked(server, path, headers, Array(11).fill(' '.repeat(1024 * 1024)));
  assert.deepEqual([status, JSON.parse(body).code], [400, 'malformed']);
});

test('[C-035] a preflight is answered for any origin, and so is every call', async () => {
  const preflight = await fetch(`${server.url}/twirp/livekit.RoomService/ListRooms`, { method: 'OPTIONS', headers: {
    Origin: 'https://app.example', 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'authorization,content-type' } });
  const field = (response, name) => response.headers.get(name);
  assert.equal(preflight.status, 204);
  assert.equal(field(preflight, 'access-control-allow-origin'), 'https://app.example');
  assert.equal(field(preflight, 'access-control-max-age'), '86400');
  assert.equal(field(preflight, 'access-control-allow-headers'), 'authorization,content-type');
  assert.match(field(preflight, 'access-control-allow-methods'), /POST/);
  const answer = await call(server, 'ListRooms', {}, { token, headers: { Origin: 'https://app.example' } });
  assert.equal(field(answer, 'access-control-allow-origin'), 'https://app.example');
  assert.equal(field(answer, 'access-control-expose-headers'), '*');
  assert.equal(field(await call(server, 'ListRooms', {}, { token }), 'vary'), 'Origin');
});

test('[C-036] a leading double slash is one', async () => {
  assert.equal((await call(server, 'ListRooms', {}, { token, prefix: '//twirp/livekit.RoomService/' })).status, 200);
});

test('[C-059] each service asks for its own grant', async () => {
  const denied = [401, 'unauthenticated', 'permissions denied'];
  for (const [service, method, grant] of [
    ['Egress', 'ListEgress', { roomRecord: true }], ['Ingress', 'ListIngress', { ingressAdmin: true }],
    ['SIP', 'ListSIPInboundTrunk', undefined], ['SIP', 'CreateSIPParticipant', undefined],
  ]) {
    const prefix = `/twirp/livekit.${service}/`;
    assert.deepEqual(await refusal(server, method, {}, { token, prefix }), denied, method);
    const granted = apiToken(grant ?? {}, { sip: { admin: true, call: true } });
    assert.equal((await call(server, method, {}, { token: granted, prefix })).status, 500, method);
  }
  const dispatch = { prefix: '/twirp/livekit.AgentDispatchService/' };
  assert.deepEqual(await refusal(server, 'ListDispatch', { room: 'yard' }, { token, ...dispatch }), denied);
});
