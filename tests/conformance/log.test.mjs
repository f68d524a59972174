// SPDX-License-Identifier: Apache-2.0
// What the real server writes to its log during a call: lines that a machine can read, with who and what they are about,
// and none for packets.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { dispose } from '@livekit/rtc-node';
import { startServer } from '../support/server.mjs';
import { NativeClient } from './native.mjs';

const kSoon = 20_000;
const kName = 'ada "the\nfirst"';
after(dispose);

// The lines of a call of a few hundred packets.
async function logOfCall(args) {
  const server = await startServer({ args });
  const [ada, ben] = [kName, 'ben'].map((name) => new NativeClient(server, name));
  await ada.join('hall');
  await ben.join('hall');
  await Promise.all([ada.seesAndHearsMore('ben', kSoon), ben.seesAndHearsMore(kName, kSoon)]);
  await ada.leave();
  await ben.leave();
  await server.stop();
  return server.log().split('\n').filter((line) => line !== '' && !/^(listening|meet) /.test(line));
}

test('as JSON, with room, participant and track by the names that LiveKit gives them', { timeout: 60_000 }, async () => {
  const lines = (await logOfCall(['--logging.json', '--logging.level', 'info'])).map((line) => JSON.parse(line));
  assert.ok(lines.length < 40, `${lines.length} lines`);
  for (const { ts, level, msg } of lines) {
    assert.ok(!Number.isNaN(Date.parse(ts)), ts);
    assert.ok(['info', 'warning', 'error'].includes(level), level);
    assert.ok(msg);
  }
  const [started] = lines.filter(({ msg }) => msg === 'room started');
  assert.equal(started.room, 'hall');
  assert.match(started.roomID, /^RM_/);
  for (const msg of ['participant active', 'participant left']) {
    const line = lines.find((each) => each.msg === msg && each.participant === kName);
    assert.equal(line.room, 'hall');
    assert.equal(line.roomID, started.roomID);
    assert.match(line.pID, /^PA_/);
  }
  assert.equal(lines.find(({ msg, participant }) => msg === 'participant left' && participant === 'ben').reason, 'CLIENT_INITIATED');
  const tracks = lines.filter(({ msg, participant }) => msg === 'track published' && participant === kName);
  assert.deepEqual(tracks.map(({ kind, source }) => `${kind} ${source}`).sort(), ['AUDIO MICROPHONE', 'VIDEO CAMERA']);
  for (const { trackID, roomID, pID } of tracks) {
    assert.match(trackID, /^TR_/);
    assert.equal(roomID, started.roomID);
    assert.match(pID, /^PA_/);
  }
  assert.ok(!lines.some(({ msg }) => msg === 'track subscribed'));
});

test('as text, and what the level leaves out', { timeout: 60_000 }, async () => {
  const lines = await logOfCall(['--logging.level', 'debug']);
  assert.ok(lines.some((line) => /^\S+ info track published room="hall" roomID="RM_\w+" participant="ada \\"the\\u000afirst\\"" pID="PA_\w+" trackID="TR_\w+" kind="AUDIO"/.test(line)),
    lines.join('\n'));
  assert.ok(lines.some((line) => / debug track subscribed .* participant="ben"/.test(line)));
  assert.ok(lines.length < 80, `${lines.length} lines`);
  const quiet = await logOfCall(['--logging.level', 'warn']);
  assert.deepEqual(quiet, []);
});
