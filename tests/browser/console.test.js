// SPDX-License-Identifier: Apache-2.0
// The console as a person uses it: by its labels, with keyboard and mouse, beside a call of two people. Its pictures go to
// build/screenshots/.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { launchBrowser, openClient } from './browser.js';
import { makeToken, root, startServer } from '../support/server.mjs';

const kSoon = 10_000;
const kDesk = { width: 1440, height: 1000 };
const kPhone = { width: 390, height: 844 };
const kOwnKey = { key: 'operator', secret: 'secretsecretsecretsecretsecretsecret' };
const folder = `${root}examples/console/dist`;
const screenshots = `${root}build/screenshots`;
const skip = Boolean(process.env.SFU_TEST_URL);  // another's server has no console

let browser;
before(async () => {
  browser = await launchBrowser({ grain: 0, hue: 0.35 });
  await mkdir(screenshots, { recursive: true });
});
after(() => browser?.close());

// The test fails if its page has an error that it did not tell.
async function openConsole(t, server, { fragment = '', viewport = kDesk, colorScheme = 'light' } = {}) {
  const context = await browser.newContext({ viewport, colorScheme });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  t.after(async () => {
    await context.close();
    assert.deepEqual(errors, []);
  });
  await page.goto(`${server.url}/console/${fragment}`);
  return page;
}

async function startCall(t, server, room, names = ['ada', 'ben']) {
  const people = await Promise.all(names.map((name) => openClient(browser, server, name, { camera: { width: 640, height: 360, frameRate: 15 } })));
  t.after(() => Promise.all(people.map((person) => person.close())));
  for (const person of people) await person.join(room);
  return people;
}

const button = (where, name) => where.getByRole('button', { name, exact: true });
const card = (page, identity) => page.getByRole('article', { name: identity, exact: true });
const figure = (page, name) => page.locator(`.tile[data-figure=${name}] .value`);
const rows = (page, identity, list) => card(page, identity).locator('.tracks').nth(list === 'Sends' ? 0 : 1).locator('.track');
const legendOf = (where, title) => where.locator('.chart', { hasText: title }).first().locator('.legend');
const isRate = /[1-9][\d.]* [kM]?bit\/s/;

async function isAsWideAs(page, width) {
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(overflow <= 0, `${overflow} px wider than ${width}`);
}

