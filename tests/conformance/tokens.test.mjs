// SPDX-License-Identifier: Apache-2.0
// Access tokens and the checks of a join, by raw HTTP: what no SDK would send.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before, test } from 'node:test';
import { WrappedJoinRequest } from '@livekit/protocol';
import { makeToken, startServer } from '../support/server.mjs';
import { SignalClient } from './signal_client.mjs';

let server;
before(async () => { server = await startServer({ args: ['--config-body', 'room: {max_participants: 1}'] }); });
after(() => server?.stop());

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

// A token of exactly these claims, with the development key.
function raw(claims, { alg = 'HS256', hash = 'sha256', secret = 'secret' } = {}) {
  const text = `${encode({ alg, typ: 'JWT' })}.${encode(claims)}`;
  return `${text}.${hash ? createHmac(hash, secret).update(text).digest('base64url') : ''}`;
}
const usual = { iss: 'devkey', sub: 'alice', video: { roomJoin: true, room: 'hall' } };

async function get(path, { query = {}, headers = {} } = {}) {
  const response = await fetch(`${server.url}${path}?${new URLSearchParams(query)}`, { headers });
  return { status: response.status, body: await response.text(), origins: response.headers.get('access-control-allow-origin') };
}
const say = async (path, options) => {
  const { status, body } = await get(path, options);
  return `${status} ${body}`;
};
const validate = (token, query = {}) => say('/rtc/validate', { query: { access_token: token, ...query } });

test('[C-001] HS256 is accepted, and no other algorithm', async () => {
  const claims = { ...usual, exp: now() + 600 };
  assert.equal(await validate(raw(claims)), '200 success');
  for (const how of [{ alg: 'HS384', hash: 'sha384' }, { alg: 'HS512', hash: 'sha512' }, { alg: 'none', hash: null }, { alg: 'RS256' }]) {
    assert.match(await validate(raw(claims, how)), /^401 invalid authorization token/, how.alg);
  }
});

test('[C-002] a token without exp is 401, which says so', async () => {
  assert.match(await validate(raw(usual)), /^401 .*exp/);
});

test('[C-003][C-004] clocks may differ by a minute, and iat is not looked at', async () => {
  assert.equal(await validate(raw({ ...usual, exp: now() - 50 })), '200 success');
  assert.match(await validate(raw({ ...usual, exp: now() - 70 })), /^401 .*expired/);
  assert.equal(await validate(raw({ ...usual, exp: now() + 600, nbf: now() + 50 })), '200 success');
  assert.match(await validate(raw({ ...usual, exp: now() + 600, nbf: now() + 90 })), /^401 /);
  assert.equal(await validate(raw({ ...usual, exp: now() + 600, iat: now() + 10_000 })), '200 success');
});

test('[C-005] an unknown key is 401 invalid API key', async () => {
  assert.equal(await validate(raw({ ...usual, iss: 'nobody', exp: now() + 600 })), '401 invalid API key');
  assert.equal(await validate(raw({ sub: 'alice', exp: now() + 600 })), '401 invalid API key');
});

test('[C-006] the header says Bearer in exactly that way, or the query is not asked', async () => {
  const token = makeToken({ room: 'hall', identity: 'alice' });
  const withHeader = (authorization) => say('/rtc/validate', { query: { access_token: token }, headers: { authorization } });
  assert.equal(await withHeader(`Bearer ${token}`), '200 success');
  for (const prefix of ['bearer', 'BEARER', 'Basic']) {
    assert.equal(await withHeader(`${prefix} ${token}`), '401 invalid authorization header. Must start with Bearer ');
  }
});

test('[C-007] the token may come in the query', async () => {
  assert.equal(await validate(makeToken({ room: 'hall', identity: 'alice' })), '200 success');
  const client = await SignalClient.join(server, makeToken({ room: 'query', identity: 'alice' }));
  await client.receive('join');
  await client.leave();
});

test('[C-008] a bad token is 401 on every path, and none is needed for the health check', async () => {
  assert.equal(await say('/'), '200 OK');
  assert.equal(await say('/', { query: { access_token: 'bad' } }), '401 invalid authorization token');
  assert.equal((await get('/no/such/page', { query: { access_token: 'bad' } })).status, 401);
  assert.equal((await get('/no/such/page')).status, 404);
});

test('[C-011] grants match in any case, and a wrong type is 401', async () => {
  assert.equal(await validate(raw({ ...usual, exp: now() + 600, video: { ROOMJOIN: true, Room: 'hall' } })), '200 success');
  for (const video of [{ roomJoin: 'true', room: 'hall' }, { roomJoin: true, room: 7 }, []]) {
    assert.match(await validate(raw({ ...usual, exp: now() + 600, video })), /^401 invalid authorization token/);
  }
});

test('[C-012] jti is the identity of a token without sub, and the identity claim is none', async () => {
  const { sub, ...nobody } = usual;
  assert.equal(sub, 'alice');
  const client = await SignalClient.join(server, raw({ ...nobody, jti: 'bob', exp: now() + 600, video: { roomJoin: true, room: 'jti' } }));
  assert.equal((await client.receive('join')).participant.identity, 'bob');
  await client.leave();
  assert.equal(await validate(raw({ ...nobody, identity: 'bob', exp: now() + 600 })), '400 identity cannot be empty');
});

