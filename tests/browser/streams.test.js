// SPDX-License-Identifier: Apache-2.0
// Chat, streams of text and bytes, and remote calls, between Chromium and Firefox, on both paths of signalling.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startServer } from '../support/server.mjs';
import { launchBrowsers, openPair, testPairings } from './people.js';

const kSoon = 10_000;

let server;
let browsers;
before(async () => {
  [server, browsers] = await Promise.all([startServer(), launchBrowsers()]);
});
after(async () => {
  await browsers?.close();
  await server?.stop();
});

testPairings('[S-089] streams and calls', async (t, pairing) => {
  const { ada, ben, both } = await openPair(t, browsers, server, pairing, { publish: [] });
  for (const client of [ada, ben]) {
    await client.join(`streams-${pairing.ada[0]}`);
    await client.call('listen');
  }
  await ada.call('hears', 'ParticipantConnected', { identity: 'ben' }, kSoon);
  await exchange(t, both);
});

async function exchange(t, both) {
  // Takes the 8 seconds that livekit-client waits at least, while all the rest is tried.
  const dawdling = both.map(([caller, callee]) => caller.call('rpc', callee.identity, 'dawdle', '', 8000));

  await t.test('chat', async () => {
    for (const [to, from] of both) {
      await from.call('chat', `Good morning ${to.identity} \u{1f44b}`);
      await to.call('hears', 'Chat', { message: `Good morning ${to.identity} \u{1f44b}`, identity: from.identity }, kSoon);
    }
  });
  await t.test('text, of a few letters and of more than fits a message', async () => {
    for (const [to, from] of both) {
      for (const length of [1, 12, 60_000]) {
        const sent = await from.call('sendText', length, `mark ${length}`);
        await to.call('hears', 'Text', { ...sent, identity: from.identity }, kSoon);
      }
    }
  });
  await t.test('text for one is not for another', async () => {
    for (const [to, from] of both) {
      await from.call('sendText', 5, 'for nobody here', ['somebody else']);
      const sent = await from.call('sendText', 5, 'for you', [to.identity]);
      await to.call('hears', 'Text', { ...sent, identity: from.identity }, kSoon);
      // Streams are reliable and in order: what was sent before and is not here will not come.
      await assert.rejects(to.call('hears', 'Text', { mark: 'for nobody here' }, 0));
    }
  });
  await t.test('text as it is written', async () => {
    const pieces = ['It was ', 'a dark and ', 'stormy \u{1f329} night'];
    for (const [to, from] of both) {
      await from.call('streamText', pieces);
      await to.call('hears', 'LastPiece', { identity: from.identity }, kSoon);
      assert.equal((await to.logged('Piece')).map(({ piece }) => piece).join(''), pieces.join(''));
    }
  });
  await t.test('files', async () => {
    for (const [to, from] of both) {
      const sent = await from.call('sendFile', 300_000);
      await to.call('hears', 'Bytes', { ...sent, identity: from.identity }, 2 * kSoon);
    }
  });
  await t.test('calls are answered, short ones and long ones', async () => {
    for (const [callee, caller] of both) {
      assert.deepEqual(await caller.call('rpc', callee.identity, 'reverse', 'stressed'), { answer: `${caller.identity}: desserts` });
      const { answer } = await caller.call('rpc', callee.identity, 'reverse', 'ab'.repeat(7000));
      assert.equal(answer, `${caller.identity}: ${'ba'.repeat(7000)}`);
    }
  });
  await t.test('what the callee throws arrives as it is, and nothing else of it', async () => {
    for (const [callee, caller] of both) {
      assert.deepEqual(await caller.call('rpc', callee.identity, 'refuse', ''), { code: 4711, message: 'not today', data: 'come tomorrow' });
      const { code, message } = await caller.call('rpc', callee.identity, 'break', '');
      assert.equal(code, 1500);
      assert.doesNotMatch(message, /secret/);
    }
  });
  await t.test('calls of what nobody offers, and calls of nobody, fail', async () => {
    for (const [callee, caller] of both) {
      assert.equal((await caller.call('rpc', callee.identity, 'no such method', '')).code, 1400);
    }
  });
  await t.test('[S-092] frames of a data track arrive whole and in order, also those of many packets', async () => {
    for (const [to, from] of both) {
      await to.call('watchDataTracks');
      for (const length of [500, 40_000]) {
        const fields = { identity: from.identity, name: `track ${length}` };
        await from.call('publishDataTrack', fields.name, length);
        const { sid } = await to.call('hears', 'DataTrackPublished', fields, kSoon);
        await to.call('hears', 'Frame', { ...fields, length, intact: true, number: 20 }, kSoon);
        await from.call('unpublishDataTrack');
        await to.call('hears', 'DataTrackUnpublished', { sid }, kSoon);
        const frames = (await to.logged('Frame')).filter(({ name }) => name === fields.name);
        assert.ok(frames.every(({ intact }) => intact));
        assert.deepEqual(frames.map(({ number }) => number), frames.map(({ number }) => number).sort((a, b) => a - b));
      }
    }
  });
  await t.test('a call without an answer ends in time', async () => {
    for (const answer of await Promise.all(dawdling)) assert.equal(answer.code, 1502);
  });
}
