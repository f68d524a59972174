// SPDX-License-Identifier: Apache-2.0
// The Grafana dashboard: importable, and of series that there are.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { root } from '../support/server.mjs';

const dashboard = JSON.parse(readFileSync(`${root}docs/grafana-dashboard.json`, 'utf8'));
const documentation = `${root}docs/metrics.md`;
const panels = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = [
  ...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ...dashboard.templating.list.filter(({ type }) => type === 'query').map(({ definition }) => definition),
];
// Those of the process are as every client library of Prometheus has them.
const namesIn = (text) => text.match(/\b(?:livekit|sfu)_[a-z_]+/g) ?? [];
// A histogram's buckets, sum and count are documented by its own name.
const base = (name) => name.replace(/_(bucket|sum|count)$/, '');

test('[C-093] the dashboard asks for documented series only', { skip: !existsSync(documentation) }, () => {
  const documented = new Set(namesIn(readFileSync(documentation, 'utf8')));
  const used = [...new Set(queries.flatMap(namesIn))];
  assert.ok(used.length > 40, `${used.length} series`);
  assert.deepEqual(used.filter((name) => !documented.has(name) && !documented.has(base(name))), []);
});

test('every panel of the dashboard asks the data source that is chosen, and has a place of its own', () => {
  assert.ok(panels.length > 30, `${panels.length} panels`);
  const ids = dashboard.panels.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const { title, datasource, targets } of panels) {
    for (const each of [datasource, ...targets.map((target) => target.datasource)]) assert.equal(each.uid, '${datasource}', title);
    for (const { expr } of targets) {
      // Parentheses and braces that do not match are the mistake that Grafana tells only when it is looked at.
      for (const [open, close] of ['()', '{}', '[]']) assert.equal(expr.split(open).length, expr.split(close).length, expr);
      assert.match(expr, /instance=~"\$instance"/, title);
    }
  }
  const taken = new Map();
  for (const { title, gridPos: { x, y, w, h } } of dashboard.panels) {
    assert.ok(x >= 0 && x + w <= 24, title);
    for (let column = x; column < x + w; column += 1) {
      for (let line = y; line < y + h; line += 1) {
        assert.equal(taken.get(`${column},${line}`), undefined, `${title} lies on ${taken.get(`${column},${line}`)}`);
        taken.set(`${column},${line}`, title);
      }
    }
  }
});
