// SPDX-License-Identifier: Apache-2.0
// The figures over each tile, read from getStats once a second while they are shown.
import { element } from './dom.js';

const kPeriod = 1000;

export class StatsOverlay {
  constructor(stage) {
    this.stage = stage;
    this.before = new WeakMap();  // track -> { time, bytes, packets, lost } per report, to make rates of totals
    element('stats-toggle').onclick = () => this.show(!this.timer);
    this.show(false);
  }

  show(visible) {
    element('stats-toggle').setAttribute('aria-pressed', String(visible));
    element('stats-toggle').classList.toggle('active', visible);
    clearInterval(this.timer);
    this.timer = visible ? setInterval(() => this.update(), kPeriod) : undefined;
    if (visible) this.update();
    else for (const tile of this.stage.tiles.values()) tile.figures.hidden = true;
  }

  async update() {
    await Promise.all([...this.stage.tiles.values()].map(async (tile) => {
      const lines = [];
      for (const kind of ['video', 'audio']) {
        const track = tile.publication(kind)?.track;
        const report = await track?.getRTCStatsReport();
        if (report) lines.push(this.describe(track, kind, [...report.values()]));
      }
      tile.figures.hidden = !this.timer || lines.length === 0;
      tile.figures.textContent = lines.join('\n');
    }));
  }

  describe(track, kind, reports) {
    const codecs = new Map(reports.filter(({ type }) => type === 'codec').map((codec) => [codec.id, codec]));
    const streams = reports.filter(({ type, active }) => type === 'inbound-rtp' || (type === 'outbound-rtp' && active !== false));
    // With simulcast the tallest encoding that runs stands for the track; bytes are of all of them.
    const size = (each) => (each.framesPerSecond ? 10_000 : 0) + (each.frameHeight ?? 0);
    const main = streams.sort((a, b) => size(b) - size(a))[0];
    if (!main) return `${kind}: nothing yet`;

    const parts = [codecs.get(main.codecId)?.mimeType.split('/')[1] ?? kind];
    if (kind === 'video') parts.push(`${main.frameWidth ?? 0}×${main.frameHeight ?? 0}`, `${Math.round(main.framesPerSecond ?? 0)} fps`);
    const rates = this.rates(track, streams);
    if (rates) parts.push(`${rates.kilobits} kbit/s`);
    const loss = main.type === 'inbound-rtp' ? rates?.loss : farLoss(reports);
    if (loss !== undefined) parts.push(`loss ${(100 * loss).toFixed(1)} %`);
    const roundTrip = roundTripOf(reports);
    if (roundTrip !== undefined) parts.push(`rtt ${Math.round(roundTrip * 1000)} ms`);
    return parts.join('  ');
  }

  rates(track, streams) {
    const sum = (field) => streams.reduce((total, each) => total + (each[field] ?? 0), 0);
    const now = {
      time: streams[0].timestamp,
      bytes: sum('bytesReceived') + sum('bytesSent'),
      packets: sum('packetsReceived'),
      lost: sum('packetsLost'),
    };
    const before = this.before.get(track);
    this.before.set(track, now);
    if (!before || now.time <= before.time || now.bytes < before.bytes) return undefined;
    const lost = Math.max(0, now.lost - before.lost);
    const expected = now.packets - before.packets + lost;
    return { kilobits: Math.round((8 * (now.bytes - before.bytes)) / (now.time - before.time)), loss: expected > 0 ? lost / expected : 0 };
  }

  close() {
    this.show(false);
  }
}

// What the far end says it lost of ours.
function farLoss(reports) {
  const losses = reports.filter(({ type }) => type === 'remote-inbound-rtp').map(({ fractionLost }) => fractionLost ?? 0);
  return losses.length ? Math.max(...losses) : undefined;
}

function roundTripOf(reports) {
  const selected = reports.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
  const pair = reports.find(({ id, type, nominated }) => (selected ? id === selected : type === 'candidate-pair' && nominated));
  return pair?.currentRoundTripTime ?? reports.find(({ type }) => type === 'remote-inbound-rtp')?.roundTripTime;
}
