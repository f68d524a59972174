// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { areaOf, pathOf } from './chart.js';

const points = (...values) => values.map(([time, value]) => ({ time, value }));
const x = (time) => time;
const y = (value) => 10 - value;

test('a line goes through the points, and breaks where nothing is known', () => {
  assert.equal(pathOf(points([0, 1], [2, 3], [4, undefined], [6, 2], [8, 0]), x, y), 'M0.0 9.0L2.0 7.0M6.0 8.0L8.0 10.0');
  assert.equal(pathOf([], x, y), '');
});

test('a line breaks where nobody looked for long', () => {
  assert.equal(pathOf(points([0, 1], [2, 1], [60, 1]), x, y), 'M0.0 9.0L2.0 9.0M60.0 9.0h0');
});

test('an area reaches from each piece of the line to the ground', () => {
  assert.equal(areaOf(points([0, 1], [2, 3], [4, undefined], [6, 2]), x, y), 'M0.0 10.0L0.0 9.0L2.0 7.0L2.0 10.0ZM6.0 10.0L6.0 8.0L6.0 10.0Z');
});
