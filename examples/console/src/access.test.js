// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Access, readToken } from './access.js';

const seconds = () => Math.floor(Date.now() / 1000);
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const tokenOf = (video, expires = seconds() + 600) => `${encode({ alg: 'HS256' })}.${encode({ exp: expires, name: 'Zoë', video })}.c2VhbA`;

function storage() {
  const values = new Map();
  return { getItem: (key) => values.get(key) ?? null, setItem: (key, value) => values.set(key, value) };
}
const nobody = async () => { throw new Error('no tokens here'); };

test('a token is read whatever the case of its grants, and what is none is said to be none', () => {
  assert.deepEqual(readToken(` ${tokenOf({ RoomList: true }, 5)}\n`).grants, { roomlist: true });
  assert.equal(readToken(tokenOf({}, 5)).expires, 5);
  for (const text of ['', 'hello', 'a.b.c', `a.${encode('text').slice(1)}.c`]) assert.throws(() => readToken(text), /not an access token/, text);
});

test('each call gets the token that allows it', async () => {
  const access = new Access(storage(), nobody);
  const all = tokenOf({ roomList: true, roomCreate: true });
  const lounge = tokenOf({ roomAdmin: true, room: 'lounge', destinationRoom: 'attic' });
  const foyer = tokenOf({ roomAdmin: true, room: 'foyer' });
  for (const token of [all, lounge, foyer]) access.add(token);
  assert.equal(await access.tokenFor({ list: true }), all);
  assert.equal(await access.tokenFor({ create: true }), all);
  assert.equal(await access.tokenFor({ room: 'foyer' }), foyer);
  assert.equal(await access.tokenFor({ room: 'lounge', destination: 'attic' }), lounge);
  assert.equal(access.can({ room: 'foyer', destination: 'attic' }), false);
  await assert.rejects(access.tokenFor({ room: 'attic' }), /roomAdmin for the room attic is needed/);
  await assert.rejects(access.tokenFor({ room: 'foyer', destination: 'lounge' }), /destinationRoom lounge/);
});

test('tokens come from the fragment, stay for the life of the tab, and go when they are told to', () => {
  const kept = storage();
  const access = new Access(kept, nobody);
  const rest = access.takeFrom(`#room=lounge&token=${tokenOf({ roomList: true })}&token=${tokenOf({ roomAdmin: true, room: 'lounge' })}`);
  assert.equal(rest.toString(), 'room=lounge');
  const again = new Access(kept, nobody);
  assert.equal(again.tokens.length, 2);
  assert.equal(again.can({ room: 'lounge' }), true);
  again.remove(again.tokens[1]);
  assert.equal(again.can({ room: 'lounge' }), false);
  again.forgetAll();
  assert.equal(new Access(kept, nobody).tokens.length, 0);
});

test('a token that has expired is neither taken nor used', async () => {
  const access = new Access(storage(), nobody);
  assert.throws(() => access.add(tokenOf({ roomList: true }, seconds() - 1)), /expired/);
  access.add(tokenOf({ roomList: true }, seconds() + 30));
  assert.equal(access.can({ list: true }), false);
});

test('a server in development mode is asked once for each need', async () => {
  const asked = [];
  const access = new Access(storage(), async (need) => {
    asked.push(need);
    return tokenOf({ roomList: true, roomCreate: true, roomAdmin: need.room !== undefined, room: need.room, destinationRoom: need.destination });
  });
  assert.equal(await access.tryDevelopment(), true);
  assert.equal(access.can({ room: 'anything' }), true);
  await access.tokenFor({ list: true });
  await access.tokenFor({ room: 'a' });
  await access.tokenFor({ room: 'a' });
  await access.tokenFor({ room: 'a', destination: 'b' });
  assert.deepEqual(asked, [{}, { room: 'a' }, { room: 'a', destination: 'b' }]);
  assert.equal(await new Access(storage(), nobody).tryDevelopment(), false);
});
