// SPDX-License-Identifier: Apache-2.0
// Calls where nothing but the server's TURN is reached: by UDP with both browsers, by TLS with Chromium, which can be told to trust
// the certificate of a test.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { kTurnDomain, makeCertificate } from '../support/certificate.mjs';
import { freeTcpPort, freeUdpPort, startServer } from '../support/server.mjs';
import { launchBrowser, launchFirefox } from './browser.js';
import { meet, openPair, testPairings } from './people.js';

const kSoon = 10_000;
const kPatience = 11_000;  // a bit more than after which an attempt counts as a failure
const kPicture = { width: 320, height: 180, fps: 10, codec: 'vp8' };  // four pages at once: no more is asked of the encoders
const kNobody = 9;  // the discard port
const kRange = 'relay_range_start: 32000, relay_range_end: 32999';

let certificate;
let byUdp;
let byTls;
let browsers;
before(async () => {
  certificate = makeCertificate();
  const [udpPort, tlsPort] = await Promise.all([freeUdpPort(), freeTcpPort()]);
  const start = (keys) => startServer({ args: ['--config-body', `turn: {enabled: true, ${kRange}, ${keys}}`] });
  [byUdp, byTls, browsers] = await Promise.all([
    start(`udp_port: ${udpPort}`),
    start(`tls_port: ${tlsPort}, advertised_tls_port: ${tlsPort}, domain: ${kTurnDomain}, cert_file: ${certificate.certificate}, key_file: ${certificate.key}`),
    launch(),
  ]);
});
after(async () => {
  await browsers?.close();
  await Promise.all([byUdp?.stop(), byTls?.stop()]);
  certificate?.remove();
});

async function launch() {
  const [chromium, firefox] = await Promise.all([
    launchBrowser(undefined, [`--ignore-certificate-errors-spki-list=${certificate.spkiHash}`]), launchFirefox(),
  ]);
  return { chromium, firefox, close: () => Promise.all([chromium.close(), firefox.close()]) };
}

const areRelayed = (pair, protocol) => Promise.all([pair.ada, pair.ben].map((client) => client.call('isRelayed', protocol, kSoon)));

testPairings('[M-013] they see and hear each other through the relay, by UDP', async (t, pairing) => {
  const pair = await openPair(t, browsers, byUdp, pairing, { relayed: true });
  await meet(pair, `udp-${pairing.title}`);
  await areRelayed(pair, 'udp');
});

async function meetByTls(t, single) {
  const chromium = ['chromium', single];
  const pair = await openPair(t, browsers, byTls, { ada: chromium, ben: chromium }, { relayed: true });
  await meet(pair, `tls-${single}`, kPicture);
  await areRelayed(pair, 'tls');
}

// A firewall that lets nothing through but the relay: two failures lead from UDP to TCP, two more to TLS.
async function climbDown(t) {
  const pair = await openPair(t, browsers, byTls, { ada: ['chromium', true], ben: ['chromium', true] });
  for (const port of [byTls.udpPort, byTls.tcpPort]) await pair.ada.call('redirect', port, kNobody);
  for (const way of ['UDP', 'UDP', 'TCP', 'TCP']) {
    await assert.rejects(pair.ada.join('ladder', { patience: kPatience }), /could not establish pc connection/, `${way} got through`);
  }
  await meet(pair, 'ladder', kPicture);
  await pair.ada.call('isRelayed', 'tls', kSoon);
  await pair.ben.call('goesOver', 'udp', kSoon);
}

// At once, since the last of them is mostly waiting.
test('by TLS', { concurrency: 2 }, (t) => Promise.all([
  t.test('[M-013] they see and hear each other through the relay', async (step) => {
    await step.test('on /rtc/v1', (one) => meetByTls(one, true));
    await step.test('on /rtc', (one) => meetByTls(one, false));
  }),
  t.test('[M-098] who gets to the media ports neither by UDP nor by TCP ends up at the relay', climbDown),
]));
