// SPDX-License-Identifier: Apache-2.0
// The headless browsers of a test file, Chromium and Firefox ESR, and the pages in them: a bare page with livekit-client
// for the call tests, and the meeting page. Safari does not run here: offers in its form are in lib/peer's tests.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { chromium, firefox } from 'playwright-core';
import { writeFilm, writeSound } from './devices.js';
import { makeToken, meetFolder } from '../support/server.mjs';

const kFlags = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
  '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream',
  '--allow-loopback-in-peer-connection', '--autoplay-policy=no-user-gesture-required',
  '--auto-select-desktop-capture-source=Entire screen',
];
// Firefox's own fake devices: a picture that changes its colour, and a tone.
const kPreferences = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  // Without a page's leave to capture it gathers on the default route only, which does not lead to this machine.
  'permissions.default.camera': 1,
  'permissions.default.microphone': 1,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  'media.getusermedia.window.focus_source.enabled': false,
};
const kScripts = ['node_modules/livekit-client/dist/livekit-client.umd.js', 'agent.js', 'agent_room.js', 'agent_sound.js', 'agent_data.js', 'agent_measure.js',
  'agent_quality.js', 'agent_switching.js'];
const here = fileURLToPath(new URL('.', import.meta.url));

// `film` says what the fake camera shows; see devices.js. `flags` are added to the command line.
export async function launchBrowser(film, flags = []) {
  const folder = await mkdtemp(`${tmpdir()}/sfu-browser-`);
  writeFilm(`${folder}/camera.y4m`, film);
  writeSound(`${folder}/microphone.wav`);
  const browser = await chromium.launch({
    executablePath: process.env.SFU_TEST_CHROMIUM ?? '/usr/bin/chromium',
    args: [...kFlags, ...flags, `--use-file-for-fake-video-capture=${folder}/camera.y4m`,
      `--use-file-for-fake-audio-capture=${folder}/microphone.wav`],
  });
  browser.on('disconnected', () => rm(folder, { recursive: true, force: true }));
  return browser;
}

// By WebDriver BiDi, which is what the channel stands for.
export function launchFirefox(preferences = {}) {
  return firefox.launch({
    channel: 'moz-firefox',
    executablePath: process.env.SFU_TEST_FIREFOX ?? '/usr/bin/firefox-esr',
    firefoxUserPrefs: { ...kPreferences, ...preferences },
  });
}

// A page of the server (the "OK" at /), with livekit-client and the agent's scripts added, whose functions the tests call.
// `options` are those of agent.join, for each join of this client.
export async function openClient(browser, server, identity, options = {}) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  if (process.env.SFU_TEST_VERBOSE) page.on('console', (message) => console.error(identity, message.text()));
  const client = new Client(page, server, identity, errors, options);
  await client.load();
  return client;
}

export class Client {
  constructor(page, server, identity, errors, options) {
    Object.assign(this, { page, server, identity, errors, options });
  }

  // Also loads anew, as a person does who reloads the page.
  async load() {
    await this.page.goto(`${this.server.url}/`);
    for (const script of kScripts) await this.page.addScriptTag({ path: here + script });
  }

  // Calls agent[name](...parameters) in the page.
  call(name, ...parameters) {
    return this.page.evaluate(([method, values]) => window.agent[method](...values), [name, parameters]);
  }

  // All that the agent has noted of this event.
  logged(event) {
    return this.page.evaluate((name) => window.agent.log.filter((entry) => entry.event === name), event);
  }

  join(room, options) {
    const token = makeToken({ room, identity: this.identity, video: { canUpdateOwnMetadata: true } });
    return this.call('join', this.server.url.replace(/^http/, 'ws'), token, { ...this.options, ...options });
  }

  close() {
    return this.page.context().close();
  }
}

// The meeting page as the server serves it. A server that is not ours has none: there the built files stand in.
export async function openMeet(browser, server, query, viewport = { width: 1280, height: 760 }) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  if (process.env.SFU_TEST_VERBOSE) page.on('console', (message) => console.error(message.text()));
  if (!server.ours) await standIn(page);
  await page.goto(`${server.url}/meet/?${new URLSearchParams(query)}`);
  return page;
}

async function standIn(page) {
  // A page that no server sent counts as public, and would have to ask before it connects to this machine.
  await page.context().grantPermissions(['local-network-access']);
  const types = { html: 'text/html', js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
  await page.route('**/meet/**', async (route) => {
    const { pathname, searchParams } = new URL(route.request().url());
    const file = pathname.replace(/^\/meet\//, '') || 'index.html';
    if (file === 'token') return route.fulfill({ json: { token: makeToken(Object.fromEntries(searchParams)) } });
    const body = await readFile(`${meetFolder}/${file}`).catch(() => undefined);
    if (!body) return route.fulfill({ status: 404 });
    return route.fulfill({ contentType: types[file.split('.').pop()], body });
  });
}
