// SPDX-License-Identifier: Apache-2.0
// What a path does to the datagrams of one direction: which it loses, and how long the others take. As a function of the
// time that it is told, so that a test need not wait; the names are those of a link in docs/simulation.md.
const kOverhead = 28;  // IP and UDP

// mulberry32: numbers from 0 to 1, the same for the same seed.
export function makeRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value ^= value + Math.imul(value ^ (value >>> 7), value | 61);
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

export class Impairment {
  // `rate` in bits a second, 0: no limit. Times in milliseconds: `queue` is the longest wait in it, and jitter keeps the order.
  // `bursts` is the model of Gilbert and Elliott: the probability of each state after the other, and of a loss in the bad one.
  constructor({ loss = 0, bursts, delay = 0, jitter = 0, rate = 0, queue = 300 } = {}, random = makeRandom(1)) {
    Object.assign(this, { loss, bursts, delay, jitter, rate, queue, random });
    Object.assign(this, { bad: false, busyUntil: 0, lastExit: 0, passed: 0, lost: 0, dropped: 0 });
  }

  // When a datagram of so many bytes that comes `now` leaves the path; undefined: never.
  pass(now, size) {
    if (this.loses()) return void ++this.lost;
    const begins = Math.max(now, this.busyUntil);
    if (begins - now > this.queue) return void ++this.dropped;
    if (this.rate > 0) this.busyUntil = begins + (8000 * (size + kOverhead)) / this.rate;
    const exit = (this.rate > 0 ? this.busyUntil : now) + this.delay + (this.jitter > 0 ? this.jitter * this.random() : 0);
    this.lastExit = Math.max(this.lastExit, exit);
    ++this.passed;
    return this.lastExit;
  }

  loses() {
    if (this.loss > 0 && this.random() < this.loss) return true;
    if (!this.bursts) return false;
    const { goodToBad, badToGood, loss = 1 } = this.bursts;
    if (this.random() < (this.bad ? badToGood : goodToBad)) this.bad = !this.bad;
    return this.bad && this.random() < loss;
  }
}
