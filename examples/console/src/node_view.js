// SPDX-License-Identifier: Apache-2.0
// The strip at the top: what the whole server does, with the last minutes of each figure.
import { Sparkline } from './chart.js';
import { make, setText } from './dom.js';
import { formatBitrate, formatBytes, formatCount, formatPacketRate, formatShare } from './format.js';

const kTiles = [
  { name: 'rooms', label: 'Rooms', format: formatCount },
  { name: 'participants', label: 'Participants', format: formatCount },
  { name: 'tracks', label: 'Tracks', format: formatCount, more: ['subscriptions', (value) => `${formatCount(value)} sent on`] },
  { name: 'bitsIn', label: 'In', format: formatBitrate, more: ['packetsIn', formatPacketRate] },
  { name: 'bitsOut', label: 'Out', format: formatBitrate, more: ['packetsOut', formatPacketRate] },
  { name: 'cpu', label: 'CPU', format: formatShare, more: [undefined, () => 'of one core'], atLeast: 0.1 },
  { name: 'memory', label: 'Memory', format: formatBytes, more: [undefined, () => 'resident'] },
];

export class NodeView {
  constructor(container) {
    this.tiles = kTiles.map((tile) => {
      const parts = { value: make('span', { className: 'value' }, '–'), more: make('span', { className: 'more' }), spark: new Sparkline() };
      container.append(make('article', { className: 'tile', dataset: { figure: tile.name } },
        make('h3', {}, tile.label), parts.value, parts.more, parts.spark.node));
      return { ...tile, ...parts, detail: tile.more };
    });
  }

  update(figures, range) {
    for (const { name, format, value, more, detail, spark, atLeast } of this.tiles) {
      const series = figures.get(name);
      setText(value, format(series.last));
      setText(more, detail && series.last !== undefined ? detail[1](detail[0] && figures.get(detail[0]).last) : '');
      spark.update(series, range, atLeast);
    }
  }
}
