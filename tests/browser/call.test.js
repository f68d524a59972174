// SPDX-License-Identifier: Apache-2.0
// Calls between Chromium pages, once for each video codec and each way of signalling. The steps of a call build on each
// other, so they are subtests in order.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, openClient } from './browser.js';
import { startServer } from '../support/server.mjs';

const kCodecs = (process.env.SFU_TEST_CODECS ?? 'vp8,vp9,h264,av1').split(',');
const kModes = { 'one peer connection (/rtc/v1)': true, 'two peer connections (/rtc)': false };
const kPicture = { width: 640, height: 360, fps: 15 };
const kSoon = 20_000;  // for what has no limit of its own

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

for (const [mode, single] of Object.entries(kModes)) {
  for (const codec of kCodecs) {
    test(`a call in ${codec} over ${mode}`, (t) => meet(t, codec, single));
  }
}

async function meet(t, codec, single) {
  const room = `call-${codec}-${single ? 'v1' : 'v0'}-${process.pid}`;
  const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((name) => openClient(browser, server, name)));
  t.after(() => Promise.all([alice, bob, carol].map((client) => client.close())));
  const options = { single, codec };
  assert.ok(await alice.call('canEncode', codec), `this Chromium cannot encode ${codec}`);

  // What browsers take for a first picture without a server: where that is long, the machine has little time for them, and the
  // limits below are as much further.
  const idle = await carol.call('seesItself', codec);
  t.diagnostic(`without a server: first picture after ${idle} ms`);

  let joined;
  await t.test('two people see and hear each other within 5 s of joining', async (step) => {
    await alice.join(room, options);
    joined = await bob.join(room, options);
    const seen = await Promise.all([[alice, bob], [bob, alice]].map(([viewer, sender]) =>
      viewer.call('seesAndHears', sender.identity, { ...kPicture, codec }, kSoon).catch(async (error) => {
        throw new Error(`${error.message}\n${sender.identity} sends ${(await sender.call('sending')).join('; ')}`);
      })));
    for (const [index, each] of seen.entries()) {
      step.diagnostic(`${['alice', 'bob'][index]}: ${each.width}x${each.height} at ${each.fps} fps after ${Math.round(each.at - joined)} ms`);
      assert.ok(each.at - joined < 5000 + 10 * idle, `took ${Math.round(each.at - joined)} ms`);
    }
    assert.equal(await alice.call('isSingle'), single, 'signalling fell back to the other mode');
  });
  if (!joined) return;  // nothing below can be tried

  await t.test('the estimate of the publisher climbs past 1 Mbit/s within 15 s', async (step) => {
    const estimates = await Promise.all([alice, bob].map((client) => client.call('estimateAbove', 1_000_000, joined + 15_000 + 20 * idle)));
    step.diagnostic(estimates.map(({ bitrate, at }) => `${Math.round(bitrate / 1000)} kbit/s after ${Math.round(at - joined)} ms`).join(', '));
  });

  await t.test('media is sealed with AEAD GCM', { skip: !server.ours && 'a choice of this server' }, async () => {
    for (const client of [alice, bob]) assert.match(await client.call('srtpCipher'), /AEAD_AES_(128|256)_GCM/);
  });

  for (const reliable of [true, false]) {
    await t.test(`${reliable ? 'reliable' : 'lossy'} data arrives both ways`, async () => {
      for (const [from, to] of [[alice, bob], [bob, alice]]) {
        const text = `${reliable} from ${from.identity}`;
        await from.call('send', text, reliable);
        await to.call('hears', 'Data', { text, identity: from.identity, reliable, topic: 'test' }, kSoon);
      }
    });
  }

  await t.test('a third who joins mid-call decodes a picture within 1 s of each subscription', async (step) => {
    const without = await carol.call('seesItself', codec);  // while the two send
    step.diagnostic(`without a server: first picture after ${without} ms`);
    await carol.join(room, options);
    for (const identity of ['alice', 'bob']) {
      const subscribed = await carol.call('hears', 'TrackSubscribed', { identity, source: 'camera' }, kSoon);
      const first = await carol.call('hears', 'FirstFrame', { identity, sid: subscribed.sid }, kSoon);
      step.diagnostic(`${identity}: first picture after ${Math.round(first.at - subscribed.at)} ms`);
      assert.ok(first.at - subscribed.at < 1000 + 3 * without, `${identity}: first picture after ${Math.round(first.at - subscribed.at)} ms`);
    }
    await alice.call('hears', 'FirstFrame', { identity: 'carol' }, 2 * kSoon);
  });

  await t.test('data for one person reaches only that person', async () => {
    await alice.call('send', 'for carol', true, ['carol']);
    await alice.call('send', 'for all', true);
    await carol.call('hears', 'Data', { text: 'for carol' }, kSoon);
    await bob.call('hears', 'Data', { text: 'for all' }, kSoon);
    // Reliable data is in order: what was sent first and had not come before "for all" will not come.
    await assert.rejects(bob.call('hears', 'Data', { text: 'for carol' }, 0));
  });

  await t.test('mute and unmute are seen by the others', async () => {
    for (const [on, event] of [[false, 'TrackMuted'], [true, 'TrackUnmuted']]) {
      const at = await alice.call('setMicrophone', on);
      for (const other of [bob, carol]) await other.call('hears', event, { identity: 'alice', source: 'microphone' }, kSoon, at);
    }
  });

  await t.test('camera off and on is seen by the others', async () => {
    const off = await alice.call('setCamera', false);
    for (const other of [bob, carol]) await other.call('hears', 'TrackMuted', { identity: 'alice', source: 'camera' }, kSoon, off);
    const on = await alice.call('setCamera', true);
    await Promise.all([bob, carol].map(async (other) => {
      await other.call('hears', 'TrackUnmuted', { identity: 'alice', source: 'camera' }, kSoon, on);
      await other.call('seesMore', 'alice', kSoon);
    }));
  });

  await t.test('an unpublished camera is gone for the others', async () => {
    const at = await alice.call('unpublish', 'camera');
    for (const other of [bob, carol]) {
      await other.call('hears', 'TrackUnpublished', { identity: 'alice', source: 'camera' }, kSoon, at);
      assert.equal(await other.call('has', 'alice', 'camera'), false);
      assert.equal(await other.call('has', 'alice', 'microphone'), true);
    }
  });

  await t.test('a camera published again is seen', async () => {
    await alice.call('setCamera', true);
    await Promise.all([bob, carol].map(async (other) => {
      await other.call('seesMore', 'alice', 2 * kSoon);
    }));
  });

  await t.test('when one leaves, the others know within 1 s, and their call goes on', async (step) => {
    const left = await carol.call('leave');
    for (const other of [alice, bob]) {
      const event = await other.call('hears', 'ParticipantDisconnected', { identity: 'carol' }, kSoon, left);
      step.diagnostic(`${other.identity} knew after ${Math.round(event.at - left)} ms`);
      assert.ok(event.at - left < 1000 + 3 * idle, `${other.identity} knew after ${Math.round(event.at - left)} ms`);
      assert.equal((await other.call('identities')).includes('carol'), false);
    }
    await Promise.all([alice.call('seesMore', 'bob', kSoon), bob.call('seesMore', 'alice', kSoon)]);
  });

  for (const client of [alice, bob, carol]) assert.deepEqual(client.errors, [], `${client.identity}'s page had errors`);
}
