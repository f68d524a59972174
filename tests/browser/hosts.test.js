// SPDX-License-Identifier: Apache-2.0
// The example hosts that are participants themselves, in a room with two Chromium pages: what the bot plays is heard, what
// a page sends is counted, and what was recorded plays. All of it also with a twentieth of the publisher's packets lost.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Program } from '../conformance/program.mjs';
import { probe } from '../support/probe.mjs';
import { freeTcpPort, freeUdpPort, root } from '../support/server.mjs';
import { launchBrowser, openClient } from './browser.js';
import { startRelay } from './network.js';

const kSoon = 15_000;
const kCamera = { width: 640, height: 360, frameRate: 20 };
const kLoss = 0.05;

let browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser?.close());

// The program, and two pages at it: ada, whose packets suffer, and ben.
async function meet(t, name, loss, room, more = []) {
  const [port, udpPort] = await Promise.all([freeTcpPort(), freeUdpPort()]);
  const host = new Program(`${root}build/bin/${name}`, [`${port}`, `${udpPort}`, ...more]);
  t.after(() => host.stop('SIGKILL'));
  await host.line(/^listening on/);
  const relay = await startRelay(udpPort, { up: { loss }, down: { loss } });
  t.after(() => relay.close());
  const server = { url: `http://127.0.0.1:${port}` };
  const [ada, ben] = await Promise.all(['ada', 'ben'].map((identity) =>
    openClient(browser, server, identity, { publish: [], camera: kCamera, simulcast: false })));
  t.after(() => Promise.all([ada.close(), ben.close()]));
  if (loss > 0) await ada.call('redirect', udpPort, relay.port);
  return { host, ada, ben, relay, join: async (options) => {
    await ada.join(room, options);
    await ben.join(room, options);
  } };
}

const fieldsOf = (line) => Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, key, value]) => [key, value]));
const percent = (loss) => `${100 * loss} % of the publisher's packets lost`;

for (const loss of [0, kLoss]) {
  test(`the bot is heard, and hears every frame, with ${percent(loss)}`, { timeout: 120_000 }, async (t) => {
    const { host, ada, ben, relay, join: joinBoth } = await meet(t, 'bot', loss, 'hall');
    await joinBoth();
    await host.line(/^joined room=hall/);

    await t.test('a tone that was asked for by a call, by data or in the chat has its frequency', async (step) => {
      const ways = [
        [440, async () => assert.deepEqual(await ben.call('rpc', 'bot', 'play', '440'), { answer: 'playing 440 Hz' })],
        [1000, () => ada.call('send', 'play 1000', true)],
        [660, () => ben.call('say', 'play 660')],
      ];
      for (const [hertz, ask] of ways) {
        await ask();
        const heard = await Promise.all([ada, ben].map((page) => page.call('hearsTone', 'bot', 'soundboard', hertz, kSoon)));
        step.diagnostic(`${hertz} Hz is heard as ${heard.map((each) => each.toFixed(1)).join(' and ')} Hz`);
        for (const each of heard) assert.ok(Math.abs(each - hertz) < 0.05 * hertz);
      }
      const { code, message } = await ben.call('rpc', 'bot', 'play', 'a waltz');
      assert.deepEqual([code, message], [4000, '50 to 8000 Hz']);
    });

    await t.test('what a page says comes back', async () => {
      await ada.call('publish', 'microphone');
      await Promise.all([ada, ben].map((page) => page.call('hearsTrack', 'bot', 'echo of ada', kSoon)));
    });

    await t.test('every frame that a page sends is counted', async (step) => {
      await ada.call('publish', 'camera', kCamera);
      await ada.call('waitSent', 'camera', 120, 4 * kSoon);
      const sent = {};
      for (const source of ['camera', 'microphone']) sent[source] = await ada.call('hush', source, kSoon);
      await ada.call('unpublish', 'camera');
      const film = fieldsOf(await host.line(/^heard .*codec=VP8/));
      await ada.call('unpublish', 'microphone');
      const voice = fieldsOf(await host.line(/^heard .*codec=opus/));
      const [pictures, sounds] = [sent.camera.count, sent.microphone.count];
      // Chrome's RED has a copy of the packet before.
      const gone = relay.lostRtp.withNext(sent.microphone.ssrc);
      step.diagnostic(`pictures: ${pictures} sent, ${film.frames} counted; packets of sound: ${sounds} sent, ${gone} lost with their copy, ` +
        `${voice.frames} counted`);
      // Nothing tells the server that the very last packet is missing.
      const last = loss > 0 ? 1 : 0;
      assert.ok(pictures - film.frames <= last && film.frames <= pictures, `${film.frames} of ${pictures} pictures`);
      assert.ok(voice.frames <= sounds, `${voice.frames} of ${sounds} packets of sound`);
      assert.ok(sounds - voice.frames <= gone + last, `${voice.frames} of ${sounds} packets of sound, ${gone} lost with their copy`);
    });

    for (const page of [ada, ben]) assert.deepEqual(page.errors, []);
    assert.equal(await host.stop(), 0);
  });
}

for (const [codec, loss] of [['vp8', 0], ['vp8', kLoss], ['h264', 0]]) {
  test(`a recording in ${codec} is as long as what was sent, with ${percent(loss)}`, { timeout: 120_000 }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'sfu-recorder-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const { host, ada, ben, join: joinBoth } = await meet(t, 'recorder', loss, 'hall', [folder]);
    await joinBoth({ codec });
    await host.line(/^recording room=hall/);
    assert.deepEqual(await ben.call('identities'), ['ada']);  // nobody sees the recorder

    const begun = {};
    for (const source of ['microphone', 'camera']) begun[source] = await ada.call('publishAndTime', source, kCamera, kSoon);
    await ben.call('seesAndHears', 'ada', { width: 1, height: 1, fps: 5, codec }, kSoon);
    await ada.call('waitSent', 'camera', 60, kSoon);
    // Off for two seconds and on again: the gap stays a gap.
    await Promise.all([ada.call('setCamera', false), ada.call('setMicrophone', false)]);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    await Promise.all([ada.call('setCamera', true), ada.call('setMicrophone', true)]);
    await ada.call('waitSent', 'camera', 120, 2 * kSoon);
    const sent = {};
    for (const source of ['microphone', 'camera']) sent[source] = await ada.call('hush', source, kSoon);
    await ada.call('leave');

    for (const [source, kind, extension, format] of [['microphone', 'opus', 'ogg', 'ogg'],
      ['camera', codec, ...(codec === 'h264' ? ['mp4', 'mov,mp4,m4a,3gp,3g2,mj2'] : ['webm', 'matroska,webm'])]]) {
      const { file, frames } = fieldsOf(await host.line(new RegExp(`^closed file=.*hall-ada-${source}-.*\\.${extension} `)));
      const found = probe(file);
      const expected = (sent[source].at - begun[source]) / 1000;
      t.diagnostic(`${source}: ${expected.toFixed(3)} s sent, ${found.seconds.toFixed(3)} s in the file; ` +
        `${sent[source].count} frames sent, ${frames} written, ${found.frames} decoded`);
      assert.deepEqual([found.codec, found.format, found.complaints], [kind, format, '']);
      assert.ok(Math.abs(found.seconds - expected) < 0.2, `${source}: ${found.seconds} s, not ${expected} s`);
      if (source === 'camera') {
        assert.equal(found.frames, Number(frames));
      }
    }
    for (const page of [ada, ben]) assert.deepEqual(page.errors, []);
    assert.equal(await host.stop(), 0);
  });
}
