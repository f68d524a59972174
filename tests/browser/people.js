// SPDX-License-Identifier: Apache-2.0
// Two people in a room, each with another browser and on another path of signalling; the two pairings are all four of
// {Chromium, Firefox} x {/rtc/v1, /rtc}, each of which sends to and receives from another one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { launchBrowser, launchFirefox, openClient } from './browser.js';

export const kPairings = [
  { title: 'Chromium on /rtc/v1, Firefox on /rtc', ada: ['chromium', true], ben: ['firefox', false] },
  { title: 'Firefox on /rtc/v1, Chromium on /rtc', ada: ['firefox', true], ben: ['chromium', false] },
].filter(({ title }) => title.includes(process.env.SFU_TEST_PAIRING ?? ''));

// All pairings at once, where most of a test is waiting.
export const testPairings = (title, body) => test(title, { concurrency: kPairings.length }, (t) =>
  Promise.all(kPairings.map((pairing) => t.test(pairing.title, (step) => body(step, pairing)))));

export async function launchBrowsers() {
  const [chromium, firefox] = await Promise.all([launchBrowser(), launchFirefox()]);
  return { chromium, firefox, close: () => Promise.all([chromium.close(), firefox.close()]) };
}

// Their pages; the test `t` closes them. `options` go to each join.
export async function openPair(t, browsers, server, pairing, options = {}) {
  const open = ([engine, single], name) => openClient(browsers[engine], server, name, { single, ...options });
  const [ada, ben] = await Promise.all([open(pairing.ada, 'ada'), open(pairing.ben, 'ben')]);
  Object.assign(ada, { engine: pairing.ada[0] });
  Object.assign(ben, { engine: pairing.ben[0] });
  t.after(async () => {
    await Promise.all([ada.close(), ben.close()]);
    for (const client of [ada, ben]) assert.deepEqual(client.errors, [], `${client.identity}'s page had errors`);
  });
  return { ada, ben, both: [[ada, ben], [ben, ada]] };
}

// Joins both, and waits until they see and hear each other.
export async function meet({ ada, ben, both }, room, picture = { width: 640, height: 360, fps: 10, codec: 'vp8' }) {
  await ada.join(room);
  await ben.join(room);
  await Promise.all(both.map(([viewer, sender]) => viewer.call('seesAndHears', sender.identity, picture, 20_000)));
  for (const client of [ada, ben]) {
    assert.equal(await client.call('isSingle'), client.options.single, `${client.identity} fell back to the other path`);
  }
}
