// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSamples } from './exposition.js';
import { RoomFigures } from './room_figures.js';

// What a server says of Ada's camera in two layers and Ben's microphone, and of who gets them, after so many seconds.
function metricsAt(seconds, { camera = true } = {}) {
  const lines = ['sfu_room_participants{room="r"} 2'];
  const track = (participant, sid, kind, layer, bytes, packets, lost) => {
    const labels = `room="r",participant="${participant}",track="${sid}",name="",kind="${kind}",source="CAMERA",mime="video/VP8"${layer ? `,layer="${layer}"` : ''}`;
    lines.push(`sfu_track_receive_bytes_total{${labels}} ${bytes * seconds}`, `sfu_track_receive_packets_total{${labels}} ${packets * seconds}`,
      `sfu_track_receive_lost_total{${labels}} ${lost * seconds}`, `sfu_track_receive_jitter_seconds{${labels}} 0.004`);
  };
  const subscription = (participant, publisher, sid, bytes, packets, lost, layer) => {
    const labels = `room="r",participant="${participant}",publisher="${publisher}",track="${sid}"`;
    lines.push(`sfu_subscription_send_bytes_total{${labels}} ${bytes * seconds}`, `sfu_subscription_send_packets_total{${labels}} ${packets * seconds}`,
      `sfu_subscription_lost_total{${labels}} ${lost * seconds}`, `sfu_subscription_layer{${labels}} ${layer}`,
      `sfu_subscription_paused{${labels}} ${layer < 0 ? 1 : 0}`);
  };
  if (camera) {
    track('ada', 'TR_A', 'VIDEO', 'h', 50_000, 50, 0);
    track('ada', 'TR_A', 'VIDEO', 'q', 12_500, 15, 35);
    subscription('ben', 'ada', 'TR_A', 50_000, 50, 5, 1);
  }
  track('ben', 'TR_B', 'AUDIO', '', 4_000, 50, 0);
  subscription('ada', 'ben', 'TR_B', 0, 0, 0, -1);
  lines.push('sfu_participant_rtt_seconds{room="r",participant="ada"} 0.02', 'sfu_participant_connection_quality{room="r",participant="ada"} 2',
    'sfu_participant_connection_score{room="r",participant="ada"} 4.4', 'sfu_participant_estimate_bits_per_second{room="r",participant="ben"} 600000');
  return parseSamples(lines.join('\n'));
}

function figuresOf(...moments) {
  const figures = new RoomFigures();
  for (const [time, samples] of moments) figures.update(time, samples);
  return figures;
}

test('bitrates of layers, tracks, participants and the room are of what they consist of', () => {
  const figures = figuresOf([10, metricsAt(10)], [12, metricsAt(12)]);
  assert.equal(figures.ofLayer('bitrate', 'TR_A', 'h').last, 400_000);
  assert.equal(figures.ofLayer('bitrate', 'TR_A', 'q').last, 100_000);
  assert.equal(figures.ofTrack('bitrate', 'TR_A').last, 500_000);
  assert.equal(figures.ofParticipant('bitrate', 'ada', 'up').last, 500_000);
  assert.equal(figures.ofParticipant('bitrate', 'ben', 'down').last, 400_000);
  assert.equal(figures.ofRoom('bitrate', 'up').last, 532_000);
  assert.equal(figures.ofRoom('bitrate', 'down').last, 400_000);
  assert.equal(figures.ofSubscription('bitrate', 'ben', 'TR_A').last, 400_000);
});

test('loss is of what was sent: towards the server what it got and what it missed, from the server what it sent', () => {
  const figures = figuresOf([10, metricsAt(10)], [12, metricsAt(12)]);
  assert.equal(figures.ofTrack('loss', 'TR_A').last, 0.35);
  assert.equal(figures.ofLayer('loss', 'TR_A', 'h').last, 0);
  assert.equal(figures.ofSubscription('loss', 'ben', 'TR_A').last, 0.1);
  assert.equal(figures.ofSubscription('loss', 'ada', 'TR_B').last, undefined);
});

test('states are those of the last answer', () => {
  const figures = figuresOf([10, metricsAt(10)]);
  assert.deepEqual(figures.tracks.get('TR_A'), { layers: ['q', 'h'], jitter: 0.004 });
  assert.deepEqual(figures.subscription('ben', 'TR_A'), { participant: 'ben', publisher: 'ada', track: 'TR_A', layer: 1, paused: false });
  assert.deepEqual(figures.subscription('ada', 'TR_B'), { participant: 'ada', publisher: 'ben', track: 'TR_B', layer: -1, paused: true });
  assert.deepEqual(figures.participants.get('ada'), { roundTrip: 0.02, quality: 2, score: 4.4 });
  assert.equal(figures.estimateOf('ben').last, 600_000);
});

test('a track that comes or goes is no peak in the figures of its room', () => {
  const figures = figuresOf([10, metricsAt(10)], [12, metricsAt(12, { camera: false })], [14, metricsAt(14, { camera: false })], [16, metricsAt(16)]);
  assert.deepEqual(figures.ofRoom('bitrate', 'up').points.map(({ value }) => value), [32_000, 32_000, 32_000]);
  assert.deepEqual(figures.ofTrack('bitrate', 'TR_A').points, []);
  assert.equal(figures.subscription('ben', 'TR_A').layer, 1);
});

test('a pause of the answers is a pause of the curve, and the rate after it is over the whole of it', () => {
  const figures = figuresOf([10, metricsAt(10)], [12, metricsAt(12)], [42, metricsAt(42)]);
  assert.deepEqual(figures.ofTrack('bitrate', 'TR_A').points.map(({ time, value }) => [time, value]), [[12, 500_000], [42, 500_000]]);
});