test('[C-015][C-016] a join tells the permissions, and brings a token that is good for ten minutes', async () => {
  const video = { hidden: true, recorder: true, agent: true, canPublish: false };
  const client = await SignalClient.join(server, makeToken({ room: 'refresh', identity: 'alice', video }));
  const { participant } = await client.receive('join');
  const { hidden, recorder, agent, canPublish, canPublishData } = participant.permission;
  assert.deepEqual({ hidden, recorder, agent, canPublish, canPublishData }, { ...video, canPublishData: false });
  const token = await client.receive('refreshToken');
  const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
  assert.equal(claims.sub, 'alice');
  assert.ok(claims.exp >= now() + 595);
  assert.equal(await validate(token), '200 success');
  await client.leave();
});

test('[C-018] validate answers any origin, whether it likes the token or not', async () => {
  for (const [token, status] of [[makeToken({ room: 'hall', identity: 'alice' }), 200], ['bad', 401]]) {
    const answer = await get('/rtc/validate', { query: { access_token: token } });
    assert.equal(answer.status, status);
    assert.equal(answer.origins, '*');
  }
});

test('[C-019] what is missing in a token, or too long, is told apart', async () => {
  const join = (more, video = {}) => validate(makeToken({ room: 'hall', identity: 'alice', ...more, video }));
  assert.equal(await validate(raw({ iss: 'devkey', sub: 'alice', exp: now() + 600 })), '401 no permissions to access the room');
  assert.equal(await validate(''), '401 no permissions to access the room');
  assert.equal(await join({}, { roomJoin: false }), '401 permissions denied');
  assert.equal(await join({ room: '' }), '400 no room name');
  assert.equal(await join({ identity: 'i'.repeat(257) }), '400 participant identity length exceeds limits: max length 256');
  assert.equal(await join({ room: 'r'.repeat(257) }), '400 room name length exceeds limits: max length 256');
});

test('[C-020] v1 needs a join request, which may be empty', async () => {
  const v1 = (query) => say('/rtc/v1/validate', { query: { access_token: makeToken({ room: 'hall', identity: 'alice' }), ...query } });
  assert.equal(await v1({}), '400 join_request is required');
  assert.equal(await v1({ join_request: '***' }), '400 cannot base64 decode wrapped join request');
  assert.equal(await v1({ join_request: 'EgA=' }), '200 success');
  const named = new WrappedJoinRequest({ joinRequest: Buffer.from([0x0a, 0x00]) }).toBinary();  // an empty client_info
  assert.equal(await v1({ join_request: Buffer.from(named).toString('base64').replaceAll('+', '-').replaceAll('/', '_') }), '200 success');
});

test('[C-021] where joining makes no rooms, they must be there or the token must grant making them', async (t) => {
  const strict = await startServer({ args: ['--room.auto_create=false'] });
  t.after(() => strict.stop());
  const ask = async (video = {}) => {
    const token = makeToken({ room: 'hall', identity: 'alice', video });
    const response = await fetch(`${strict.url}/rtc/validate?access_token=${token}`);
    return `${response.status} ${await response.text()}`;
  };
  assert.equal(await ask(), '404 requested room does not exist');
  assert.equal(await ask({ roomCreate: true }), '200 success');
  const maker = await SignalClient.join(strict, makeToken({ room: 'hall', identity: 'maker', video: { roomCreate: true } }));
  await maker.receive('join');
  assert.equal(await ask(), '200 success');
  await maker.leave();
});

test('[C-022] attributes of its own need a grant', async () => {
  const attributes = Buffer.from('{"hand":"raised"}').toString('base64url');
  const ask = (video) => validate(makeToken({ room: 'hall', identity: 'alice', video }), { attributes });
  assert.equal(await ask({}), '401 no permissions to access the room');
  assert.equal(await ask({ canUpdateOwnMetadata: true }), '200 success');
});

test('[C-023] a publishing side connection needs to publish, and has a name of its own', async () => {
  const token = (video) => makeToken({ room: 'side', identity: 'alice', video });
  assert.match(await validate(token({ canPublish: false }), { publish: 'screen' }), /^401 /);
  const client = await SignalClient.join(server, token({}), { publish: 'screen' });
  const { participant } = await client.receive('join');
  assert.equal(participant.identity, 'alice#screen');
  assert.equal(participant.permission.canSubscribe, false);
  await client.leave();
});

test('[C-024] a join without an upgrade is 404 and empty', async () => {
  for (const path of ['/rtc', '/rtc/v1']) {
    assert.equal(await say(path, { query: { access_token: makeToken({ room: 'hall', identity: 'alice' }) } }), '404 ');
  }
});

test('[C-025] a full room is 500 before the upgrade', async () => {
  const first = await SignalClient.join(server, makeToken({ room: 'full', identity: 'first' }));
  await first.receive('join');
  const refused = await SignalClient.join(server, makeToken({ room: 'full', identity: 'second' })).catch((error) => error);
  assert.equal(refused.status, 500);
  assert.match(refused.body, /^connection closed by media/);
  await first.leave();
});
