// SPDX-License-Identifier: Apache-2.0
// What the metrics of one room say, moment after moment: rates, losses and states of its tracks, its subscriptions and its
// participants. "Up" is what a participant sends to the server, "down" what the server sends to it.
import { Book, Counters, lossOf } from './series.js';

export const kLayers = ['q', 'h', 'f'];  // from low to high
const kUp = { bytes: 'sfu_track_receive_bytes_total', packets: 'sfu_track_receive_packets_total', lost: 'sfu_track_receive_lost_total' };
const kDown = { bytes: 'sfu_subscription_send_bytes_total', packets: 'sfu_subscription_send_packets_total', lost: 'sfu_subscription_lost_total' };
const kOfParticipants = {
  roundTrip: 'sfu_participant_rtt_seconds',
  estimate: 'sfu_participant_estimate_bits_per_second',
  quality: 'sfu_participant_connection_quality',
  score: 'sfu_participant_connection_score',
};

// Of names that may hold any character.
const keyOf = (...parts) => JSON.stringify(parts);

export class RoomFigures {
  constructor() {
    this.counters = new Counters();
    this.book = new Book();
    this.tracks = new Map();         // by sid: { layers, jitter }
    this.subscriptions = new Map();  // by subscriber and track: { participant, publisher, track, layer, paused }
    this.participants = new Map();   // by identity: { roundTrip, estimate, quality, score }
  }

  // `time` in seconds.
  update(time, samples) {
    this.tracks = readTracks(samples);
    this.subscriptions = readSubscriptions(samples);
    this.participants = readParticipants(samples);
    const counts = [...countsOf(samples)];
    this.counters.add(time, counts.map(({ key, value }) => [key, value]));
    const estimates = [...this.participants].map(([identity, { estimate }]) => [keyOf('estimate', identity), estimate]);
    this.book.add(time, [...this.ratesOf(counts), ...estimates]);
  }

  // Of what each count is a part of. Growths are added, not totals: those of a track that goes would be missed.
  * ratesOf(counts) {
    const groups = new Map();
    for (const { key, what, parts } of counts) {
      const growth = this.counters.growth(key);
      if (growth === undefined) continue;
      for (const part of parts) {
        if (!groups.has(part)) groups.set(part, { bytes: 0, sent: 0, lost: 0 });
        groups.get(part)[what] += growth;
      }
    }
    for (const [part, { bytes, sent, lost }] of groups) {
      yield [keyOf('bitrate', part), (8 * bytes) / this.counters.seconds];
      yield [keyOf('loss', part), lossOf(lost, sent)];
    }
  }

  subscription(participant, track) { return this.subscriptions.get(keyOf(participant, track)); }

  // Series of 'bitrate' (bits a second) and 'loss' (0 to 1).
  ofRoom(what, direction) { return this.book.get(keyOf(what, keyOf('room', direction))); }
  ofParticipant(what, identity, direction) { return this.book.get(keyOf(what, keyOf('participant', identity, direction))); }
  ofTrack(what, sid) { return this.book.get(keyOf(what, keyOf('track', sid))); }
  ofLayer(what, sid, layer) { return this.book.get(keyOf(what, keyOf('layer', sid, layer))); }
  ofSubscription(what, identity, sid) { return this.book.get(keyOf(what, keyOf('subscription', identity, sid))); }
  // Of what the connection can carry towards the participant, in bits a second.
  estimateOf(identity) { return this.book.get(keyOf('estimate', identity)); }
}

// Each count: its own key, and the keys of what it is a part of. What was lost had been sent as well.
function* countsOf(samples) {
  for (const [name, series] of Object.entries(kUp)) {
    for (const { labels, value } of samples.all(series)) {
      const { participant, track, layer } = labels;
      const key = keyOf('up', name, track, labels.mime, layer);
      const parts = [keyOf('room', 'up'), keyOf('participant', participant, 'up'), keyOf('track', track)];
      if (layer) parts.push(keyOf('layer', track, layer));
      yield { key, value, what: name === 'packets' ? 'sent' : name, parts };
      if (name === 'lost') yield { key, value, what: 'sent', parts };
    }
  }
  for (const [name, series] of Object.entries(kDown)) {
    for (const { labels, value } of samples.all(series)) {
      const { participant, track } = labels;
      const parts = [keyOf('room', 'down'), keyOf('participant', participant, 'down'), keyOf('subscription', participant, track)];
      yield { key: keyOf('down', name, participant, track), value, what: name === 'packets' ? 'sent' : name, parts };
    }
  }
}

function readTracks(samples) {
  const tracks = new Map();
  for (const { labels } of samples.all(kUp.bytes)) {
    if (!tracks.has(labels.track)) tracks.set(labels.track, { layers: [] });
    const { layers } = tracks.get(labels.track);
    if (labels.layer && !layers.includes(labels.layer)) layers.push(labels.layer);
    layers.sort((a, b) => kLayers.indexOf(a) - kLayers.indexOf(b));
  }
  for (const { labels, value } of samples.all('sfu_track_receive_jitter_seconds')) {
    const track = tracks.get(labels.track);
    if (track) track.jitter = Math.max(track.jitter ?? 0, value);
  }
  return tracks;
}

function readSubscriptions(samples) {
  const subscriptions = new Map();
  for (const { labels: { participant, publisher, track } } of samples.all(kDown.bytes)) {
    subscriptions.set(keyOf(participant, track), { participant, publisher, track });
  }
  const read = (name, set) => {
    for (const { labels: { participant, track }, value } of samples.all(name)) {
      const subscription = subscriptions.get(keyOf(participant, track));
      if (subscription) set(subscription, value);
    }
  };
  read('sfu_subscription_layer', (subscription, value) => { subscription.layer = value; });
  read('sfu_subscription_paused', (subscription, value) => { subscription.paused = value === 1; });
  return subscriptions;
}

function readParticipants(samples) {
  const participants = new Map();
  for (const [field, name] of Object.entries(kOfParticipants)) {
    for (const { labels: { participant }, value } of samples.all(name)) {
      if (!participants.has(participant)) participants.set(participant, {});
      participants.get(participant)[field] = value;
    }
  }
  return participants;
}
