// SPDX-License-Identifier: Apache-2.0
// What the server's own metrics say of it, moment after moment.
import { Book, Counters } from './series.js';

const kWindow = 10;  // the server renews its figures about as often as it is asked
const kCounters = {
  cpu: ['process_cpu_seconds_total'],
  bitsIn: ['livekit_packet_bytes', { direction: 'incoming' }, 8],
  bitsOut: ['livekit_packet_bytes', { direction: 'outgoing' }, 8],
  packetsIn: ['livekit_packet_total', { direction: 'incoming' }],
  packetsOut: ['livekit_packet_total', { direction: 'outgoing' }],
};
const kGauges = {
  rooms: ['livekit_room_total'],
  participants: ['livekit_participant_total'],
  tracks: ['livekit_track_published_total'],
  subscriptions: ['livekit_track_subscribed_total'],
  memory: ['process_resident_memory_bytes'],
};

export class NodeFigures {
  constructor() {
    this.counters = new Counters(kWindow);
    this.book = new Book();
  }

  // `time` in seconds.
  update(time, samples) {
    const value = ([name, labels]) => samples.sum(name, labels);
    this.counters.add(time, Object.entries(kCounters).map(([key, from]) => [key, value(from)]).filter(([, total]) => total !== undefined));
    this.book.add(time, [
      ...Object.entries(kGauges).map(([key, from]) => [key, value(from)]),
      ...Object.entries(kCounters).map(([key, [, , factor = 1]]) => [key, scaled(this.counters.rate(key), factor)]),
    ]);
  }

  get(name) {
    return this.book.get(name);
  }
}

const scaled = (value, factor) => (value === undefined ? undefined : value * factor);
