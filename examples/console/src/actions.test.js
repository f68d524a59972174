// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attributeChanges, readAttributes } from './actions.js';

test('attributes are read line by line, and values may have anything in them', () => {
  assert.deepEqual(readAttributes(' role = host \n\nurl=a=b&c\nempty='), { role: 'host', url: 'a=b&c', empty: '' });
  assert.throws(() => readAttributes('role'), /“role” is not key=value/);
  assert.throws(() => readAttributes('=x'), /not key=value/);
});

test('only what differs is sent, and what is gone is sent empty', () => {
  assert.deepEqual(attributeChanges({ a: '1', b: '2', c: '3' }, { a: '1', b: '4', d: '5' }), { c: '', b: '4', d: '5' });
  assert.deepEqual(attributeChanges({ a: '1' }, { a: '1' }), {});
});
