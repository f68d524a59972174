// SPDX-License-Identifier: Apache-2.0
// libsfu-c.so in a process that has other versions of Protobuf and Boost: a library that is loaded before it defines each
// symbol of theirs, and stops the program where one of them is used.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const kBuild = process.env.SFU_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url));
const run = (program, args, options) => promisify(execFile)(program, args, { timeout: 300_000, maxBuffer: 1 << 26, ...options });

let scratch;
let others;

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sfu-versions-'));
  const names = new Set();
  for (const archive of ['libprotobuf.a', 'libboost_json.a']) {
    const { stdout: path } = await run('g++', [`-print-file-name=${archive}`]);
    const { stdout } = await run('nm', ['--defined-only', '--extern-only', '--format=posix', path.trim()]);
    for (const line of stdout.split('\n')) {
      const [name] = line.split(' ');
      if (/6google8protobuf|5boost/.test(name)) names.add(name);
    }
  }
  assert.ok(names.size > 5000, `${names.size} symbols`);
  const code = [...names].map((name) => `.globl "${name}"\n"${name}":\n`).join('');
  await writeFile(join(scratch, 'others.s'), `.text\n${code}ud2\n.section .note.GNU-stack,"",@progbits\n`);
  others = join(scratch, 'libothers.so');
  await run('gcc', ['-shared', '-o', others, join(scratch, 'others.s')]);
});
after(() => rm(scratch, { recursive: true }));

test('the library works where they are another\'s', async () => {
  const { stdout } = await run(join(kBuild, 'tests/capi_test'), ['--no-colors=true', '-tce=*rounds*,*ABI*'],
    { env: { ...process.env, LD_PRELOAD: others } });
  assert.match(stdout, /\| 0 failed/);
});

test('a library that does not hide its own would not', async () => {
  await writeFile(join(scratch, 'host.cpp'),
    '#include "sfu/access_token.hpp"\nint main() { return sfu::make_access_token({}, "key", "secret").has_value() ? 0 : 1; }\n');
  const host = join(scratch, 'host');
  await run('g++', ['-std=c++20', `-I${fileURLToPath(new URL('../../include', import.meta.url))}`, join(scratch, 'host.cpp'), '-o', host,
    `-L${kBuild}`, '-lsfu', `-Wl,-rpath,${kBuild}`]);
  await run(host, []);
  await assert.rejects(run(host, [], { env: { ...process.env, LD_PRELOAD: others } }), ({ signal }) => signal === 'SIGILL');
});
