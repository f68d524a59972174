// SPDX-License-Identifier: Apache-2.0
// Reads the text format of Prometheus (0.0.4): lines of `name{label="value",...} number [timestamp]`, and comments.

// The samples of one answer, by the name of their series: [{ labels, value }].
export class Samples {
  constructor(byName = new Map()) {
    this.byName = byName;
  }

  // Those with all of `labels`.
  all(name, labels = {}) {
    const wanted = Object.entries(labels);
    return (this.byName.get(name) ?? []).filter((sample) => wanted.every(([key, value]) => sample.labels[key] === value));
  }

  // undefined where there are none, which is not 0.
  sum(name, labels) {
    const found = this.all(name, labels);
    return found.length ? found.reduce((total, { value }) => total + value, 0) : undefined;
  }
}

const kName = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const kLabel = /\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*"((?:[^"\\]|\\.)*)"\s*,?\s*/y;
const kRest = /\s*(\S+)(?:\s+-?\d+)?\s*$/y;
const kEscapes = { '\\n': '\n', '\\"': '"', '\\\\': '\\' };
const kNumbers = { '+Inf': Infinity, Inf: Infinity, '-Inf': -Infinity, NaN };

// Throws an Error that names the line.
export function parseSamples(text) {
  const byName = new Map();
  text.split('\n').forEach((line, index) => {
    if (!line.trim() || line.trimStart().startsWith('#')) return;
    const sample = parseLine(line.trim());
    if (!sample) throw new Error(`line ${index + 1} of the metrics is not understood: ${line}`);
    const { name, ...rest } = sample;
    if (!byName.has(name)) byName.set(name, []);
    byName.get(name).push(rest);
  });
  return new Samples(byName);
}

function parseLine(line) {
  let at = 0;
  const next = (pattern) => {
    pattern.lastIndex = at;
    const found = pattern.exec(line);
    if (found) at = pattern.lastIndex;
    return found;
  };
  const name = next(kName)?.[0];
  if (!name) return undefined;
  const labels = {};
  if (line[at] === '{') {
    at += 1;
    for (let label = next(kLabel); label; label = next(kLabel)) labels[label[1]] = label[2].replace(/\\[n"\\]/g, (text) => kEscapes[text]);
    if (line[at] !== '}') return undefined;
    at += 1;
  }
  const number = next(kRest)?.[1];
  const value = kNumbers[number] ?? Number(number);
  return number === undefined || (Number.isNaN(value) && number !== 'NaN') ? undefined : { name, labels, value };
}