test('a call is seen and steered from the console', { skip }, async (t) => {
  const server = await startServer({ args: ['--console-dir', folder, '--workers', '1', '--room.enable_remote_unmute', '--node_stats.stats_update_interval', '1000000000'] });
  t.after(() => server.stop());
  const [ada, ben] = await startCall(t, server, 'lounge');
  const page = await openConsole(t, server);

  await t.test('the room is in the list, and the keyboard alone opens it', async () => {
    await page.getByRole('link', { name: /^lounge/ }).filter({ hasText: '2 publishing' }).waitFor({ timeout: kSoon });
    await page.getByRole('searchbox', { name: 'Search rooms' }).fill('no such room');
    await page.getByText('No room has these words.').waitFor();
    await page.getByRole('searchbox', { name: 'Search rooms' }).fill('LOU');
    await page.getByRole('link', { name: /^lounge/ }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'lounge' }).waitFor({ timeout: kSoon });
    for (const name of ['ada', 'ben']) await card(page, name).getByText('active').waitFor({ timeout: kSoon });
  });

  await t.test('bitrates of what they send and receive are shown, and the plots move', async () => {
    for (const [name, other] of [['ada', 'ben'], ['ben', 'ada']]) {
      const camera = rows(page, name, 'Sends').filter({ hasText: 'Camera' });
      await camera.filter({ hasText: /VP8/ }).filter({ hasText: isRate }).waitFor({ timeout: kSoon });
      await rows(page, name, 'Receives').filter({ hasText: `${other} · Camera` }).filter({ hasText: isRate }).waitFor({ timeout: kSoon });
      await legendOf(card(page, name), 'Bitrate').filter({ hasText: isRate }).waitFor();
    }
    const camera = rows(page, 'ada', 'Sends').filter({ hasText: 'Camera' });
    await button(camera, 'Plots of Camera').click();
    const line = camera.locator('.chart', { hasText: 'Bitrate' }).locator('path.line').first();
    const corners = async () => ((await line.getAttribute('d')) ?? '').split('L').length;
    const before = await corners();
    await line.page().waitForFunction(([sid, count]) => {
      const path = document.querySelector(`[data-track="${sid}"] .chart path.line`);
      return path.getAttribute('d').split('L').length > count;
    }, [await camera.getAttribute('data-track'), before], { timeout: kSoon });
  });

  await t.test('a pointer and the arrow keys show the values of a moment', async () => {
    const plot = page.locator('.plots.wide .plot').first();
    const tip = page.locator('.plots.wide .tip').first();
    const { width } = await plot.boundingBox();
    await plot.hover({ position: { x: width - 8, y: 60 } });
    await tip.filter({ hasText: /\d+ s ago.*ada.*bit\/s/ }).waitFor({ timeout: kSoon });
    await page.mouse.move(0, 0);
    await tip.waitFor({ state: 'hidden' });
    await plot.focus();
    await page.keyboard.press('End');
    await tip.filter({ hasText: isRate }).waitFor({ timeout: kSoon });
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'hidden' });
  });

  await t.test('the figures of the server are shown', async () => {
    await figure(page, 'rooms').filter({ hasText: /^1$/ }).waitFor({ timeout: kSoon });
    await figure(page, 'participants').filter({ hasText: /^2$/ }).waitFor({ timeout: kSoon });
    for (const name of ['bitsIn', 'bitsOut']) await figure(page, name).filter({ hasText: isRate }).waitFor({ timeout: kSoon });
    await figure(page, 'memory').filter({ hasText: /MB/ }).waitFor({ timeout: kSoon });
    await figure(page, 'cpu').filter({ hasText: '%' }).waitFor({ timeout: kSoon });
  });

  await t.test('muting a track is seen by its participant, and so is unmuting it', async () => {
    const microphone = rows(page, 'ada', 'Sends').filter({ hasText: 'Microphone' });
    await button(microphone, 'Mute Microphone').click();
    await ada.call('hears', 'TrackMuted', { source: 'microphone', identity: 'ada' }, kSoon);
    await ben.call('hears', 'TrackMuted', { source: 'microphone', identity: 'ada' }, kSoon);
    await microphone.getByText('muted').waitFor({ timeout: kSoon });
    await button(microphone, 'Unmute Microphone').click();
    await ben.call('hears', 'TrackUnmuted', { source: 'microphone', identity: 'ada' }, kSoon);
  });

  await t.test('a subscription is taken away and given back', async () => {
    const camera = rows(page, 'ben', 'Receives').filter({ hasText: 'ada · Camera' });
    const at = await ben.call('now');
    await button(camera, 'Unsubscribe Camera of ada').click();
    await ben.call('hears', 'TrackUnsubscribed', { source: 'camera', identity: 'ada' }, kSoon, at);
    await camera.getByText('not subscribed').waitFor({ timeout: kSoon });
    await button(camera, 'Subscribe Camera of ada').click();
    await ben.call('hears', 'TrackSubscribed', { source: 'camera', identity: 'ada' }, kSoon, at);
  });

  await t.test('name and attributes are changed, what was typed wrong stays in the dialog with the reason', async () => {
    await button(card(page, 'ada'), 'Edit').click();
    const dialog = page.getByRole('dialog', { name: 'Edit ada' });
    await dialog.getByLabel('Name').fill('Ada Lovelace');
    await dialog.getByLabel('Attributes').fill('role');
    await button(dialog, 'Save').click();
    await dialog.getByText('“role” is not key=value.').waitFor();
    await dialog.getByLabel('Attributes').fill('role=host');
    await button(dialog, 'Save').click();
    await dialog.waitFor({ state: 'detached', timeout: kSoon });
    await ben.call('waitProfile', 'ada', { name: 'Ada Lovelace', metadata: '', attributes: { role: 'host' } }, kSoon);
    await card(page, 'ada').getByText('role=host').waitFor({ timeout: kSoon });
  });

  await t.test('data reaches whom it is for', async () => {
    await button(card(page, 'ben'), 'Send data').click();
    const dialog = page.getByRole('dialog', { name: 'Send data' });
    await dialog.getByLabel('Text').fill('Grüße');
    await dialog.getByLabel('Topic').fill('news');
    await button(dialog, 'Send').click();
    await ben.call('hears', 'Data', { text: 'Grüße', topic: 'news', reliable: true }, kSoon);
    assert.deepEqual(await ada.logged('Data'), []);
  });

  await t.test('a client is called, and what it answers is shown', async () => {
    await ben.page.evaluate(() => window.agent.room.registerRpcMethod('greet', async ({ payload }) => `Hello ${payload}`));
    await button(card(page, 'ben'), 'Call').click();
    const dialog = page.getByRole('dialog', { name: 'Call ben' });
    await dialog.getByLabel('Method').fill('unknown');
    await button(dialog, 'Call').click();
    await dialog.getByRole('alert').filter({ hasText: 'Method not supported' }).waitFor({ timeout: kSoon });
    await dialog.getByLabel('Method').fill('greet');
    await dialog.getByLabel('Payload').fill('operator');
    await button(dialog, 'Call').click();
    await page.getByText('Hello operator').waitFor({ timeout: kSoon });
    await button(page, 'Done').click();
  });

  await t.test('it is readable by day, by night and on a phone', async () => {
    await page.getByRole('searchbox', { name: 'Search rooms' }).fill('');
    await page.evaluate(() => scrollTo(0, 0));
    const plot = page.locator('.plots.wide .plot').first();
    const { width } = await plot.boundingBox();
    await plot.hover({ position: { x: width - 12, y: 60 } });
    await page.screenshot({ path: `${screenshots}/console-light.png` });
    const dark = await openConsole(t, server, { fragment: '#room=lounge', colorScheme: 'dark' });
    const phone = await openConsole(t, server, { fragment: '#room=lounge', viewport: kPhone });
    for (const each of [dark, phone]) {
      await rows(each, 'ada', 'Sends').filter({ hasText: 'Camera' }).filter({ hasText: isRate }).waitFor({ timeout: kSoon });
      await isAsWideAs(each, 'the screen');
    }
    await dark.screenshot({ path: `${screenshots}/console-dark.png` });
    await phone.screenshot({ path: `${screenshots}/console-phone.png` });
    await phone.getByRole('link', { name: 'All rooms' }).click();
    await phone.getByRole('link', { name: /^lounge/ }).waitFor({ timeout: kSoon });
    await isAsWideAs(phone, 'the screen');
    await phone.screenshot({ path: `${screenshots}/console-phone-rooms.png` });
  });

  await t.test('a room is made, people are forwarded and moved to it, and it is deleted', async () => {
    await button(page, 'New room').click();
    const dialog = page.getByRole('dialog', { name: 'New room' });
    await dialog.getByLabel('Name').fill('attic');
    await button(dialog, 'Create').click();
    await page.getByRole('heading', { name: 'attic' }).waitFor({ timeout: kSoon });
    await page.getByText('Nobody is in this room.').waitFor({ timeout: kSoon });
    await page.getByRole('link', { name: /^lounge/ }).click();
    for (const [identity, name, how] of [['ada', 'Ada Lovelace', 'Forward'], ['ben', 'ben', 'Move']]) {
      await button(card(page, identity), how).click();
      const where = page.getByRole('dialog', { name: `${how} ${name}` });
      await where.getByLabel('Other room').fill('attic');
      await button(where, how).click();
      await where.waitFor({ state: 'detached', timeout: kSoon });
    }
    await card(page, 'ben').waitFor({ state: 'detached', timeout: kSoon });
    await card(page, 'ada').waitFor();
    await ada.call('hears', 'ParticipantDisconnected', { identity: 'ben' }, kSoon);
    await page.getByRole('link', { name: /^attic/ }).click();
    for (const name of ['ada', 'ben']) await card(page, name).waitFor({ timeout: kSoon });
    await button(page, 'Delete room').click();
    const question = page.getByRole('dialog', { name: 'Delete the room attic?' });
    await button(question, 'Cancel').click();
    await question.waitFor({ state: 'detached' });
    await card(page, 'ben').waitFor();
    await button(page, 'Delete room').click();
    await button(question, 'Delete room').click();
    await ben.call('hears', 'Disconnected', {}, kSoon);
    await page.getByRole('link', { name: /^attic/ }).waitFor({ state: 'detached', timeout: kSoon });
  });

  await t.test('removing a participant is asked for, and disconnects it', async () => {
    await page.getByRole('link', { name: /^lounge/ }).click();
    await button(card(page, 'ada'), 'Remove').click();
    const question = page.getByRole('dialog', { name: 'Remove Ada Lovelace?' });
    assert.equal(await question.getByRole('button', { name: 'Cancel' }).evaluate((node) => node === document.activeElement), true);
    await page.screenshot({ path: `${screenshots}/console-question.png` });
    await button(question, 'Remove').click();
    await ada.call('hears', 'Disconnected', {}, kSoon);
    await card(page, 'ada').waitFor({ state: 'detached', timeout: kSoon });
    await page.getByText('Nobody is in this room.').waitFor();
  });
});

