// SPDX-License-Identifier: Apache-2.0
// Bundles the page into dist/, which sfu-server serves at /meet/: one script, one style sheet, one page.
import { build } from 'esbuild';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
rmSync(`${here}dist`, { recursive: true, force: true });
mkdirSync(`${here}dist`);
await build({
  entryPoints: [`${here}src/main.js`],
  outfile: `${here}dist/meet.js`,
  bundle: true,
  format: 'esm',
  target: ['chrome100', 'firefox110', 'safari16'],
  minify: true,
  sourcemap: true,
  logLevel: 'warning',
});
for (const file of ['index.html', 'style.css', 'icon.svg']) cpSync(`${here}src/${file}`, `${here}dist/${file}`);
