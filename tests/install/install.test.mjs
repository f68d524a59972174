// SPDX-License-Identifier: Apache-2.0
// What `cmake --install` gives, as programs outside this repository use it: installed into one folder and moved to another,
// found by CMake and by pkg-config, static and shared.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const kHere = fileURLToPath(new URL('./', import.meta.url));
const kBuild = process.env.SFU_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url));
const kSaid = /^version 0\.\d+\.\d+\nrooms: lecture\nada may join: success\nfirst key: port\nno URL: invalid_argument\n$/;

const kVersion = /^0\.\d+\.\d+\n$/;

let scratch;
let prefix;
let libraries;  // the folder of the libraries

async function run(program, args, options = {}) {
  try {
    return (await promisify(execFile)(program, args, { timeout: 300_000, maxBuffer: 1 << 26, ...options })).stdout;
  } catch (error) {
    throw new Error(`${program} ${args.join(' ')}\n${error.stdout ?? ''}${error.stderr ?? error}`);
  }
}

// A copy of the project in a folder of its own, with no other way to libsfu than the installed one.
async function project(name) {
  const folder = join(scratch, name);
  await cp(kHere, folder, { recursive: true });
  return folder;
}

async function loads(program) {
  return (await run('ldd', [program])).split('\n').filter((line) => line.includes('libsfu'));
}

async function withCMake(name, shared) {
  const folder = await project(name);
  await run('cmake', ['-S', folder, '-B', join(folder, 'build'), `-DCMAKE_PREFIX_PATH=${prefix}`, `-DBUILD_SHARED_LIBS=${shared}`]);
  await run('cmake', ['--build', join(folder, 'build')]);
  return join(folder, 'build/outside');
}

before(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'sfu-install-'));
  const first = join(scratch, 'first');
  prefix = join(scratch, 'moved');
  await run('cmake', ['--install', kBuild, '--prefix', first]);
  await rename(first, prefix);
  const configuration = (await readdir(prefix, { recursive: true })).find((file) => file.endsWith('/cmake/sfu/sfu-config.cmake'));
  libraries = join(prefix, configuration, '../../..');
});
after(() => rm(scratch, { recursive: true }));

test('find_package, shared libraries', async () => {
  const program = await withCMake('cmake-shared', 'ON');
  assert.match(await run(program, []), kSaid);
  const loaded = await loads(program);
  assert.equal(loaded.length, 3, loaded.join('\n'));  // core, control, client
  for (const line of loaded) assert.ok(line.includes(prefix), line);
});

test('find_package, static libraries', async () => {
  const program = await withCMake('cmake-static', 'OFF');
  assert.match(await run(program, []), kSaid);
  assert.deepEqual(await loads(program), []);
});

test('pkg-config and make', async () => {
  const folder = await project('make');
  const env = { ...process.env, PKG_CONFIG_PATH: join(libraries, 'pkgconfig'), MAKEFLAGS: '' };
  await run('make', ['-C', folder], { env });
  const program = join(folder, 'outside');
  assert.match(await run(program, [], { env: { ...env, LD_LIBRARY_PATH: libraries } }), kSaid);
});

test('the C interface, by pkg-config and by find_package', async () => {
  const folder = join(scratch, 'c');
  await mkdir(folder);
  await writeFile(join(folder, 'main.c'), '#include <stdio.h>\n#include "sfu-c/sfu.h"\nint main(void) { puts(sfu_version()); return 0; }\n');
  for (const library of ['sfu-c', 'sfu-c-engine']) {
    const env = { ...process.env, PKG_CONFIG_PATH: join(libraries, 'pkgconfig') };
    const flags = (await run('pkg-config', ['--cflags', '--libs', library], { env })).trim().split(/\s+/);
    await run('gcc', ['-std=c99', '-pedantic', '-Wall', '-Wextra', '-Werror', 'main.c', '-o', library, ...flags], { cwd: folder });
    assert.match(await run(join(folder, library), [], { env: { ...env, LD_LIBRARY_PATH: libraries } }), kVersion);
  }
  await writeFile(join(folder, 'CMakeLists.txt'), `cmake_minimum_required(VERSION 3.25)
project(outside LANGUAGES C)
find_package(sfu CONFIG REQUIRED COMPONENTS c)
add_executable(outside main.c)
target_link_libraries(outside PRIVATE sfu::c)
`);
  await run('cmake', ['-S', folder, '-B', join(folder, 'build'), `-DCMAKE_PREFIX_PATH=${prefix}`]);
  await run('cmake', ['--build', join(folder, 'build')]);
  assert.match(await run(join(folder, 'build/outside'), []), kVersion);
});

test('headers include nothing but the standard library, and compile as C++20 with all warnings', async () => {
  const all = (await readdir(join(prefix, 'include'), { recursive: true })).filter((file) => /\.(hpp|h)$/.test(file));
  assert.ok(all.length > 20, all.join(' '));
  const unit = join(scratch, 'headers.cpp');
  await writeFile(unit, all.map((file) => `#include <${file}>\n`).join(''));
  await run('g++', ['-std=c++20', '-Wall', '-Wextra', '-Wpedantic', '-Werror', '-fsyntax-only', `-I${prefix}/include`, unit]);
});

test('the server runs, with its sample configuration', async () => {
  const said = await run(join(prefix, 'bin/sfu-server'), ['ports', '--config', join(prefix, 'share/sfu-server/sample.yaml')]);
  assert.match(said, /^7880 - HTTP service$/m);
});

test('licence and documentation come along', async () => {
  const folder = join(prefix, 'share/doc/sfu');
  assert.match(await readFile(join(folder, 'LICENSE'), 'utf8'), /Apache License/);
  assert.ok((await stat(join(folder, 'docs/configuration.md'))).size > 10_000);
});
