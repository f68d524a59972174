// SPDX-License-Identifier: Apache-2.0
// Programs of this repository as a person starts them, and what they print.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';

const kLimit = 20_000;

// A process whose lines can be waited for.
export class Program {
  constructor(path, args) {
    this.name = args.slice(0, 8).join(' ');
    this.lines = [];
    this.waiting = [];
    this.child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.exit = new Promise((resolve) => { this.child.on('exit', (code, signal) => resolve(signal ?? code)); });
    this.exit.then(() => this.wake());
    let rest = '';
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (chunk) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop();
        this.lines.push(...parts);
        this.wake();
      });
    }
  }

  wake() {
    for (const check of this.waiting.splice(0)) check();
  }

  // The first line from `from` on that matches.
  async line(pattern, from = 0) {
    const end = Date.now() + kLimit;
    for (;;) {
      const found = this.lines.slice(from).find((line) => pattern.test(line));
      if (found !== undefined) return found;
      const left = end - Date.now();
      assert.ok(left > 0, `${this.name}: no line ${pattern} in\n${this.lines.join('\n')}`);
      let timer;
      await Promise.race([
        new Promise((resolve) => { this.waiting.push(resolve); }),
        new Promise((resolve) => { timer = setTimeout(resolve, left); }),
      ]);
      clearTimeout(timer);
    }
  }

  async stop(signal = 'SIGTERM') {
    this.child.kill(signal);
    return this.exit;
  }
}
