// SPDX-License-Identifier: Apache-2.0
// examples/recorder: real media of each codec, published by sfu-cli, as ffprobe finds it on disk.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { probe } from '../support/probe.mjs';
import { freeTcpPort, freeUdpPort, makeToken, root } from '../support/server.mjs';
import { Hook } from './hook.mjs';
import { Program } from './program.mjs';

const kCli = process.env.SFU_CLI ?? `${root}build/bin/sfu-cli`;
const kEnough = 75;  // frames of video
const kRate = 25;
const kTolerance = 0.2;  // seconds

// Four seconds of each, with a key frame in every second.
const kPicture = ['-f', 'lavfi', '-i', `testsrc2=size=320x180:rate=${kRate}`, '-t', '4', '-g', `${kRate}`];
const kSources = {
  'opus.ogg': ['-f', 'lavfi', '-i', 'sine=frequency=500', '-t', '4', '-c:a', 'libopus', '-b:a', '32k'],
  'vp8.ivf': [...kPicture, '-c:v', 'libvpx', '-deadline', 'realtime'],
  'vp9.ivf': [...kPicture, '-c:v', 'libvpx-vp9', '-deadline', 'realtime', '-cpu-used', '8'],
  'av1.ivf': [...kPicture, '-c:v', 'libaom-av1', '-usage', 'realtime', '-cpu-used', '8'],
  'avc.h264': [...kPicture, '-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-profile:v', 'baseline'],
};

let port;
let host;
let hook;
const scratch = mkdtempSync(join(tmpdir(), 'sfu-recorder-'));
const folder = join(scratch, 'recordings');

before(async () => {
  for (const [name, how] of Object.entries(kSources)) execFileSync('ffmpeg', ['-v', 'error', ...how, join(scratch, name)]);
  port = await freeTcpPort();
  hook = await Hook.start();
  host = new Program(`${root}build/bin/recorder`, [`${port}`, `${await freeUdpPort()}`, folder, hook.url]);
  await host.line(/^listening on/);
});
after(async () => {
  await host.stop('SIGKILL');
  hook.stop();
  rmSync(scratch, { recursive: true });
});

// Publishes these files as somebody in a room of their own.
function publish(t, room, identity, files) {
  const token = makeToken({ room, identity });
  const program = new Program(kCli, ['join', '--url', `ws://127.0.0.1:${port}`, '--token', token,
    ...files.flatMap((file) => ['--publish', join(scratch, file)])]);
  t.after(() => program.child.kill('SIGKILL'));
  return program;
}

const fieldsOf = (line) => Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, key, value]) => [key, value]));
const closed = async (pattern) => fieldsOf(await host.line(new RegExp(`^closed file=.*${pattern}`)));
const published = async (program, count) => {
  await program.line(/^ready$/);
  for (let at = 0; at < count; ++at) await program.line(new RegExp(`^published id=track-${at} `));
};
const sent = async (program, track) => Number(fieldsOf(await program.line(new RegExp(`^sent id=track-${track} `))).frames);
// So much is to be in a file: a recording takes its time.
const enough = (seconds) => new Promise((resolve) => { setTimeout(resolve, 1000 * seconds); });

for (const [file, codec, extension, interval] of [
  ['vp8.ivf', 'vp8', 'webm', 1 / kRate], ['vp9.ivf', 'vp9', 'webm', 1 / kRate], ['av1.ivf', 'av1', 'webm', 1 / kRate],
  ['avc.h264', 'h264', 'mp4', 1 / 30],
]) {
  test(`${codec} and Opus are on disk, each frame in its place`, { timeout: 60_000 }, async (t) => {
    const program = publish(t, codec, 'ada', ['opus.ogg', file]);
    await published(program, 2);
    await enough(kEnough / kRate);
    assert.equal(await program.stop(), 0);
    for (const [track, kind, source, end, each] of [[0, 'opus', 'microphone', 'ogg', 0.02], [1, codec, 'camera', extension, interval]]) {
      const frames = await sent(program, track);
      const written = await closed(`${codec}-ada-${source}-TR_\\w+\\.${end} `);
      const found = probe(written.file);
      t.diagnostic(`${kind}: ${frames} frames sent, ${written.frames} written, ${found.packets} found, in ${found.seconds} s`);
      assert.deepEqual([found.codec, found.complaints], [kind, '']);
      // The last may come when its sender has said goodbye already, by another way.
      assert.ok(written.frames <= frames && written.frames >= frames - 2, `${written.frames} of ${frames}`);
      assert.equal(found.packets, Number(written.frames));
      assert.ok(Math.abs(found.seconds - frames * each) < kTolerance, `${found.seconds} s, not ${frames * each} s`);
      if (track === 1) assert.deepEqual([found.width, found.height, found.frames], [320, 180, found.packets]);
    }
  });
}

test('whatever somebody is called, the file is in the folder', { timeout: 60_000 }, async (t) => {
  const program = publish(t, '../up', '../../etc/cron.d/\u{1f44b}', ['opus.ogg']);
  const { file } = fieldsOf(await host.line(/^opened file=.*cron/));
  assert.match(file.slice(folder.length), /^\/___up-______etc_cron_d_____-microphone-TR_\w+\.ogg$/);
  assert.ok(existsSync(file));
  await program.stop();
  await closed('___up');
});

test('[C-069] when the program ends, the files are whole, and the webhook knows them', { timeout: 60_000 }, async (t) => {
  const program = publish(t, 'last', 'ada', ['opus.ogg', 'avc.h264']);
  for (const source of ['microphone', 'camera']) await host.line(new RegExp(`^opened file=.*last-ada-${source}`));
  await enough(1);
  assert.equal(await host.stop('SIGINT'), 0);
  for (const source of ['microphone', 'camera']) {
    const { file, seconds } = await closed(`last-ada-${source}`);
    const found = probe(file);
    assert.ok(found.seconds > 0.8 && Math.abs(found.seconds - seconds) < 0.05, `${found.seconds} s, not ${seconds} s`);
  }
  assert.deepEqual(readdirSync(folder).filter((name) => !/^[\w-]+\.(ogg|webm|mp4)$/.test(name)), []);
  await program.line(/^disconnected reason=server_shutdown/);

  const told = hook.of('last');
  assert.deepEqual(told.map(({ event }) => [event.event, event.egressInfo.status]), [
    ['egress_started', undefined], ['egress_updated', 'EGRESS_ACTIVE'], ['egress_ended', 'EGRESS_COMPLETE']]);
  for (const { verified } of told) assert.equal(verified.egressInfo.roomName, 'last');
  const { room, egressInfo } = told.at(-1).event;
  assert.equal(egressInfo.egressId, room.sid.replace('RM_', 'EG_'));
  assert.equal(egressInfo.fileResults.length, 2);
  for (const { filename, size, startedAt, endedAt } of egressInfo.fileResults) {
    assert.equal(Number(size), statSync(filename).size);
    assert.ok(BigInt(endedAt) - BigInt(startedAt) > 800_000_000n);
  }
});
