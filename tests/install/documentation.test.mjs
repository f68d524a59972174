// SPDX-License-Identifier: Apache-2.0
// Every block of C++ in docs/ is a whole file, which compiles as C++20 with the public headers.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const kRoot = fileURLToPath(new URL('../../', import.meta.url));

function blocks() {
  const found = [];
  for (const file of readdirSync(join(kRoot, 'docs'), { recursive: true }).filter((name) => name.endsWith('.md'))) {
    const text = readFileSync(join(kRoot, 'docs', file), 'utf8');
    for (const match of text.matchAll(/^```cpp\n(.*?)^```$/gms)) {
      const line = text.slice(0, match.index).split('\n').length;
      found.push({ name: `${file}:${line}`, code: `#line ${line + 1} "docs/${file}"\n${match[1]}` });
    }
  }
  return found;
}

test('the C++ in the documentation compiles', async (t) => {
  const all = blocks();
  assert.ok(all.length > 10);
  const scratch = mkdtempSync(join(tmpdir(), 'sfu-docs-'));
  t.after(() => rmSync(scratch, { recursive: true }));
  const failures = [];
  const compile = ({ name, code }, number) => new Promise((resolve) => {
    const unit = join(scratch, `${number}.cpp`);
    writeFileSync(unit, code);
    const args = ['-std=c++20', '-Wall', '-Wextra', '-Werror', '-fsyntax-only', `-I${kRoot}/include`, unit];
    execFile('g++', args, (error, _, said) => {
      if (error) failures.push(`${name}\n${said}`);
      resolve();
    });
  });
  let next = 0;
  await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    while (next < all.length) await compile(all[next], next++);
  }));
  if (failures.length !== 0) assert.fail(failures.join('\n'));
});
