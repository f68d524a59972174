// SPDX-License-Identifier: Apache-2.0
// Bundles the console into dist/, which sfu-server serves at /console/: one script, one style sheet, one page.
import { build } from 'esbuild';
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
rmSync(`${here}dist`, { recursive: true, force: true });
mkdirSync(`${here}dist`);
await build({
  entryPoints: [{ in: `${here}src/main.js`, out: 'console' }, { in: `${here}src/style.css`, out: 'console' }],
  outdir: `${here}dist`,
  bundle: true,
  format: 'esm',
  target: ['chrome100', 'firefox110', 'safari16'],
  minify: true,
  sourcemap: true,
  logLevel: 'warning',
});
for (const file of ['index.html', 'icon.svg']) cpSync(`${here}src/${file}`, `${here}dist/${file}`);
