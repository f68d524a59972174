// SPDX-License-Identifier: Apache-2.0
// Every scenario that livekit-client's simulateScenario() knows, in Chromium and Firefox on both paths of signalling, as
// it shows in the client itself and in somebody who looks on.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startServer } from '../support/server.mjs';
import { openClient } from './browser.js';
import { launchBrowsers } from './people.js';

const kSoon = 60_000;
const kRejoin = 60_000;
const kConnecting = 60_000;  // where it is not what is tested
const kCamera = { publish: ['camera'], camera: { width: 320, height: 180, frameRate: 10 } };
const kSimulcast = { publish: ['camera'], camera: { width: 640, height: 360, frameRate: 10 } };
const kLarge = { above: 180 };  // the heights of its pictures; Chrome makes both smaller where it lacks processor
const kSmall = { upTo: 180 };
const kNarrow = 300_000;     // bits a second: enough for the smaller ones
const kServerShutdown = 3;

// Once the signalling connection is lost, the session goes on.
const kResumes = ['signal-reconnect', 'disconnect-signal-on-resume', 'disconnect-signal-on-resume-no-messages'];
// The client joins anew, with another sid; also where it makes its own resume fail.
const kRejoins = ['resume-reconnect', 'full-reconnect', 'leave-full-reconnect', 'node-failure', 'migration', 'force-tcp', 'force-tls'];

let server;
let browsers;
before(async () => {
  [server, browsers] = await Promise.all([startServer(), launchBrowsers()]);
});
after(async () => {
  await browsers?.close();
  await server?.stop();
});

// All at once: most of it is waiting.
test('[S-081] every scenario', { concurrency: 4 }, (t) => Promise.all(['chromium', 'firefox'].flatMap((engine) => [true, false].map((single) =>
  t.test(`${engine} on ${single ? '/rtc/v1' : '/rtc'}`, (step) => simulate(step, engine, single))))));

async function simulate(t, engine, single) {
  const room = `simulate-${engine}-${single}`;
  const client = await openClient(browsers[engine], server, 'ada', { single, ...kCamera, ...(engine === 'chromium' && { patience: kConnecting }) });
  const witness = await openClient(browsers.chromium, server, 'ben', { single: true, ...kSimulcast, patience: kConnecting });
  t.after(() => Promise.all([client.close(), witness.close()]));
  await witness.join(room);
  await client.join(room);
  await Promise.all([witness.call('seesMore', 'ada', kSoon), client.call('seesMore', 'ben', kSoon)]);
  const rejoins = async (...scenarios) => {
    const [sid, at] = [await client.call('sid'), await client.call('now')];
    for (const scenario of scenarios) await client.call('simulate', scenario);
    await client.call('hears', 'Reconnected', {}, kRejoin, at);
    assert.notEqual(await client.call('sid'), sid);
    await witness.call('hears', 'TrackSubscribed', { identity: 'ada', source: 'camera' }, kRejoin, at);
    await Promise.all([witness.call('seesMore', 'ada', kRejoin), client.call('seesMore', 'ben', kRejoin)]);
  };

  // In Firefox a connection whose ICE restarts is no longer connected. livekit-client waits for that while it has no
  // signalling, gives up after 15 seconds, and joins anew. Somebody else spends them meanwhile.
  const kPatient = 'disconnect-signal-on-resume';
  const carol = engine === 'firefox' && await openClient(browsers.firefox, server, 'carol', { single, ...kCamera });
  const begun = carol && await carol.join(room);
  const formerSid = carol && await carol.call('sid');
  if (carol) {
    t.after(() => carol.close());
    await carol.call('simulate', kPatient);
  }

  await t.test('subscriber-bandwidth: the picture that fits is the one that is sent', async () => {
    await client.call('seesHeight', 'ben', 'camera', kLarge, kSoon);
    await client.call('simulate', 'subscriber-bandwidth', kNarrow);
    await client.call('seesHeight', 'ben', 'camera', kSmall, kSoon);
    await client.call('simulate', 'subscriber-bandwidth', 0);
    await client.call('seesHeight', 'ben', 'camera', kLarge, kSoon);
  });
  await t.test('speaker: heard as loud for three seconds, in silence', async () => {
    const at = await client.call('now');
    await client.call('simulate', 'speaker');
    await Promise.all([client, witness].map((each) => each.call('hearsSpeaking', 'ada', kSoon, at)));
    await Promise.all([client, witness].map((each) => each.call('waitNoSpeaker', kSoon)));
    assert.ok((await client.call('now')) - at > 2500);
  });
  for (const scenario of kResumes) {
    if (carol && scenario === kPatient) continue;
    await t.test(`${scenario}: the session goes on`, async () => {
      const [sid, at] = [await client.call('sid'), await client.call('now')];
      await client.call('simulate', scenario);
      await client.call('hears', 'Reconnected', {}, kRejoin, at);
      assert.equal(await client.call('sid'), sid);
      await assert.rejects(witness.call('hears', 'ParticipantDisconnected', { identity: 'ada' }, 0, at));
      await witness.call('seesMore', 'ada', kSoon);
    });
  }
  for (const scenario of kRejoins) {
    await t.test(`${scenario}: the client joins anew`, async () => {
      await rejoins(scenario);
      if (scenario === 'force-tcp') await client.call('goesOver', 'tcp', kSoon);
    });
  }
  await t.test('fail-on-v1-path: the client joins anew on /rtc', { skip: !single && 'it is there already' }, async () => {
    assert.equal(await client.call('isSingle'), true);
    await rejoins('fail-on-v1-path', 'full-reconnect');
    assert.equal(await client.call('isSingle'), false);
  });
  if (carol) {
    await t.test(`${kPatient}: the client joins anew in the end`, async () => {
      await carol.call('hears', 'Reconnected', {}, kRejoin, begun);
      assert.notEqual(await carol.call('sid'), formerSid);
      await Promise.all([witness.call('seesMore', 'carol', kRejoin), carol.call('seesMore', 'ben', kRejoin)]);
    });
  }
  await t.test('server-leave: the client is told to go, and the other knows', async () => {
    const at = await client.call('now');
    await client.call('simulate', 'server-leave');
    await client.call('hears', 'Disconnected', { value: kServerShutdown }, kSoon, at);
    await witness.call('hears', 'ParticipantDisconnected', { identity: 'ada' }, kSoon, at);
  });
}
