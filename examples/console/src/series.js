// SPDX-License-Identifier: Apache-2.0
// What the plots show: values over the last minutes, and how counters that only grow become rates.

export const kKept = 10 * 60;  // seconds

// Values in the order of their times, which are seconds. undefined is a gap: nothing was known then.
export class Series {
  constructor(kept = kKept) {
    this.kept = kept;
    this.points = [];
  }

  add(time, value) {
    this.points.push({ time, value: Number.isFinite(value) ? value : undefined });
    const old = this.points.findIndex((point) => point.time >= time - this.kept);
    if (old > 0) this.points.splice(0, old);
  }

  get last() {
    return this.points.at(-1)?.value;
  }

  since(time) {
    const first = this.points.findIndex((point) => point.time >= time);
    return first < 0 ? [] : this.points.slice(first);
  }
}

// Series by their key, those of one moment added together; one that nothing is said about gets a gap, and is forgotten
// when all that it had has become too old.
export class Book {
  constructor(kept = kKept) {
    this.kept = kept;
    this.series = new Map();
  }

  // `values`: [key, value] each.
  add(time, values) {
    const known = new Map(values);
    for (const key of known.keys()) {
      if (!this.series.has(key)) this.series.set(key, new Series(this.kept));
    }
    for (const [key, series] of this.series) {
      series.add(time, known.get(key));
      if (series.points.every(({ value }) => value === undefined) && !known.has(key)) this.series.delete(key);
    }
  }

  get(key) {
    return this.series.get(key) ?? kNone;
  }
}

const kNone = Object.freeze(new Series());

// Counters of one moment after another. Growth is since the moment before or, with a `window` in seconds, since the first
// of those that are not older: for counters that are not renewed each time one looks.
export class Counters {
  constructor(window = 0) {
    this.window = window;
    this.moments = [];
    this.now = { time: undefined, values: new Map() };
    this.before = this.now;
  }

  // `values`: [key, total] each.
  add(time, values) {
    this.now = { time, values: new Map(values) };
    this.moments.push(this.now);
    while (this.moments.length > 2 && this.moments[0].time < time - this.window) this.moments.shift();
    this.before = this.moments[0];
  }

  // In between; 0 while there are no two moments.
  get seconds() {
    return this.now.time - this.before.time || 0;
  }

  // What it grew by in between; undefined if that cannot be known: a counter that has become smaller began again.
  growth(key) {
    const [now, before] = [this.now.values.get(key), this.before.values.get(key)];
    if (now === undefined || before === undefined || this.seconds <= 0) return undefined;
    return now < before ? undefined : now - before;
  }

  // A second.
  rate(key) {
    const growth = this.growth(key);
    return growth === undefined ? undefined : growth / this.seconds;
  }
}

// The lost part of what was sent; nothing sent, nothing known. Reports of loss may be of packets sent earlier.
export function lossOf(lost, sent) {
  return sent > 0 ? Math.min(1, lost / sent) : undefined;
}
