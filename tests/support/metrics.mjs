// SPDX-License-Identifier: Apache-2.0
// What a server says in Prometheus's text format, read strictly: a line that does not belong there fails.
import assert from 'node:assert/strict';

const kSample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?(?:\d[\d.e+-]*|Inf|NaN))$/;
const kLabel = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"(?:,|$)/gy;
const kParts = /_(bucket|sum|count)$/;

function readLabels(text) {
  const labels = {};
  let end = 0;
  for (const [all, name, value] of text.matchAll(kLabel)) {
    labels[name] = value.replace(/\\(.)/g, (_, c) => (c === 'n' ? '\n' : c));
    end += all.length;
  }
  assert.equal(end, text.length, `labels: ${text}`);
  return labels;
}

export class Metrics {
  constructor(text) {
    this.types = new Map();
    this.samples = [];
    for (const line of text.trimEnd().split('\n')) {
      const [hash, what, name, type] = line.split(' ');
      if (hash === '#') {
        if (what === 'TYPE') this.types.set(name, type);
        continue;
      }
      const match = kSample.exec(line);
      assert.ok(match, `no sample: ${line}`);
      const family = this.types.get(match[1]) ? match[1] : match[1].replace(kParts, '');
      assert.ok(this.types.has(family), `no type: ${line}`);
      this.samples.push({ name: match[1], labels: readLabels(match[2] ?? ''), value: Number(match[3]) });
    }
  }

  // Those of this name with these labels, and perhaps others.
  all(name, labels = {}) {
    return this.samples.filter((sample) => sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value));
  }

  // Their sum; undefined if there are none.
  sum(name, labels = {}) {
    const found = this.all(name, labels);
    return found.length > 0 ? found.reduce((sum, { value }) => sum + value, 0) : undefined;
  }
}

// Reads again and again until `probe(metrics)` gives something; of a server's series, which are two seconds old at most.
export async function readUntil(read, what, probe, limit = 15_000) {
  const end = Date.now() + limit;
  for (;;) {
    const metrics = new Metrics(await read());
    const found = probe(metrics);
    if (found) return metrics;
    assert.ok(Date.now() < end, `${what}: not within ${limit} ms`);
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}
