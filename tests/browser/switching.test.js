// SPDX-License-Identifier: Apache-2.0
// Layers that a subscriber asks for at random, of each codec that Chromium sends in layers: no picture stands still, nothing is
// decoded wrongly, and the publisher is asked for a key frame once for another size at most and never for another frame rate.
// Encoders leave pictures out, of VP9 also the largest size alone, or are late, most where the machine is slow: cleo, who always
// sees the largest at half the rate, then sees nothing new for longer too, and by so much others may stand still for longer.
// docs/media-quality.md has the figures of 200 switches (SFU_TEST_SWITCHES).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, openClient } from './browser.js';
import { makeRandom } from './impairment.js';
import { startServer } from '../support/server.mjs';

const kSwitches = Number(process.env.SFU_TEST_SWITCHES ?? 50);
const kSeed = Number(process.env.SFU_TEST_SEED ?? 20261129);
const kSoon = 20_000;
const kRate = 15;
const kCamera = { width: 960, height: 540, frameRate: kRate };  // of less, livekit-client makes fewer than three sizes
const kStill = 300;  // milliseconds without a new picture
const kLate = 150;  // of cleo's: one is late, or missing
const kQualities = ['LOW', 'MEDIUM', 'HIGH'];
const kFrameRates = { full: { fps: 30, interval: 1000 / kRate }, half: { fps: 7, interval: 2000 / kRate } };
const kSimulcast = { heights: [180, 360, 540] };  // livekit-client's presets
const kSvc = { scalability: 'L3T3_KEY', heights: [136, 270, 540] };
const kCases = {
  vp8: { temporal: true, ...kSimulcast },
  h264: { temporal: false, ...kSimulcast },  // Chromium sends H264 without temporal layers
  vp9: { temporal: true, ...kSvc },
  av1: { temporal: true, ...kSvc },
};
const kCodecs = (process.env.SFU_TEST_CODECS ?? Object.keys(kCases).join(',')).split(',');

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser({ ...kCamera, grain: 1 })]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// Another one than now: `{ spatial, rate }` of which one differs.
function pick(random, now, temporal) {
  const other = (values, value) => {
    const rest = values.filter((each) => each !== value);
    return rest[Math.floor(random() * rest.length)];
  };
  return temporal && random() < 0.5
    ? { ...now, rate: other(Object.keys(kFrameRates), now.rate) }
    : { ...now, spatial: other([0, 1, 2], now.spatial) };
}

for (const codec of kCodecs) {
  test(`[M-051] [M-056] [M-057] [M-059] ${kSwitches} switches of ${codec}, of seed ${kSeed}`, { timeout: 900_000 }, (t) => switchLayers(t, codec));
}

async function switchLayers(t, codec) {
  const { temporal, scalability, heights } = kCases[codec];
  const [ada, ben, cleo] = await Promise.all(['ada', 'ben', 'cleo'].map((name) => openClient(browser, server, name)));
  t.after(() => Promise.all([ada.close(), ben.close(), cleo.close()]));
  await ada.join(`switching-${codec}`, { codec, scalability, camera: kCamera, publish: ['camera'], bitrate: 1_200_000 });
  if (codec === 'vp8') await ada.call('setScalability', 'L1T3');
  for (const [viewer, limit] of [[ben, kStill], [cleo, kLate]]) {
    await viewer.join(`switching-${codec}`, { publish: [] });
    await viewer.call('hears', 'FirstFrame', { identity: 'ada' }, kSoon);
    await viewer.call('watchFrames', 'ada', limit);
  }
  const show = (viewer, { spatial, rate }) => viewer.call('switchTo', { quality: kQualities[spatial], fps: kFrameRates[rate].fps },
    { height: heights[spatial], interval: kFrameRates[rate].interval }, kSoon);
  const wait = (layer) => show(ben, layer);

  await show(cleo, { spatial: 2, rate: temporal ? 'half' : 'full' });
  let now = { spatial: 2, rate: 'full' };
  await wait(now);
  await ben.call('seesMore', 'ada', kSoon, 4 * kRate);  // until frame rates are known
  const random = makeRandom(kSeed);
  const before = await ben.call('framesSeen');
  const took = { spatial: [], rate: [] };
  const asked = { spatial: [], rate: [] };
  let count = await ada.call('keyframesAsked');
  for (let i = 0; i < kSwitches; ++i) {
    const next = pick(random, now, temporal);
    const kind = next.spatial === now.spatial ? 'rate' : 'spatial';
    took[kind].push(await wait(next));
    const after = await ada.call('keyframesAsked');
    asked[kind].push(after - count);
    [count, now] = [after, next];
  }
  const seen = await ben.call('framesSeen');
  const grown = (key) => seen[key] - before[key];
  const still = seen.still.slice(before.still.length);
  const { still: all } = await cleo.call('framesSeen');
  const times = (gaps) => gaps.map(({ interval }) => interval).join(', ') || 'never';
  // How much later than they should cleo's pictures of that time came: the encoder's doing.
  const usual = kFrameRates[temporal ? 'half' : 'full'].interval;
  const late = ({ interval, until }) => all.filter((gap) => gap.until > until - interval && gap.until - gap.interval < until)
    .reduce((sum, gap) => sum + gap.interval - usual, 0);
  const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const sum = (values) => values.reduce((total, value) => total + value, 0);
  for (const kind of ['spatial', 'rate']) {
    t.diagnostic(`${kind}: ${took[kind].length} switches, seen after ${median(took[kind]) ?? '-'} ms in the median; ` +
      `${sum(asked[kind])} key frames asked for, at most ${Math.max(0, ...asked[kind])} at once`);
  }
  t.diagnostic(`${grown('framesDecoded')} frames decoded, ${grown('framesDropped')} dropped, ` +
    `still for ${times(still)}, cleo for ${times(all)}; freezeCount ${grown('freezeCount')}, PLI of the subscriber ${grown('pliCount')}`);
  assert.deepEqual(still.filter((gap) => gap.interval - late(gap) > kStill), [], 'pictures stood still');
  assert.equal(grown('pliCount'), 0, 'the decoder lost its way');
  assert.ok(grown('framesReceived') - grown('framesDecoded') - grown('framesDropped') < kRate, 'frames that cannot be decoded');
  assert.ok(asked.spatial.every((each) => each <= 1), `key frames for each switch of size: ${asked.spatial}`);
  assert.equal(sum(asked.rate), 0, 'key frames for switches of the frame rate');
  for (const client of [ada, ben, cleo]) assert.deepEqual(client.errors, [], `${client.identity}'s page had errors`);
}
