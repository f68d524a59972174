// SPDX-License-Identifier: Apache-2.0
// How soon somebody who comes late sees the camera of somebody who has been there: after subscribing, and after joining.
// docs/media-quality.md has the figures; the exact bound is [M-080] in lib/media, where time is virtual.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, openClient } from './browser.js';
import { startServer } from '../support/server.mjs';

const kPeople = 20;
const kSoon = 10_000;
const kLimit = 2000;  // generous: other programs run on the machine too
const kCamera = { width: 640, height: 360, frameRate: 20 };

let server;
let browser;
before(async () => {
  [server, browser] = await Promise.all([startServer(), launchBrowser()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// Milliseconds from what `begin` does, and tells the moment of, to the first picture that is shown: of so many people, one after
// another in the same page.
async function measure(t, single, autoSubscribe, begin) {
  const room = `first-${single}-${autoSubscribe}`;
  const [ada, ben] = await Promise.all(['ada', 'ben'].map((name) => openClient(browser, server, name, { single })));
  t.after(() => Promise.all([ada.close(), ben.close()]));
  await ada.join(room, { camera: kCamera, bitrate: 500_000 });
  const took = [];
  for (let i = 0; i < kPeople; ++i) {
    ben.identity = `ben${i}`;
    const joined = await ben.join(room, { publish: [], autoSubscribe });
    const at = await begin(ben, joined);
    const first = await ben.call('hears', 'FirstFrame', { identity: 'ada' }, kSoon, at);
    took.push(first.at - at);
    await ben.call('leave');
  }
  const sorted = [...took].sort((a, b) => a - b);
  const median = (sorted[kPeople / 2 - 1] + sorted[kPeople / 2]) / 2;
  t.diagnostic(`median ${median} ms, from ${sorted[0]} to ${sorted.at(-1)}`);
  assert.ok(median < kLimit, `${median} ms: ${took}`);
  for (const client of [ada, ben]) assert.deepEqual(client.errors, [], `${client.identity}'s page had errors`);
}

for (const single of [true, false]) {
  const path = single ? '/rtc/v1' : '/rtc';
  test(`[M-080] on ${path}, from subscribing to the first picture`, (t) => measure(t, single, false, (ben) =>
    ben.call('setSubscribed', 'ada', 'camera', true)));
  test(`[M-080] on ${path}, from joining to the first picture`, (t) => measure(t, single, true, (_, joined) => joined));
}
