// SPDX-License-Identifier: Apache-2.0
// Two people of @livekit/rtc-node in a room, who send each other a tone and numbered data all the time, and know what
// of it arrived: whatever a test does meanwhile, it can tell that the call went on.
import assert from 'node:assert/strict';
import {
  AudioFrame, AudioSource, AudioStream, LocalAudioTrack, Room, RoomEvent, TrackKind, TrackPublishOptions, TrackSource,
  dispose,
} from '@livekit/rtc-node';
import { makeToken } from '../support/server.mjs';

const kSampleRate = 48_000;
const kFrame = kSampleRate / 50;  // 20 ms
const kTone = new Int16Array(kFrame).map((_, i) => 12_000 * Math.sin((2 * Math.PI * 500 * i) / kSampleRate));
const kLoud = 2_000;
const kDataInterval = 50;
// What must still come after each trial: half a second of sound, and as much data.
const kMore = { loud: 25, data: 10 };
const kLimit = 15_000;
const kLongestGap = 2000;

// Missing packets are concealed by a fading sound: of that, only the first moment is as loud.
const isLoud = ({ data }) => data.some((sample) => Math.abs(sample) > kLoud);

class Person {
  constructor(identity) {
    Object.assign(this, { identity, room: new Room(), loud: 0, data: 0, lost: 0, trouble: [], leaving: false });
    this.watchGaps();
    const trouble = (event) => (...about) => {
      if (!this.leaving) this.trouble.push(`${identity}: ${event} ${about[0]?.identity ?? about[0]?.sid ?? ''}`);
    };
    for (const event of ['Disconnected', 'Reconnecting', 'TrackUnsubscribed']) this.room.on(RoomEvent[event], trouble(event));
    this.room.on(RoomEvent.TrackSubscribed, (track) => track.kind === TrackKind.KIND_AUDIO && this.#listen(track));
    this.room.on(RoomEvent.DataReceived, (bytes) => {
      const number = Buffer.from(bytes).readUInt32BE();
      if (this.data > 0 && number !== this.next) this.lost += 1;
      this.next = number + 1;
      this.#arrived('data');
    });
  }

  async #listen(track) {
    for await (const frame of new AudioStream(track, kSampleRate, 1)) {
      if (isLoud(frame)) this.#arrived('loud');
    }
  }

  #arrived(what) {
    const now = Date.now();
    this[what] += 1;
    this.gap[what] = Math.max(this.gap[what], now - this.last[what]);
    this.last[what] = now;
  }

  // From now on, how long nothing came.
  watchGaps() {
    this.last = { loud: Date.now(), data: Date.now() };
    this.gap = { loud: 0, data: 0 };
  }

  async join(url, room, token) {
    await this.room.connect(url, token, { autoSubscribe: true, dynacast: false });
    this.source = new AudioSource(kSampleRate, 1);
    this.track = LocalAudioTrack.createAudioTrack('tone', this.source);
    await this.room.localParticipant.publishTrack(this.track, new TrackPublishOptions({ source: TrackSource.SOURCE_MICROPHONE, dtx: false, red: false }));
    this.singing = this.#sing();
    this.#count();
  }

  // The source takes a frame when the one before has left it: it is the clock.
  async #sing() {
    while (!this.leaving) await this.source.captureFrame(new AudioFrame(kTone, kSampleRate, 1, kFrame));
  }

  #count() {
    let number = 0;
    this.timer = setInterval(() => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(number++);
      this.room.localParticipant.publishData(bytes, { reliable: true }).catch((error) => this.trouble.push(`${this.identity}: ${error.message}`));
    }, kDataInterval);
  }

  async leave() {
    this.leaving = true;
    clearInterval(this.timer);
    await this.singing;
    await this.room.disconnect();
  }
}

export class Call {
  // `url` is where the two connect to; it may be a proxy's. `tokenOf(identity)` gives a token, or a promise of one.
  static async start(url, room, tokenOf = (identity) => makeToken({ room, identity })) {
    const call = new Call();
    call.people = [new Person('alice'), new Person('bob')];
    try {
      for (const person of call.people) await person.join(url, room, await tokenOf(person.identity));
      await call.#more('at the start');
    } catch (error) {
      await call.end();
      throw error;
    }
    return call;
  }

  // Runs `trial`. Meanwhile and afterwards each hears the other and gets the other's data, without a reconnect.
  async goesOn(trial) {
    for (const person of this.people) person.watchGaps();
    await trial();
    await this.#more('after the trial');
    for (const { identity, trouble, lost, gap } of this.people) {
      assert.deepEqual(trouble, []);
      assert.equal(lost, 0, `${identity} missed data`);
      assert.ok(Math.max(gap.loud, gap.data) < kLongestGap, `${identity} waited for sound and data: ${JSON.stringify(gap)} ms`);
    }
  }

  async #more(when) {
    const goals = this.people.map(({ loud, data }) => ({ loud: loud + kMore.loud, data: data + kMore.data }));
    const end = Date.now() + kLimit;
    const reached = () => this.people.every((person, i) => person.loud >= goals[i].loud && person.data >= goals[i].data);
    while (!reached()) {
      const seen = this.people.map(({ identity, loud, data, trouble }) => ({ identity, loud, data, trouble }));
      assert.ok(Date.now() < end, `${when} the call stood still: ${JSON.stringify(seen)}, awaited ${JSON.stringify(goals)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  // Once.
  async end() {
    await Promise.all(this.people.map((person) => person.leave()));
    await dispose();
  }
}
