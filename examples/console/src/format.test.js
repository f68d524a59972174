// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatBitrate, formatBytes, formatDuration, formatMilliseconds, formatShare, niceCeiling } from './format.js';

test('figures have units and three digits at the most', () => {
  assert.equal(formatBitrate(0), '0 bit/s');
  assert.equal(formatBitrate(999), '999 bit/s');
  assert.equal(formatBitrate(1240), '1.24 kbit/s');
  assert.equal(formatBitrate(31_960), '32.0 kbit/s');
  assert.equal(formatBitrate(1_240_000), '1.24 Mbit/s');
  assert.equal(formatBytes(20_512_000), '20.5 MB');
  assert.equal(formatShare(0.0042), '0.4 %');
  assert.equal(formatShare(0.351), '35 %');
  assert.equal(formatMilliseconds(0.0034), '3.4 ms');
  assert.equal(formatMilliseconds(0.12), '120 ms');
});

test('what is not known is a dash', () => {
  for (const format of [formatBitrate, formatBytes, formatShare, formatDuration]) {
    for (const value of [undefined, null, NaN]) assert.equal(format(value), '–');
  }
});

test('durations are in the unit that one would say', () => {
  assert.equal(formatDuration(-1), '0 s');
  assert.equal(formatDuration(59.9), '59 s');
  assert.equal(formatDuration(61), '1 min');
  assert.equal(formatDuration(3 * 3600 + 120), '3 h 2 min');
  assert.equal(formatDuration(5 * 86_400 + 1), '5 days');
});

test('an axis ends at a round number', () => {
  assert.deepEqual([0, 0.011, 0.3, 1, 1.1, 4.9, 5, 51, 1_300_000].map(niceCeiling), [1, 0.02, 0.5, 1, 2, 5, 5, 100, 2_000_000]);
});
