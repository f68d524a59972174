// SPDX-License-Identifier: Apache-2.0
// What somebody may do changes while they are in the room, between Chromium and Firefox, on both paths of signalling.
import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { startOperator } from '../support/operator.mjs';
import { launchBrowsers, meet, openPair, testPairings } from './people.js';

const kSoon = 10_000;
const kAll = ['publish', 'subscribe', 'data'];
const kCamera = { width: 320, height: 180, frameRate: 15 };

let server;
let browsers;
before(async () => {
  [server, browsers] = await Promise.all([startOperator(), launchBrowsers()]);
});
after(async () => {
  await browsers?.close();
  await server?.stop();
});

testPairings('[S-069] permissions', permit);

async function permit(t, pairing) {
  const pair = await openPair(t, browsers, server, pairing, { camera: kCamera });
  const room = `permissions-${pairing.ada[0]}`;
  await meet(pair, room, { ...kCamera, fps: 5, codec: 'vp8' });
  // Gives the time before which nothing can have happened.
  const may = async (client, ...rights) => {
    const at = await client.call('now');
    await server.permit(room, client.identity, ...rights);
    await client.call('hears', 'ParticipantPermissionsChanged', { identity: client.identity }, kSoon, at);
    return at;
  };

  for (const [other, client] of pair.both) {
    const camera = { identity: client.identity, source: 'camera' };
    await t.test(`${client.engine} may not film any more: the picture goes, the sound stays`, async () => {
      const at = await may(client, ...kAll, 'microphone');
      await client.call('hears', 'LocalTrackUnpublished', { source: 'camera' }, kSoon, at);
      await other.call('hears', 'TrackUnsubscribed', camera, kSoon, at);
      await other.call('hears', 'TrackUnpublished', camera, kSoon, at);
      await other.call('hearsMore', client.identity, kSoon);
    });
    await t.test(`${client.engine} may film again, and does`, async () => {
      const at = await may(client, ...kAll);
      await client.call('publish', 'camera', kCamera);
      const { sid } = await other.call('hears', 'TrackSubscribed', camera, kSoon, at);
      await other.call('hears', 'FirstFrame', { identity: client.identity, sid }, kSoon, at);
    });
    await t.test(`${client.engine} may not subscribe for a while`, async () => {
      const closed = await may(client, 'publish', 'data');
      for (const source of ['camera', 'microphone']) {
        await client.call('hears', 'TrackUnsubscribed', { identity: other.identity, source }, kSoon, closed);
      }
      await other.call('seesMore', client.identity, kSoon);
      const opened = await may(client, ...kAll);
      const { sid } = await client.call('hears', 'TrackSubscribed', { identity: other.identity, source: 'camera' }, kSoon, opened);
      await client.call('hears', 'FirstFrame', { identity: other.identity, sid }, kSoon, opened);
      await client.call('hearsMore', other.identity, kSoon);
    });
    await t.test(`[S-090] ${client.engine} may not send data for a while`, async () => {
      await may(client, 'publish', 'subscribe');
      await client.call('send', 'unheard', true);
      // Pictures go the same way: when some have come, it has passed.
      await other.call('seesMore', client.identity, kSoon);
      await may(client, ...kAll);
      await client.call('send', 'heard', true);
      await other.call('hears', 'Data', { text: 'heard', identity: client.identity }, kSoon);
      assert.deepEqual((await other.logged('Data')).filter(({ text }) => text === 'unheard'), []);
    });
  }
}
