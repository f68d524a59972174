// SPDX-License-Identifier: Apache-2.0
// Who gets in beyond a good token: revoked tokens, two of one identity, and a host that decides for itself. None of this
// is in LiveKit's server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RoomServiceClient } from 'livekit-server-sdk';
import { startOperator } from '../support/operator.mjs';
import { makeToken, startServer } from '../support/server.mjs';
import { SignalClient } from './signal_client.mjs';
import { refusal } from './twirp.mjs';

const refused = (server, token) => SignalClient.join(server, token).then(() => 'it was let in', ({ status, body }) => `${status} ${body}`);
const validate = async (server, token) => {
  const response = await fetch(`${server.url}/rtc/validate?access_token=${token}`);
  return `${response.status} ${await response.text()}`;
};
const secondsNow = () => Math.floor(Date.now() / 1000);

test('RemoveParticipant revokes the tokens that were made before its revoke_token_ts', async (t) => {
  const server = await startServer();
  t.after(() => server.stop());
  const api = new RoomServiceClient(server.url, 'devkey', 'secret', { failover: false });
  const old = makeToken({ room: 'hall', identity: 'ada', video: { roomAdmin: true } });
  const ada = await SignalClient.join(server, old);
  await ada.receive('join');
  const theirs = await ada.receive('refreshToken');  // the server's own for her are none the better
  const mark = secondsNow() + 1;
  await api.removeParticipant('hall', 'ada', { revokeTokenTs: BigInt(mark) });
  assert.equal((await ada.receive('leave')).reason, 4);  // PARTICIPANT_REMOVED
  const kRevoked = '401 invalid authorization token: token is revoked';
  for (const token of [old, theirs]) {
    assert.equal(await refused(server, token), kRevoked);
    assert.equal(await validate(server, token), kRevoked);
  }
  assert.deepEqual(await refusal(server, 'ListParticipants', { room: 'hall' }, { token: old }), [401, undefined, kRevoked.slice(4)]);
  for (const token of [makeToken({ room: 'yard', identity: 'ada' }), makeToken({ room: 'hall', identity: 'ben' })]) {
    assert.equal(await validate(server, token), '200 success', 'another room, another participant');
  }
  const fresh = await SignalClient.join(server, makeToken({ room: 'hall', identity: 'ada', now: mark + 5 }));  // nbf is 5 s before
  await fresh.receive('join');
  await fresh.leave();
});

test('room.duplicate_identity: refuse keeps the one who is there', async (t) => {
  const server = await startServer({ args: ['--room.duplicate_identity=refuse'] });
  t.after(() => server.stop());
  const token = makeToken({ room: 'hall', identity: 'ada' });
  const first = await SignalClient.join(server, token);
  await first.receive('join');
  assert.equal(await refused(server, token), '409 ada is in the room already');
  assert.equal(await validate(server, token), '409 ada is in the room already');
  assert.ok(await first.ping(), 'the first one is still there');
  await first.leave();
  const second = await SignalClient.join(server, token);
  await second.receive('join');
  await second.leave();
});

test('a host decides who comes in, and what they may', async (t) => {
  const server = await startOperator();
  t.after(() => server.stop());
  const guest = await SignalClient.join(server, makeToken({ room: 'hall', identity: 'guest' }));
  assert.equal((await guest.receive('join')).participant.permission.canPublish, true);
  const banned = makeToken({ room: 'hall', identity: 'banned-1' });
  assert.equal(await refused(server, banned), '403 banned-1 from 127.0.0.1 is not welcome among 1');
  assert.equal(await validate(server, banned), '403 banned-1 from 127.0.0.1 is not welcome among 1');
  const listener = await SignalClient.join(server, makeToken({ room: 'hall', identity: 'listener-1' }));
  assert.equal((await listener.receive('join')).participant.permission.canPublish, false);
  const claims = JSON.parse(Buffer.from((await listener.receive('refreshToken')).split('.')[1], 'base64url'));
  assert.equal(claims.video.canPublish, false);
  await Promise.all([guest.leave(), listener.leave()]);
});
