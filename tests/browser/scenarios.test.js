// SPDX-License-Identifier: Apache-2.0
// What people do in a room beyond calling each other, between Chromium and Firefox, on both paths of signalling. Each
// step goes both ways, so that each browser does it on each path to the other browser on the other path. [S-095] names
// Safari too, which runs on no machine of this kind: offers in its form are answered in lib/peer's tests.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { openClient } from './browser.js';
import { kPairings, launchBrowsers, meet, openPair } from './people.js';

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

for (const pairing of kPairings) test(`[S-095] ${pairing.title}`, (t) => share(t, pairing));

async function share(t, pairing) {
  const pair = await openPair(t, browsers, server, pairing);
  const { both } = pair;
  const room = `scenarios-${pairing.ada[0]}`;
  await t.test('join, publish and subscribe', () => meet(pair, room));

  await t.test('both are told who speaks, and how good the connection is', async () => {
    await Promise.all(both.flatMap(([viewer, speaker]) => [
      viewer.call('waitSpeaking', speaker.identity, kSoon),
      viewer.call('waitSpeaking', viewer.identity, kSoon),
      viewer.call('hasQuality', speaker.identity, kSoon),
      viewer.call('hasQuality', undefined, kSoon),
    ]));
  });

  await t.test('simulcast: each layer that is asked for is the one that arrives', async () => {
    await Promise.all(both.map(async ([viewer, sender]) => {
      await sender.call('waitSendingHeights', [180, 360], 2 * kSoon);
      for (const [quality, height] of [['LOW', { upTo: 180 }], ['HIGH', { above: 180 }]]) {
        await viewer.call('setQuality', sender.identity, quality);
        await viewer.call('seesHeight', sender.identity, 'camera', height, kSoon);
      }
    }));
  });

  await t.test('[S-048] who mutes and unmutes is seen to do so, and heard again', async () => {
    for (const [viewer, sender] of both) {
      for (const [on, event] of [[false, 'TrackMuted'], [true, 'TrackUnmuted']]) {
        const at = await sender.call('setMicrophone', on);
        await viewer.call('hears', event, { identity: sender.identity, source: 'microphone' }, kSoon, at);
      }
      await viewer.call('hearsMore', sender.identity, kSoon);
    }
  });

  await t.test('a screen is shared beside the camera, and taken away', async () => {
    for (const [viewer, sender] of both) {
      if (sender.engine === 'firefox') await sender.call('drawScreen');
      await sender.call('shareScreen', true);
      const subscribed = await viewer.call('hears', 'TrackSubscribed', { identity: sender.identity, source: 'screen_share' }, kSoon);
      await viewer.call('hears', 'FirstFrame', { identity: sender.identity, sid: subscribed.sid }, kSoon);
      await sender.call('shareScreen', false);
      await viewer.call('hears', 'TrackUnsubscribed', { identity: sender.identity, source: 'screen_share' }, kSoon);
    }
  });

  await t.test('[S-067] [S-068] name, metadata and attributes are seen by the other', async () => {
    for (const [viewer, sender] of both) {
      await sender.call('setAttributes', { mood: 'good', place: 'home' });
      await sender.call('setAttributes', { mood: '', seat: '7' });
      await sender.call('setNameAndMetadata', `${sender.identity} of the test`, '{"a":1}');
      await viewer.call('waitProfile', sender.identity, {
        name: `${sender.identity} of the test`, metadata: '{"a":1}', attributes: { place: 'home', seat: '7' },
      }, kSoon);
    }
  });

  await t.test('[S-050] a picture is given up, and asked for again', async () => {
    await Promise.all(both.map(async ([viewer, sender]) => {
      const fields = { identity: sender.identity, source: 'camera' };
      const at = await viewer.call('setSubscribed', sender.identity, 'camera', false);
      await viewer.call('hears', 'TrackUnsubscribed', fields, kSoon, at);
      const again = await viewer.call('setSubscribed', sender.identity, 'camera', true);
      const { sid } = await viewer.call('hears', 'TrackSubscribed', fields, kSoon, again);
      await viewer.call('hears', 'FirstFrame', { identity: sender.identity, sid }, kSoon, again);
    }));
  });

  await t.test('[S-054] who may subscribe is the choice of the publisher, and changes in flight', async () => {
    for (const [viewer, sender] of both) {
      const fields = { identity: sender.identity, source: 'camera' };
      const closed = await sender.call('allow', false, ['somebody else']);
      await viewer.call('hears', 'TrackSubscriptionPermissionChanged', { ...fields, value: 'not_allowed' }, kSoon, closed);
      await viewer.call('hears', 'TrackUnsubscribed', fields, kSoon, closed);
      const opened = await sender.call('allow', false, [viewer.identity]);
      await viewer.call('hears', 'TrackSubscriptionPermissionChanged', { ...fields, value: 'allowed' }, kSoon, opened);
      const { sid } = await viewer.call('hears', 'TrackSubscribed', fields, kSoon, opened);
      await viewer.call('hears', 'FirstFrame', { identity: sender.identity, sid }, kSoon, opened);
      await sender.call('allow', true);
    }
  });

  await t.test('a third in the room sees both, and they hear when she comes and goes', async () => {
    // Who only looks on is announced with the next batch; who sends, at once.
    const carol = await openClient(browsers.firefox, server, 'carol', { publish: ['microphone'] });
    await carol.join(room);
    await Promise.all([pair.ada, pair.ben].map((client) => client.call('hearsMore', 'carol', kSoon)));
    await Promise.all(['ada', 'ben'].map((name) => carol.call('hears', 'FirstFrame', { identity: name }, kSoon)));
    await carol.call('leave');
    await Promise.all([pair.ada, pair.ben].map((client) => client.call('hears', 'ParticipantDisconnected', { identity: 'carol' }, kSoon)));
    await carol.close();
  });
}