test('a server with keys of its own is opened by tokens only', { skip }, async (t) => {
  const server = await startServer({ development: false, args: ['--keys', `${kOwnKey.key}: ${kOwnKey.secret}`, '--console-dir', folder] });
  t.after(() => server.stop());
  const tokenOf = (video, own = {}) => makeToken({ identity: '', room: video.room, video: { roomJoin: false, ...video }, ...kOwnKey, ...own });
  const page = await openConsole(t, server);
  const enter = async (token) => {
    await page.getByLabel('Access token').fill(token);
    await button(page, 'Open').click();
  };

  await t.test('what is no good is refused with the reason, and shows nothing', async () => {
    await page.getByLabel('Access token').waitFor();
    await page.screenshot({ path: `${screenshots}/console-door.png` });
    for (const [token, reason] of [
      ['hello', 'This is not an access token'],
      [tokenOf({ roomList: true }, { now: 1_000_000 }), 'This token has expired.'],
      [tokenOf({ roomList: true }, { key: 'stranger' }), 'invalid API key'],
      [tokenOf({ roomList: true }, { secret: 'x'.repeat(32) }), 'signature is not valid'],
      [tokenOf({ roomAdmin: true, room: 'lounge' }), 'A token with roomList is needed.'],
    ]) {
      await enter(token);
      await page.getByRole('alert').filter({ hasText: reason }).waitFor({ timeout: kSoon });
      assert.equal(await page.getByRole('heading', { name: 'Rooms' }).isVisible(), false);
    }
  });

  await t.test('each room needs a token for it', async () => {
    await enter(tokenOf({ roomList: true, roomCreate: true }));
    await button(page, 'New room').click({ timeout: kSoon });
    await page.getByRole('dialog').getByLabel('Name').fill('lounge');
    await button(page.getByRole('dialog'), 'Create').click();
    await page.getByText('A token with roomAdmin for the room lounge is needed.').waitFor({ timeout: kSoon });
    assert.equal(await button(page, 'Send data').isDisabled(), true);
    await button(page, 'Access').click();
    await page.getByRole('dialog').getByLabel('Another token').fill(tokenOf({ roomAdmin: true, room: 'lounge' }));
    await button(page.getByRole('dialog'), 'Add').click();
    await page.getByRole('dialog').getByText('roomAdmin for the room lounge').waitFor();
    await button(page.getByRole('dialog'), 'Close').click();
    await page.getByText('Nobody is in this room.').waitFor({ timeout: kSoon });
    assert.equal(await button(page, 'Send data').isDisabled(), false);
  });

  await t.test('tokens in the address open it at once, and are not left there', async () => {
    const tokens = [tokenOf({ roomList: true }), tokenOf({ roomAdmin: true, room: 'lounge' })];
    const other = await openConsole(t, server, { fragment: `#room=lounge&${tokens.map((token) => `token=${token}`).join('&')}` });
    await other.getByRole('heading', { name: 'lounge' }).waitFor({ timeout: kSoon });
    assert.equal(new URL(other.url()).hash, '#room=lounge');
    await other.reload();
    await other.getByText('Nobody is in this room.').waitFor({ timeout: kSoon });
    assert.equal(await button(other, 'Delete room').isDisabled(), true);
    await button(other, 'Access').click();
    await button(other.getByRole('dialog'), 'Forget all').click();
    await other.getByLabel('Access token').waitFor();
    assert.equal(await other.evaluate(() => sessionStorage.length && sessionStorage.getItem('sfu-console-tokens')), '[]');
  });
});
