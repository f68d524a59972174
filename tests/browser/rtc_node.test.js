// SPDX-License-Identifier: Apache-2.0
// livekit-client in a browser and @livekit/rtc-node in one room, each on another path of signalling: media, streams and
// calls both ways.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { NativeClient, dispose } from '../conformance/native.mjs';
import { startServer } from '../support/server.mjs';
import { openClient } from './browser.js';
import { launchBrowsers } from './people.js';

const kSoon = 15_000;
const kCamera = { width: 320, height: 180, frameRate: 15 };
const kFilm = { width: 320, height: 180, fps: 5, codec: 'vp8' };

let server;
let browsers;
before(async () => {
  [server, browsers] = await Promise.all([startServer(), launchBrowsers()]);
});
after(async () => {
  await dispose();
  await browsers?.close();
  await server?.stop();
});

for (const [engine, single] of [['chromium', true], ['firefox', false]]) {
  test(`${engine} on ${single ? '/rtc/v1' : '/rtc'}, rtc-node on the other`, { timeout: 120_000 }, (t) => talk(t, engine, single));
}

// As agent_data.js tells it.
const digest = (value) => createHash('sha256').update(value).digest('hex').slice(0, 16);

async function talk(t, engine, single) {
  const ada = await openClient(browsers[engine], server, 'ada', { single, camera: kCamera });
  const ben = new NativeClient(server, 'ben');
  t.after(() => Promise.all([ada.close(), ben.leave()]));
  await ada.join(`native-${engine}`);
  await ben.join(`native-${engine}`, { single: !single });
  await ada.call('listen');
  ben.listen();

  await t.test('they see and hear each other', async () => {
    await Promise.all([ben.seesAndHearsMore('ada', kSoon), ada.call('seesAndHears', 'ben', kFilm, kSoon)]);
  });
  await t.test('[S-089] text and bytes, from the browser', async () => {
    for (const length of [12, 60_000]) {
      const sent = await ada.call('sendText', length, `mark ${length}`);
      const { text } = await ben.hears('Text', { identity: 'ada', mark: sent.mark }, kSoon);
      assert.equal(digest(text), sent.digest);
    }
    const sent = await ada.call('sendFile', 100_000);
    const { text } = await ben.hears('Bytes', { identity: 'ada', name: sent.name }, kSoon);
    assert.equal(digest(Buffer.from(text, 'base64')), sent.digest);
  });
  await t.test('[S-089] text and bytes, from rtc-node', async () => {
    for (const text of ['é', 'a long text \u{1f44b} '.repeat(4000)]) {
      await ben.me.sendText(text, { topic: 'text', attributes: { mark: `${text.length}` } });
      await ada.call('hears', 'Text', { identity: 'ben', mark: `${text.length}`, digest: digest(text) }, kSoon);
    }
    const bytes = Buffer.from(Uint8Array.from({ length: 100_000 }, (_, at) => (at * 31 + (at >> 8)) & 0xff));
    const writer = await ben.me.streamBytes({ topic: 'bytes', name: 'notes.bin' });
    await writer.write(bytes);
    await writer.close();
    await ada.call('hears', 'Bytes', { identity: 'ben', name: 'notes.bin', digest: digest(bytes) }, kSoon);
  });
  await t.test('[S-089] calls, their answers and errors', async () => {
    const refused = { code: 4711, message: 'not today', data: 'come tomorrow' };
    assert.deepEqual(await ada.call('rpc', 'ben', 'reverse', 'stressed'), { answer: 'ada: desserts' });
    assert.deepEqual(await ada.call('rpc', 'ben', 'refuse', ''), refused);
    assert.deepEqual(await ben.rpc('ada', 'reverse', 'stressed'), { answer: 'ben: desserts' });
    assert.deepEqual(await ben.rpc('ada', 'refuse', ''), refused);
  });
}
