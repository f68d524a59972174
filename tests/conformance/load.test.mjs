// SPDX-License-Identifier: Apache-2.0
// The load generator against the real server, small and short: what it counts is what there is to count.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { promisify } from 'node:util';
import { root, startServer } from '../support/server.mjs';

const run = promisify(execFile);
const kLoad = process.env.SFU_LOAD ?? `${root}build/bench/sfu`;
const scratch = mkdtempSync(join(tmpdir(), 'sfu-load-'));
after(() => rmSync(scratch, { recursive: true }));

const load = (...args) => run(kLoad, args, { timeout: 60_000 });
async function figures(...args) {
  const { stdout } = await load(...args, '--warm-up', '1', '--json', '-');
  return JSON.parse(stdout).runs;
}

// Of all its threads, in user and system mode (proc(5): fields 14 and 15, in hundredths).
const processorSeconds = (pid) => {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').pop().split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
};

test('a broadcast to a server of its own: everybody gets everything, and the process is looked at', async () => {
  const [one] = await figures('broadcast', '--subscribers', '3', '--duration', '2', '--bitrate', '300k');
  assert.equal(one.joins.ready, 4);
  assert.equal(one.joins.failed, 0);
  assert.equal(one.streams, 3);
  assert.equal(one.up.lost, 0);
  assert.equal(one.down.lost, 0);
  // But for what was under way when counting began.
  assert.ok(Math.abs(one.down.expected - 3 * one.up.packets) < 3 * 60, `${one.down.expected} of ${one.up.packets}`);
  assert.ok(one.down.latency.count > 0.9 * (one.down.packets - one.down.repeated) && one.down.latency.p50_ms > 0);
  assert.ok(one.up.bitrate_bps > 2e5 && one.up.bitrate_bps < 6e5, `${one.up.bitrate_bps}`);
  assert.equal(one.joins.time_to_join.count, 4);
  assert.equal(one.joins.time_to_first_packet.count, 3);
  assert.ok(one.server.cpu_ns_per_packet > 0);
  assert.ok(one.server.resident_bytes > one.server.resident_bytes_before_joins);
  for (const loop of [one.bare_loop.openssl, one.bare_loop.libsrtp]) assert.ok(loop.ratio > 0 && loop.ratio_paced_segmented > 0);
});

test('a server given by URL and process, a sweep of data packets, and its plot', async () => {
  const server = await startServer();
  try {
    const plot = join(scratch, 'data.svg');
    const runs = await figures('data', '--url', server.url, '--sweep', '1,2', '--duration', '1', '--messages', '20', '--plot', plot);
    assert.equal(runs.length, 2);
    runs.forEach((one, i) => {
      assert.equal(one.joins.ready, i + 2);
      assert.equal(one.data_down.lost, 0);
      assert.ok(Math.abs(one.data_down.packets - (i + 1) * one.data_up.packets) <= (i + 1) * 2, `${one.data_down.packets}`);
      assert.equal(one.server, null);  // whose process was not told
    });
    assert.match(readFileSync(plot, 'utf8'), /^<svg .*<\/svg>\n$/s);
  } finally {
    await server.stop();
  }
});

// How much that is beside a LiveKit server is measured by hand, with the same command for both: docs/performance.md.
test('[M-089] what a forwarded packet costs is told of the process that is named, whatever server it is', async () => {
  const server = await startServer();
  try {
    const before = processorSeconds(server.pid);
    const [one] = await figures('broadcast', '--url', server.url, '--pid', `${server.pid}`, '--subscribers', '30', '--bitrate', '15M', '--duration', '5');
    const spent = processorSeconds(server.pid) - before;
    const { user_s: user, system_s: system, cpu_ns_per_packet: perPacket } = one.server;
    assert.ok(user + system > 0 && user + system <= spent + 0.02, `${user} s and ${system} s of ${spent} s`);
    assert.ok(one.down.packets > 1000, `${one.down.packets} packets`);
    // Both of /proc's figures are in hundredths, when counting begins as when it ends.
    assert.ok(user + system > 0.2, `${user} s and ${system} s are too few to be compared`);
    assert.ok(Math.abs(perPacket * one.down.packets - 1e9 * (user + system)) < 0.1 * 1e9 * (user + system), `${perPacket} ns`);
    for (const loop of [one.bare_loop.openssl, one.bare_loop.libsrtp]) assert.ok(loop.ratio > 0 && loop.ratio_paced_segmented > 0);
  } finally {
    await server.stop();
  }
});

test('of a meeting with simulcast every layer wish is heard: the speaker is large, others are small', async () => {
  const [one] = await figures('meeting', '--publishers', '3', '--duration', '1', '--bitrate', '600k');
  assert.equal(one.streams, 3 * 2 * 2);
  assert.equal(one.down.lost, 0);
  // Each of three sends three layers; the speaker's large one goes to two, and one small one and another to each.
  assert.ok(one.down.bitrate_bps < 0.85 * one.up.bitrate_bps, `${one.down.bitrate_bps} of ${one.up.bitrate_bps}`);
});

test('what is wrong is said, with the option that it is about', async () => {
  const refused = async (...args) => {
    const error = await load(...args).then(() => assert.fail('it ran'), (failure) => failure);
    assert.equal(error.code, 2);
    return error.stderr;
  };
  assert.match(await refused('broadcast', '--subscribers', 'some'), /^sfu: --subscribers: 'some' is not a whole number$/m);
  assert.match(await refused('broadcast', '--server', '/nowhere/sfu-server'), /does not serve/);
  const server = await startServer();
  try {
    assert.match(await refused('broadcast', '--url', server.url, '--api-secret', 'wrong', '--subscribers', '1'), /nobody could join/);
  } finally {
    await server.stop();
  }
});
