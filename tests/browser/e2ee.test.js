// SPDX-License-Identifier: Apache-2.0
// Encryption from end to end with livekit-client's worker, between Chromium and Firefox, on both paths of signalling: media
// and messages pass the server, which like anybody else without the key can make nothing of them.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before } from 'node:test';
import { startServer } from '../support/server.mjs';
import { openClient } from './browser.js';
import { launchBrowsers, meet, openPair, testPairings } from './people.js';

const kSoon = 10_000;
const kAlike = 0.9;
const kCamera = { width: 320, height: 180, frameRate: 15 };
const kSecret = { secret: 'what only ada and ben know' };

let server;
let browsers;
let worker;
before(async () => {
  worker = await readFile(new URL('node_modules/livekit-client/dist/livekit-client.e2ee.worker.js', import.meta.url), 'utf8');
  [server, browsers] = await Promise.all([startServer(), launchBrowsers()]);
});
after(async () => {
  await browsers?.close();
  await server?.stop();
});

testPairings('encryption from end to end', keepSecrets);

async function keepSecrets(t, pairing) {
  const pair = await openPair(t, browsers, server, pairing, { ...kSecret, worker, camera: kCamera });
  const { both } = pair;
  const room = `e2ee-${pairing.ada[0]}`;
  // Chromium films somebody; Firefox's picture is of one colour, and would look alike anywhere.
  const [viewer, filmed] = both.find(([, sender]) => sender.engine === 'chromium');

  await t.test('media of both is seen and heard by who has the key', async () => {
    await meet(pair, room, { ...kCamera, fps: 5, codec: 'vp8' });
    for (const [client, sender] of both) {
      await client.call('hears', 'ParticipantEncryptionStatusChanged', { identity: sender.identity, value: true }, kSoon);
      assert.deepEqual(await client.logged('EncryptionError'), []);
    }
    const likeness = correlation(await viewer.call('picture', filmed.identity), await filmed.call('picture'));
    assert.ok(likeness > kAlike, `what is seen resembles what was filmed by ${likeness.toFixed(2)}`);
  });
  await t.test('messages arrive too', async () => {
    for (const [to, from] of both) {
      await from.call('send', `a secret of ${from.identity}`, true);
      await to.call('hears', 'Data', { text: `a secret of ${from.identity}`, identity: from.identity }, kSoon);
    }
  });
  for (const [who, key] of [['no key', {}], ['another key', { secret: 'a guess', worker }]]) {
    await t.test(`who has ${who} is sent media and messages, and sees nothing`, async () => {
      const eve = await openClient(browsers.chromium, server, 'eve', { publish: [], single: pairing.ada[1], ...key });
      await eve.join(room);
      await Promise.all(both.map(([, sender]) => eve.call('receivesMore', sender.identity, 'camera', kSoon)));
      for (const [, sender] of both) await sender.call('send', 'another secret', true);
      await Promise.all(both.map(([, sender]) => eve.call('receivesMore', sender.identity, 'microphone', kSoon)));
      const seen = await eve.call('picture', filmed.identity);
      // A decoder may make some picture of anything, which may have a shade in common with what was filmed.
      const likeness = seen ? correlation(seen, await filmed.call('picture')) : 0;
      assert.ok(likeness < kAlike - 0.1, `what eve sees resembles what was filmed by ${likeness.toFixed(2)}`);
      assert.deepEqual(await eve.logged('Data'), []);
      await eve.call('leave');
      await eve.close();
    });
  }
}

// Of two pictures' brightness, 1 if they are the same and about 0 if they have nothing to do with each other.
function correlation(left, right) {
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [left, right].map((values) => values.map((value) => value - mean(values)));
  const dot = (x, y) => x.reduce((sum, value, at) => sum + value * y[at], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b) || 1);
}
