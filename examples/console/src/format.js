// SPDX-License-Identifier: Apache-2.0
// Figures as people read them. What is not known is a dash.
const kUnknown = '–';

function scaled(value, units, base = 1000) {
  let at = 0;
  while (Math.abs(value) >= base && at < units.length - 1) {
    value /= base;
    at += 1;
  }
  const digits = at === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
  return `${value.toFixed(digits)} ${units[at]}`;
}

const known = (format) => (value) => (value === undefined || value === null || !Number.isFinite(value) ? kUnknown : format(value));

export const formatBitrate = known((bits) => scaled(bits, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s']));
export const formatPacketRate = known((rate) => scaled(rate, ['packets/s', 'k packets/s', 'M packets/s']));
export const formatBytes = known((bytes) => scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB']));
export const formatShare = known((share) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`);
export const formatMilliseconds = known((seconds) => `${(1000 * seconds).toFixed(seconds < 0.01 ? 1 : 0)} ms`);
export const formatCount = known((value) => value.toLocaleString('en'));

// "3 min": the largest unit that fits, and no more.
export const formatDuration = known((seconds) => {
  if (seconds < 60) return `${Math.max(0, Math.floor(seconds))} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} days`;
});

// The same person has the same colour on every screen, on the meeting page too.
export function hueOf(text) {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + letter.codePointAt(0)) % 360;
  return hash;
}

export const initialsOf = (name) => name.split(/\s+/).slice(0, 2).map((word) => [...word][0] ?? '').join('').toUpperCase();

// The smallest of 1, 2, 5, 10, 20, ... that is not below `value`.
export function niceCeiling(value) {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value * (1 - 1e-9));
}
