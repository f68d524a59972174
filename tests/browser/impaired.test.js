// SPDX-License-Identifier: Apache-2.0
// Two Chromium pages of which each reaches the server over a path that loses packets, both ways: how much of the sound had to
// be made up, and how often the picture stood still. docs/media-quality.md has the figures.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, openClient } from './browser.js';
import { startRelay } from './network.js';
import { startServer } from '../support/server.mjs';

const kSoon = 30_000;
const kSettle = 5;
const kSpan = Number(process.env.SFU_TEST_SECONDS ?? 20);
const kDelay = 20;  // each way, of each path
const kBitrate = 450_000;  // livekit-client's for this size
const kPicture = { width: 320, height: 180, fps: 1, codec: 'vp8' };

// At 5 %, and so at less. A picture that stands still now and then for some 200 ms is what two repairs after another take, or a
// machine with other work; one that stands still for seconds lacks repair.
const kMaxConcealed = 0.01;
const kMaxFrozen = 0.1;  // of the time
const kCases = (process.env.SFU_TEST_LOSS ?? '0.01,0.05,0.1,0.2').split(',').map((loss) => ({ loss: Number(loss), limited: loss <= 0.05 }));
const kPlayoutDelay = process.env.SFU_TEST_PLAYOUT_DELAY;  // room.playout_delay.min: pictures wait so long for their repairs

let server;
let browser;
before(async () => {
  const delay = kPlayoutDelay ? ['--room.playout_delay.enabled', 'true', '--room.playout_delay.min', kPlayoutDelay] : [];
  [server, browser] = await Promise.all([startServer({ args: ['--rtc.tcp_port', '0', ...delay] }), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// A page whose datagrams to and from the server go over a path of its own.
async function openBehind(t, identity, loss, seed) {
  const way = { loss, delay: kDelay };
  const relay = await startRelay(server.udpPort, { up: way, down: way, seed });
  t.after(() => relay.close());
  const client = await openClient(browser, server, identity);
  t.after(() => client.close());
  await client.call('redirect', server.udpPort, relay.port);
  return { client, relay };
}

const figures = ({ seconds, sound, picture }) => ({
  concealed: (sound.concealedSamples - sound.silentConcealedSamples) / sound.totalSamplesReceived,
  freezes: (60 * picture.freezeCount) / seconds,
  frozen: picture.totalFreezesDuration / seconds,
  framesPerSecond: picture.framesDecoded / seconds,
});

for (const { loss, limited } of kCases) {
  test(`[M-043] [M-060] ${100 * loss} % of the packets lost each way, on both paths`, async (t) => {
    const [ada, ben] = await Promise.all([openBehind(t, 'ada', loss, 1), openBehind(t, 'ben', loss, 2)]);
    await Promise.all([ada.client.join(`lossy-${loss}`, { bitrate: kBitrate }), ben.client.join(`lossy-${loss}`, { publish: [] })]);
    await ben.client.call('seesAndHears', 'ada', kPicture, kSoon);
    assert.equal(await ada.client.call('sendsSoundAs'), 'audio/red');
    await ben.client.call('hearsSeconds', 'ada', kSettle);
    const seen = await ben.client.call('observeSeconds', 'ada', kSpan);
    const { concealed, freezes, frozen, framesPerSecond } = figures(seen);
    const { sound, picture } = seen;
    t.diagnostic(`concealed ${(100 * concealed).toFixed(2)} %, ${freezes.toFixed(1)} freezes a minute, ${framesPerSecond.toFixed(1)} frames/s ` +
      `of ${picture.width}x${picture.height}, NACK ${picture.nackCount}, PLI ${picture.pliCount}, ` +
      `packets of sound ${sound.packetsReceived} and ${sound.packetsLost} lost, NACK ${sound.nackCount}, blocks of redundancy ${sound.fecPacketsReceived} of which ${sound.fecPacketsDiscarded} not needed, ` +
      `frozen ${picture.totalFreezesDuration.toFixed(2)} s, key frames ${picture.keyFramesDecoded}`);
    for (const { relay } of [ada, ben]) {
      for (const path of [relay.up, relay.down]) assert.ok(path.lost > 0, 'nothing was lost');
    }
    assert.ok(picture.framesDecoded > 0, 'no picture');
    assert.ok(sound.totalAudioEnergy > 0.0001, 'no sound');
    if (limited) {
      assert.ok(concealed < kMaxConcealed, `${100 * concealed} % of the sound was made up`);
      assert.ok(frozen < kMaxFrozen, `the picture stood still for ${100 * frozen} % of the time`);
      assert.equal(picture.pliCount, 0, 'what was lost was not repaired');
    }
    for (const { client } of [ada, ben]) assert.deepEqual(client.errors, [], `${client.identity}'s page had errors`);
  });
}
