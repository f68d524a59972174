// SPDX-License-Identifier: Apache-2.0
// A camera in VP9 with VP8 as its backup, and a page that cannot decode VP9: livekit-client adds the backup when the
// server asks for it, and everyone sees a picture throughout. In Chromium, whose pages can forget a codec.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launchBrowser, openClient } from './browser.js';
import { makeToken, startServer } from '../support/server.mjs';

const kSoon = 10_000;
const kPolicies = { PREFER_REGRESSION: 0, SIMULCAST: 1 };

let server;
let browser;
before(async () => {
  server = await startServer();
  browser = await launchBrowser();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

// Runs in the page: no section that receives video offers or accepts VP9.
function forgetVp9() {
  const kept = RTCRtpReceiver.getCapabilities('video').codecs.filter(({ mimeType }) => mimeType !== 'video/VP9');
  for (const name of ['createOffer', 'createAnswer']) {
    const original = RTCPeerConnection.prototype[name];
    RTCPeerConnection.prototype[name] = function create(...parameters) {
      for (const transceiver of this.getTransceivers()) {
        if (transceiver.receiver.track.kind === 'video') transceiver.setCodecPreferences(kept);
      }
      return original.apply(this, parameters);
    };
  }
}

// Runs in the page.
async function enter({ url, token, single, policy }) {
  const { Room } = LivekitClient;
  const room = new Room({ singlePeerConnection: single, dynacast: true });
  window.codecOf = async (identity) => {
    const track = room.remoteParticipants.get(identity)?.getTrackPublication('camera')?.track;
    const stats = [...((await track?.getRTCStatsReport()) ?? new Map()).values()];
    const frames = stats.find(({ type }) => type === 'inbound-rtp')?.framesDecoded ?? 0;
    return { frames, codec: stats.find(({ type }) => type === 'codec')?.mimeType };
  };
  room.on('trackSubscribed', (track) => document.body.append(track.attach()));
  await room.connect(url, token);
  if (policy === undefined) return;
  await room.localParticipant.setCameraEnabled(true, { resolution: { width: 320, height: 180, frameRate: 15 } }, {
    videoCodec: 'vp9', scalabilityMode: 'L1T3', simulcast: false, backupCodecPolicy: policy,
    backupCodec: { codec: 'vp8', encoding: { maxBitrate: 200_000, maxFramerate: 15 } },
  });
}

// Runs in the page: waits for pictures in this codec beyond those decoded so far.
async function sees({ identity, codec, timeout }) {
  let first;
  return agent.until(`pictures of ${identity} in ${codec}`, async (seen) => {
    Object.assign(seen, await window.codecOf(identity));
    if (seen.codec !== `video/${codec}`) return false;
    first ??= seen.frames;
    return seen.frames >= first + 5;
  }, timeout);
}

// Two at a time, three pages each.
const kCases = Object.entries(kPolicies).flatMap(([name, policy]) => [true, false].map((single) => ({ name, policy, single })));
test('[S-047] a viewer without VP9 gets the backup', { concurrency: 2 }, (t) => Promise.all(kCases.map((each) =>
  t.test(`by ${each.name} over ${each.single ? '/rtc/v1' : '/rtc'}`, (step) => view(step, each)))));

async function view(t, { name, policy, single }) {
  const room = `backup-${name}-${single}-${process.pid}`;
  const [alice, bob, carol] = await Promise.all(['alice', 'bob', 'carol'].map((who) => openClient(browser, server, who)));
  t.after(() => Promise.all([alice, bob, carol].map((client) => client.close())));
  const join = (client, options) => client.page.evaluate(enter, {
    url: server.url.replace(/^http/, 'ws'), token: makeToken({ room, identity: client.identity }), single, ...options,
  });
  const expects = (client, codec) => client.page.evaluate(sees, { identity: 'alice', codec, timeout: kSoon });
  await carol.page.evaluate(forgetVp9);
  await join(alice, { policy });
  await join(bob);
  await expects(bob, 'VP9');
  await join(carol);
  await expects(carol, 'VP8');
  await expects(bob, policy === kPolicies.SIMULCAST ? 'VP9' : 'VP8');
  for (const client of [alice, bob, carol]) assert.deepEqual(client.errors, [], `${client.identity}'s page had errors`);
}
