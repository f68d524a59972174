// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSamples } from './exposition.js';

test('samples are found by name and labels, and comments and empty lines are passed over', () => {
  const samples = parseSamples(`# HELP sfu_room_participants all that are in it
# TYPE sfu_room_participants gauge
sfu_room_participants{room="lounge"} 2

up 1
traffic{direction="incoming",kind="audio"} 10 1700000000000
traffic{direction="incoming", kind="video", } 1.5e3
traffic{direction="outgoing",kind="video"} 7
`);
  assert.deepEqual(samples.all('sfu_room_participants'), [{ labels: { room: 'lounge' }, value: 2 }]);
  assert.equal(samples.sum('up'), 1);
  assert.equal(samples.sum('traffic', { direction: 'incoming' }), 1510);
  assert.equal(samples.sum('traffic'), 1517);
  assert.equal(samples.sum('traffic', { direction: 'sideways' }), undefined);
  assert.equal(samples.sum('nothing'), undefined);
});

test('label values are read as they were before they were escaped', () => {
  const [sample] = parseSamples('a{name="a \\"b\\" \\\\n, c}=\\n",room="x"} 1').all('a');
  assert.deepEqual(sample.labels, { name: 'a "b" \\n, c}=\n', room: 'x' });
});

test('numbers that JSON does not have are read', () => {
  const samples = parseSamples('a +Inf\nb -Inf\nc NaN\nd{le="+Inf"} 3');
  assert.equal(samples.sum('a'), Infinity);
  assert.equal(samples.sum('b'), -Infinity);
  assert.ok(Number.isNaN(samples.sum('c')));
  assert.equal(samples.sum('d', { le: '+Inf' }), 3);
});

test('a line that is not of the format is named', () => {
  for (const bad of ['<html>', 'a{b="c" 1', 'a{b=c} 1', 'a', 'a{b="c"}', 'a one', 'a 1 2 3']) {
    assert.throws(() => parseSamples(`good 1\n${bad}`), /^Error: line 2 of the metrics is not understood/, bad);
  }
});

test('an answer of ten thousand lines takes no longer than a moment', () => {
  const line = (i) => `sfu_track_receive_bytes_total{room="r",participant="p${i}",track="TR_${i}",name="",kind="VIDEO"} ${i}`;
  const samples = parseSamples(Array.from({ length: 10_000 }, (_, i) => line(i)).join('\n'));
  assert.equal(samples.all('sfu_track_receive_bytes_total').length, 10_000);
});
