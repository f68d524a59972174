// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Book, Counters, Series, lossOf } from './series.js';

test('a counter becomes a rate over the time that has passed', () => {
  const counters = new Counters();
  assert.equal(counters.rate('a'), undefined);
  counters.add(10, [['a', 1000]]);
  assert.equal(counters.rate('a'), undefined);
  counters.add(12, [['a', 5000], ['b', 7]]);
  assert.equal(counters.rate('a'), 2000);
  assert.equal(counters.growth('a'), 4000);
  assert.equal(counters.rate('b'), undefined);  // it may have counted for long
  counters.add(12, [['a', 6000]]);
  assert.equal(counters.rate('a'), undefined);  // no time has passed
});

test('a counter that began again has no rate for once', () => {
  const counters = new Counters();
  counters.add(1, [['a', 1000]]);
  counters.add(3, [['a', 100]]);
  assert.equal(counters.rate('a'), undefined);
  counters.add(5, [['a', 300]]);
  assert.equal(counters.rate('a'), 100);
});

test('a counter that was missing once has no rate until it was seen twice again', () => {
  const counters = new Counters();
  counters.add(1, [['a', 1]]);
  counters.add(2, []);
  assert.equal(counters.rate('a'), undefined);
  counters.add(3, [['a', 3]]);
  assert.equal(counters.rate('a'), undefined);
  counters.add(4, [['a', 4]]);
  assert.equal(counters.rate('a'), 1);
});

test('with a window the growth is since the first moment in it', () => {
  const counters = new Counters(10);
  const rates = [];
  // Renewed every four seconds, looked at every two.
  for (const [time, total] of [[0, 0], [2, 0], [4, 400], [6, 400], [8, 800], [10, 800], [12, 1200], [14, 1200]]) {
    counters.add(time, [['a', total]]);
    rates.push(counters.rate('a'));
  }
  assert.deepEqual(rates.slice(4), [100, 80, 120, 80]);
});

test('a series forgets what is older than it keeps', () => {
  const series = new Series(60);
  for (let time = 0; time <= 100; time += 20) series.add(time, time * 2);
  assert.deepEqual(series.points.map(({ time }) => time), [40, 60, 80, 100]);
  assert.equal(series.last, 200);
  assert.deepEqual(series.since(70).map(({ value }) => value), [160, 200]);
  assert.deepEqual(series.since(101), []);
});

test('what is not known is a gap, not 0', () => {
  const book = new Book(60);
  book.add(1, [['a', 5], ['b', undefined]]);
  book.add(2, [['b', NaN]]);
  book.add(3, [['a', 6], ['b', 0]]);
  assert.deepEqual(book.get('a').points.map(({ value }) => value), [5, undefined, 6]);
  assert.deepEqual(book.get('b').points.map(({ value }) => value), [undefined, undefined, 0]);
});

test('a series nobody speaks of any more goes when its values have become old', () => {
  const book = new Book(10);
  book.add(0, [['gone', 1], ['stays', 1]]);
  book.add(5, [['stays', 1]]);
  assert.equal(book.series.has('gone'), true);
  book.add(11, [['stays', 1]]);
  assert.equal(book.series.has('gone'), false);
  assert.equal(book.series.has('stays'), true);
  assert.deepEqual(book.get('gone').points, []);
});

test('loss is the lost part of what was sent', () => {
  assert.equal(lossOf(5, 100), 0.05);
  assert.equal(lossOf(0, 10), 0);
  assert.equal(lossOf(0, 0), undefined);
  assert.equal(lossOf(12, 10), 1);
});
