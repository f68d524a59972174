// SPDX-License-Identifier: Apache-2.0
// Does a task again and again: each time some while after the last one began, and the longer the more work it was, so that
// a busy server is not asked faster than it answers.
export class Poller {
  // `task` takes care of its own errors.
  constructor(task, period) {
    Object.assign(this, { task, period, stopped: false, running: false, again: false });
    this.turn();
  }

  async turn() {
    const began = performance.now();
    this.running = true;
    await this.task();
    this.running = false;
    const took = performance.now() - began;
    if (this.stopped) return;
    const wait = this.again ? 0 : Math.max(this.period - took, 2 * took);
    this.again = false;
    this.timer = setTimeout(() => this.turn(), wait);
  }

  // At once, or as soon as what is under way has ended.
  now() {
    this.again = this.running;
    if (this.running || this.stopped) return;
    clearTimeout(this.timer);
    this.turn();
  }

  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
  }
}
