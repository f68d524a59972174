// SPDX-License-Identifier: Apache-2.0
// How joining makes rooms, and when it does not: presets, the token's own configuration, auto_create.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { makeToken, startServer } from '../support/server.mjs';
import { SignalClient } from './signal_client.mjs';

// How a join is refused.
async function refusal(server, token) {
  const answer = await SignalClient.join(server, makeToken(token)).catch(({ status, body }) => ({ status, body }));
  assert.ok(answer.status, 'it was let in');
  return answer;
}
const validate = async (server, token) => {
  const answer = await fetch(`${server.url}/rtc/validate?access_token=${makeToken(token)}`);
  return { status: answer.status, body: await answer.text() };
};

// The room as a newcomer is told of it.
async function roomOf(t, server, token) {
  const client = await SignalClient.join(server, makeToken(token));
  t.after(() => client.leave());
  return (await client.receive('join')).room;
}

test('rooms from presets and tokens', async (t) => {
  const server = await startServer({ args: ['--config-body', `
room:
  empty_timeout: 200
  max_participants: 50
  room_configurations:
    webinar: {empty_timeout: 60, departure_timeout: 7, max_participants: 2, metadata: preset}
`] });
  t.after(() => server.stop());

  await t.test('[S-085] a room has the defaults, over them the preset, over that the token\'s configuration', async (step) => {
    const plain = await roomOf(step, server, { room: 'plain', identity: 'a' });
    assert.deepEqual([plain.emptyTimeout, plain.departureTimeout, plain.maxParticipants, plain.metadata], [200, 20, 50, '']);
    const preset = await roomOf(step, server, { room: 'preset', identity: 'a', claims: { roomPreset: 'webinar' } });
    assert.deepEqual([preset.emptyTimeout, preset.departureTimeout, preset.maxParticipants, preset.metadata], [60, 7, 2, 'preset']);
    const both = await roomOf(step, server, { room: 'both', identity: 'a',
      claims: { roomPreset: 'webinar', roomConfig: { metadata: 'token', maxParticipants: 9, agents: [{ agentName: 'x' }] } } });
    assert.deepEqual([both.emptyTimeout, both.departureTimeout, both.maxParticipants, both.metadata], [60, 7, 9, 'token']);
  });

  await t.test('[S-085] a room that exists keeps its settings, whatever a later token says', async (step) => {
    await roomOf(step, server, { room: 'first', identity: 'a', claims: { roomConfig: { metadata: 'first' } } });
    const second = await roomOf(step, server, { room: 'first', identity: 'b', claims: { roomConfig: { metadata: 'second' } } });
    assert.equal(second.metadata, 'first');
  });

  await t.test('[S-085] an unknown preset is refused with a status that is no 404, and makes no room', async () => {
    const refused = await refusal(server, { room: 'odd', identity: 'a', claims: { roomPreset: 'nobody' } });
    assert.deepEqual(refused, { status: 500, body: 'connection closed by media: unknown room configuration nobody' });
  });

  await t.test('a token whose room configuration makes no sense is no token', async () => {
    const token = { room: 'odd', identity: 'a', claims: { roomConfig: { maxParticipants: 'many' } } };
    const expected = { status: 401, body: 'invalid authorization token: roomConfig: field maxParticipants has a wrong type' };
    assert.deepEqual(await refusal(server, token), expected);
    assert.deepEqual(await validate(server, token), expected);
  });

  await t.test('[S-083] the preset\'s limit keeps the third participant out, but not an agent', async (step) => {
    const token = (identity, claims = {}) => ({ room: 'limited', identity, claims: { roomPreset: 'webinar', ...claims } });
    await roomOf(step, server, token('a'));
    await roomOf(step, server, token('b'));
    const third = await refusal(server, token('c'));
    assert.equal(third.status, 500);
    assert.match(third.body, /^connection closed by media/);
    await roomOf(step, server, token('helper', { kind: 'agent' }));
  });
});

test('rooms that joining does not make', async (t) => {
  const server = await startServer({ args: ['--config-body', 'room: {auto_create: false}'] });
  t.after(() => server.stop());
  const missing = { status: 404, body: 'requested room does not exist' };

  await t.test('[S-084] a room that is not there is 404, for validate as well', async () => {
    assert.deepEqual(await refusal(server, { room: 'closed', identity: 'a' }), missing);
    assert.deepEqual(await validate(server, { room: 'closed', identity: 'a' }), missing);
  });

  await t.test('[S-084] a token that may create rooms makes it, and then others may join', async (step) => {
    const host = { room: 'closed', identity: 'host', video: { roomCreate: true } };
    assert.deepEqual(await validate(server, host), { status: 200, body: 'success' });
    await roomOf(step, server, host);
    assert.deepEqual(await validate(server, { room: 'closed', identity: 'a' }), { status: 200, body: 'success' });
    const room = await roomOf(step, server, { room: 'closed', identity: 'a' });
    assert.equal(room.name, 'closed');
  });
});
