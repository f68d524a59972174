// SPDX-License-Identifier: Apache-2.0
// The meeting page as a person uses it: by its labels, with keyboard and mouse. Its pictures go to build/screenshots/.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launchBrowser, openMeet } from './browser.js';
import { meetFolder, root, startServer } from '../support/server.mjs';

const kSoon = 5000;
const screenshots = `${root}build/screenshots`;

let server;
let browser;
let room;
before(async () => {
  server = await startServer({ args: ['--meet-dir', meetFolder] });
  // A server of our own is empty; in another's, nobody else shall be met.
  room = server.ours ? 'lounge' : `lounge-${process.pid}`;
  browser = await launchBrowser({ grain: 0, hue: 0.35 });
  await mkdir(screenshots, { recursive: true });
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const button = (page, name) => page.getByRole('button', { name, exact: true });
const tile = (page, name) => page.getByRole('article', { name, exact: true });

// Waits until the tile's picture has moved on from where it is now.
function plays(page, name) {
  return tile(page, name).locator('video').evaluate((video, timeout) => new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no picture within ${timeout} ms`)), timeout);
    video.requestVideoFrameCallback(() => video.requestVideoFrameCallback((_, frame) => {
      clearTimeout(timer);
      resolve([frame.width, frame.height]);
    }));
  }), kSoon);
}

test('two people meet on the page', async (t) => {
  let ada;
  let ben;

  await t.test('the form takes name and room from the address, and the keyboard alone joins', async () => {
    ada = await openMeet(browser, server, { name: 'Ada', room });
    assert.equal(await ada.getByLabel('Your name').inputValue(), 'Ada');
    assert.equal(await ada.getByLabel('Room').inputValue(), room);
    await ada.getByLabel('Room').press('Enter');
    await tile(ada, 'Ada (you)').waitFor({ timeout: kSoon });
    await plays(ada, 'Ada (you)');
  });
  await t.test('a second person joins by the address, and both see each other', async () => {
    ben = await openMeet(browser, server, { name: 'Ben', room, autojoin: 1 });
    await Promise.all([tile(ada, 'Ben').locator('video').waitFor({ timeout: kSoon }), tile(ben, 'Ada').locator('video').waitFor({ timeout: kSoon })]);
    await Promise.all([plays(ada, 'Ben'), plays(ben, 'Ada')]);
    await ada.getByText('2 people').waitFor({ timeout: kSoon });
  });
  await t.test('whoever speaks is marked', async () => {
    await ada.locator('article.speaking[aria-label="Ben"]').waitFor({ timeout: kSoon });
  });
  await t.test('the figures of every stream can be shown', async () => {
    await button(ada, 'Stream figures').click();
    for (const name of ['Ada (you)', 'Ben']) {
      // The picture's line has size, rate, bitrate, loss and round trip; the sound's line has the last three.
      const figures = tile(ada, name).locator('.figures');
      await figures.filter({ hasText: /VP8 +\d+×\d+ +\d+ fps +\d+ kbit\/s +loss [\d.]+ % +rtt \d+ ms\n/ }).waitFor({ timeout: kSoon });
      await figures.filter({ hasText: /(opus|red) +\d+ kbit\/s +loss/ }).waitFor({ timeout: kSoon });
    }
    await ada.screenshot({ path: `${screenshots}/meet-figures.png` });
    await button(ada, 'Stream figures').click();
    await tile(ada, 'Ben').locator('.figures').waitFor({ state: 'hidden' });
  });
  await t.test('chat goes both ways, and what came unseen is counted', async () => {
    await button(ada, 'Chat').click();
    await ada.getByLabel('Message', { exact: true }).fill('Hello Ben, can you see me?');
    await ada.keyboard.press('Enter');
    await button(ben, 'Chat, 1 unread').click({ timeout: kSoon });
    await ben.getByText('Hello Ben, can you see me?').waitFor();
    await ben.getByLabel('Message', { exact: true }).fill('Yes, and hear you too.');
    await button(ben, 'Send').click();
    await ada.getByText('Yes, and hear you too.').waitFor({ timeout: kSoon });
  });
  await t.test('a shared screen takes the large place', async () => {
    await button(ben, 'Share screen').click();
    await tile(ada, 'Ben: screen').locator('video').waitFor({ timeout: kSoon });
    await plays(ada, 'Ben: screen');
    await ada.screenshot({ path: `${screenshots}/meet-screen-share.png` });
    await button(ben, 'Stop sharing').click();
    await tile(ada, 'Ben: screen').waitFor({ state: 'detached', timeout: kSoon });
  });
  await t.test('the devices can be chosen', async () => {
    await button(ada, 'Devices').click();
    const camera = ada.getByRole('dialog').getByLabel('Camera');
    await camera.waitFor({ timeout: kSoon });
    assert.ok((await camera.locator('option').count()) >= 1);
    await button(ada, 'Done').click();
    await camera.waitFor({ state: 'hidden' });
  });
  await t.test('a third who turns the camera off is shown by initials', async () => {
    const eve = await openMeet(browser, server, { name: 'Eve', room, autojoin: 1 });
    await plays(eve, 'Ada').catch(() => plays(eve, 'Ada'));
    await button(eve, 'Turn camera off').click();
    await tile(ada, 'Eve').locator('video').waitFor({ state: 'detached', timeout: kSoon });
    await plays(ada, 'Ben');
    await ada.screenshot({ path: `${screenshots}/meet.png` });
    await button(eve, 'Leave').click();
    await tile(ada, 'Eve').waitFor({ state: 'detached', timeout: kSoon });
  });
  await t.test('mute and camera off are shown to the other', async () => {
    await button(ben, 'Mute').click();
    await tile(ada, 'Ben').getByTitle('Microphone off').waitFor({ timeout: kSoon });
    await button(ben, 'Unmute').click();
    await tile(ada, 'Ben').getByTitle('Microphone off').waitFor({ state: 'hidden', timeout: kSoon });
    await button(ben, 'Turn camera off').click();
    await tile(ada, 'Ben').locator('video').waitFor({ state: 'detached', timeout: kSoon });
    await button(ben, 'Turn camera on').click();
    await tile(ada, 'Ben').locator('video').waitFor({ timeout: kSoon });
    await plays(ada, 'Ben');
  });
  await t.test('the page fits a phone', async () => {
    const phone = await openMeet(browser, server, { name: 'Fay', room, autojoin: 1, v0: 1 }, { width: 360, height: 740 });
    await Promise.all(['Ada', 'Ben', 'Fay (you)'].map((name) => tile(phone, name).locator('video').waitFor({ timeout: kSoon })));
    await plays(phone, 'Ada');
    const overflow = await phone.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(overflow <= 0, `${overflow} px wider than the screen`);
    for (const name of ['Mute', 'Turn camera off', 'Share screen', 'Chat', 'Stream figures', 'Devices', 'Leave']) {
      const box = await button(phone, name).boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= 360 && box.y + box.height <= 740, `${name} is out of sight`);
    }
    await phone.screenshot({ path: `${screenshots}/meet-phone.png` });
    await phone.context().close();
    await tile(ada, 'Fay').waitFor({ state: 'detached', timeout: kSoon });
  });
  await t.test('leaving leads back to the form, and the other knows', async () => {
    await button(ben, 'Leave').click();
    await button(ben, 'Join').waitFor({ timeout: kSoon });
    await ben.screenshot({ path: `${screenshots}/meet-form.png` });
    await tile(ada, 'Ben').waitFor({ state: 'detached', timeout: kSoon });
    await ada.getByText('Only you').waitFor({ timeout: kSoon });
  });
});
