// SPDX-License-Identifier: Apache-2.0
// How the web pages are served: the files of a folder and no others, and tokens in development mode only.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { call } from './twirp.mjs';

const kKeys = ['--keys', 'devkey: secretsecretsecretsecretsecretsecret'];

let folder;
before(async () => {
  folder = await mkdtemp(`${tmpdir()}/sfu-pages-`);
  await mkdir(`${folder}/page`);
  await writeFile(`${folder}/page/index.html`, '<title>page</title>');
  await writeFile(`${folder}/secret.txt`, 'secret');
});
after(() => rm(folder, { recursive: true, force: true }));

async function withServer(options, body) {
  const server = await startServer(options);
  try {
    await body(server, (path) => fetch(`${server.url}${path}`, { redirect: 'manual' }));
  } finally {
    await server.stop();
  }
}
const tokenFrom = async (answer) => (await answer.json()).token;

test('a page is at its path, and nothing but what is in its folder', { skip: Boolean(process.env.SFU_TEST_URL) }, async () => {
  await withServer({ args: ['--meet-dir', `${folder}/page`, '--console-dir', `${folder}/page`] }, async (server, get) => {
    for (const path of ['/meet', '/console']) {
      const redirect = await get(path);
      assert.deepEqual([redirect.status, redirect.headers.get('location')], [302, `${path}/`]);
      for (const name of ['', 'index.html']) {
        const answer = await get(`${path}/${name}`);
        assert.deepEqual([answer.status, answer.headers.get('content-type'), await answer.text()],
          [200, 'text/html; charset=utf-8', '<title>page</title>']);
      }
      for (const name of ['secret.txt', '%2e%2e/secret.txt', '..%2fsecret.txt', '%2e%2e%2fsecret.txt', 'page/index.html']) {
        assert.equal((await get(`${path}/${name}`)).status, 404, name);
      }
    }
    // No other page may show the console in a frame, and have people press its buttons unknowingly.
    assert.match((await get('/console/')).headers.get('content-security-policy'), /frame-ancestors 'none'/);
    assert.equal((await get('/meet/')).headers.get('content-security-policy'), null);
  });
});

test('in development mode the console is given tokens for all that it does', { skip: Boolean(process.env.SFU_TEST_URL) }, async () => {
  await withServer({ args: ['--meet-dir', `${folder}/page`, '--console-dir', `${folder}/page`] }, async (server, get) => {
    const general = await tokenFrom(await get('/console/token'));
    assert.equal((await call(server, 'CreateRoom', { name: 'a room' }, { token: general })).status, 200);
    assert.equal((await call(server, 'ListRooms', {}, { token: general })).json.rooms[0].name, 'a room');
    assert.equal((await call(server, 'ListParticipants', { room: 'a room' }, { token: general })).status, 401);
    const forRoom = await tokenFrom(await get('/console/token?room=a+room&destination=attic'));
    assert.equal((await call(server, 'ListParticipants', { room: 'a room' }, { token: forRoom })).status, 200);
    const move = { room: 'a room', identity: 'nobody', destination_room: 'attic' };
    assert.equal((await call(server, 'MoveParticipant', move, { token: forRoom })).json.code, 'unavailable');
    // Those of the meeting page are for people, and are for nothing else.
    assert.equal((await get('/meet/token')).status, 400);
    const person = await tokenFrom(await get('/meet/token?room=a+room&identity=ada'));
    assert.equal((await call(server, 'ListRooms', {}, { token: person })).status, 401);
    assert.equal((await call(server, 'ListParticipants', { room: 'a room' }, { token: person })).status, 401);
  });
});

test('with keys of its own a server shows the console to whoever has a token, and gives none', { skip: Boolean(process.env.SFU_TEST_URL) }, async () => {
  await withServer({ development: false, args: [...kKeys, '--console-dir', `${folder}/page`] }, async (server, get) => {
    assert.equal((await get('/console/')).status, 200);
    assert.equal((await get('/console/token')).status, 404);
    assert.equal((await get('/meet/')).status, 404);
    assert.equal((await call(server, 'ListRooms', {})).status, 401);
  });
  await withServer({ development: false, args: kKeys }, async (server, get) => {
    assert.equal((await get('/console/')).status, 404);
  });
});
