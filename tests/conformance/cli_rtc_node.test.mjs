// SPDX-License-Identifier: Apache-2.0
// sfu-cli and @livekit/rtc-node in one room, on both paths: what the one sends the other decodes.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { dispose } from '@livekit/rtc-node';
import { root, startServer } from '../support/server.mjs';
import { ivf, kGrey, noise, ogg } from './media_files.mjs';
import { NativeClient } from './native.mjs';
import { Program } from './program.mjs';

const kCli = process.env.SFU_CLI ?? `${root}build/bin/sfu-cli`;
const kSoon = 10_000;

const scratch = mkdtempSync(join(tmpdir(), 'sfu-cli-rtc-'));
const [film, sound] = ['a.ivf', 'b.ogg'].map((name) => join(scratch, name));
let server;
before(async () => {
  writeFileSync(film, ivf());
  writeFileSync(sound, ogg(noise()));
  server = await startServer();
});
after(async () => {
  await dispose();
  await server?.stop();
  rmSync(scratch, { recursive: true });
});

for (const single of [true, false]) {
  test(`on ${single ? '/rtc/v1' : '/rtc'}`, { timeout: 60_000 }, (t) => talk(t, single));
}

async function talk(t, single) {
  const room = `mixed-${single}`;
  const ben = new NativeClient(server, 'ben');
  t.after(() => ben.leave());
  await ben.join(room, { single });
  ben.listen();
  const alice = new Program(kCli, ['join', '--url', server.url.replace(/^http/, 'ws'), '--api-key', 'devkey', '--api-secret', 'secret',
    '--room', room, '--identity', 'alice', '--subscribe', '--publish', film, '--publish', sound, '--answer', 'echo',
    '--send', 'hello there', '--data', 'a packet', '--attribute', 'mood=good', '--to', 'ben', '--rpc', 'reverse', '--payload', 'stressed',
    ...(single ? [] : ['--two-connections'])]);
  t.after(() => alice.stop('SIGKILL'));

  await t.test('pictures and sound of sfu-cli are decoded by rtc-node', async () => {
    await ben.seesAndHearsMore('alice', kSoon);
    const { width, height, brightness } = await ben.hears('Picture', { identity: 'alice' }, 0);
    assert.deepEqual({ width, height }, { width: 320, height: 180 });
    assert.ok(Math.abs(brightness - kGrey) <= 2, `a brightness of ${brightness}`);
  });
  await t.test('pictures and sound of rtc-node are received by sfu-cli', async () => {
    for (const codec of ['VP8', 'opus']) {
      const [track] = (await alice.line(new RegExp(`^subscribed track=TR_\\S+ from=ben codec=${codec}$`))).match(/track=\S+/);
      await alice.line(new RegExp(`^first_frame ${track} `));
    }
    await ben.seesAndHearsMore('alice', kSoon);  // for half a second at least
  });
  await t.test('attributes, data, text and calls of sfu-cli reach rtc-node', async () => {
    await ben.until('the mood of alice', () => ben.room.remoteParticipants.get('alice').attributes.mood === 'good', kSoon);
    // A packet may overtake the news that its sender is there, which comes by signalling: then rtc-node names nobody.
    await ben.hears('Data', { topic: 'cli', text: 'a packet' }, kSoon);
    await ben.hears('Text', { identity: 'alice', text: 'hello there' }, kSoon);
    await alice.line(/^rpc_answer payload="alice: desserts"$/);
  });
  await t.test('attributes, data, text and calls of rtc-node reach sfu-cli', async () => {
    await ben.me.setAttributes({ mood: 'better' });
    await ben.me.publishData(Buffer.from('a packet of ben'), { reliable: true, topic: 'test' });
    await ben.me.sendText('good morning', { topic: 'text' });
    assert.deepEqual(await ben.rpc('alice', 'echo', 'ping'), { answer: 'ping' });
    await alice.line(/^participant_changed identity=ben .*attribute\.mood="better"/);
    await alice.line(/^data from=ben topic="test" reliable=true payload="a packet of ben"/);
    await alice.line(/^text from=ben topic="text" bytes=12 text="good morning"/);
  });
  await t.test('who leaves is gone', async () => {
    assert.equal(await alice.stop(), 0);
    await ben.hears('ParticipantDisconnected', { identity: 'alice' }, kSoon);
    const received = alice.lines.filter((line) => line.startsWith('received ') && line.includes(' from=ben '));
    const counts = Object.fromEntries(received.map((line) => [line.match(/codec=(\S+)/)[1], Number(line.match(/ frames=(\d+)/)[1])]));
    assert.ok(counts.VP8 >= 4 && counts.opus >= 15, received.join('\n'));
  });
}
