// SPDX-License-Identifier: Apache-2.0
// Calls where no UDP gets through: ICE over TCP, with both browsers on both paths of signalling.
import { after, before } from 'node:test';
import { startServer } from '../support/server.mjs';
import { launchBrowsers, meet, openPair, testPairings } from './people.js';

const kSoon = 10_000;
const kNobody = 9;  // the discard port

let open;
let forced;
let browsers;
before(async () => {
  [open, forced, browsers] = await Promise.all([startServer(), startServer({ args: ['--rtc.force_tcp'] }), launchBrowsers()]);
});
after(async () => {
  await browsers?.close();
  await Promise.all([open?.stop(), forced?.stop()]);
});

const goOver = (pair, protocol) => Promise.all([pair.ada, pair.ben].map((client) => client.call('goesOver', protocol, kSoon)));

testPairings('[M-012] they see and hear each other over TCP, where the server offers nothing else', async (t, pairing) => {
  const pair = await openPair(t, browsers, forced, pairing);
  await meet(pair, `forced-${pairing.title}`);
  await goOver(pair, 'tcp');
});

testPairings('[M-012] where UDP gets nowhere they take TCP of the same offer', async (t, pairing) => {
  const pair = await openPair(t, browsers, open, pairing);
  for (const client of [pair.ada, pair.ben]) await client.call('redirect', open.udpPort, kNobody);
  await meet(pair, `blocked-${pairing.title}`);
  await goOver(pair, 'tcp');
});

testPairings('[M-012] where UDP gets through they take it', async (t, pairing) => {
  const pair = await openPair(t, browsers, open, pairing);
  await meet(pair, `open-${pairing.title}`);
  await goOver(pair, 'udp');
});
