// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { selectRooms } from './rooms_view.js';

const rooms = [
  { name: 'lounge', sid: 'RM_a', num_participants: 3, creation_time: '100', creation_time_ms: '100500', metadata: 'floor 1' },
  { name: 'attic', sid: 'RM_b', num_participants: 0, creation_time: '300' },
  { name: 'cellar', sid: 'RM_c', num_participants: 3, creation_time: '200' },
];
const names = (search, order) => selectRooms(rooms, search, order).map(({ name }) => name);

test('rooms are sorted by people, name and age', () => {
  assert.deepEqual(names('', 'people'), ['cellar', 'lounge', 'attic']);
  assert.deepEqual(names('', 'name'), ['attic', 'cellar', 'lounge']);
  assert.deepEqual(names('', 'new'), ['attic', 'cellar', 'lounge']);
  assert.deepEqual(names('', 'old'), ['lounge', 'cellar', 'attic']);
});

test('rooms are found by words of their name, sid and metadata', () => {
  assert.deepEqual(names('LOU', 'name'), ['lounge']);
  assert.deepEqual(names('rm_b', 'name'), ['attic']);
  assert.deepEqual(names('1 floor', 'name'), ['lounge']);
  assert.deepEqual(names('floor 2', 'name'), []);
});
