// SPDX-License-Identifier: Apache-2.0
// Packets of video padded to sizes that many have in common: both browsers decode them, on both paths of signalling.
import { after, before } from 'node:test';
import { startServer } from '../support/server.mjs';
import { launchBrowsers, meet, openPair, testPairings } from './people.js';

let server;
let browsers;
before(async () => {
  [server, browsers] = await Promise.all([startServer({ args: ['--rtc.equal_packet_sizes'] }), launchBrowsers()]);
});
after(async () => {
  await browsers?.close();
  await server?.stop();
});

testPairings('[M-092] they see and hear each other where packets of video are padded to equal sizes', async (t, pairing) => {
  await meet(await openPair(t, browsers, server, pairing), `equal-sizes-${pairing.title}`);
});
