// SPDX-License-Identifier: Apache-2.0
// Somebody in a room with @livekit/rtc-node, which is the Rust SDK that the native ones share: sends a tone and a moving
// picture, keeps a log of what the room said, and measures what is heard.
import {
  AudioFrame, AudioSource, AudioStream, IceTransportType, LocalAudioTrack, LocalVideoTrack, Room, RoomEvent, RpcError, TrackKind,
  TrackPublishOptions, TrackSource, VideoBufferType, VideoFrame, VideoSource, VideoStream,
} from '@livekit/rtc-node';
import { makeToken } from '../support/server.mjs';

export { dispose } from '@livekit/rtc-node';

const kEvents = [
  'ParticipantConnected', 'ParticipantDisconnected', 'TrackPublished', 'TrackUnpublished', 'TrackSubscribed', 'TrackUnsubscribed',
  'ActiveSpeakersChanged', 'ConnectionQualityChanged', 'ParticipantAttributesChanged', 'ParticipantNameChanged',
  'ParticipantMetadataChanged', 'ParticipantEncryptionStatusChanged', 'EncryptionError', 'Disconnected', 'Reconnecting', 'Reconnected',
];
const kSampleRate = 48_000;
const kFrame = kSampleRate / 50;  // 20 ms
const kTone = new Int16Array(kFrame).map((_, at) => 12_000 * Math.sin((2 * Math.PI * 500 * at) / kSampleRate));
const kLoud = 2000;
const kWidth = 320;
const kHeight = 180;
const kPatience = 5_000;  // ms
const kPoll = 20;

function describe(values) {
  const fields = {};
  for (const value of values) {
    if (value?.identity) fields.identity = value.identity;
    else if (Array.isArray(value)) fields.identities = value.map((each) => each.identity);
    else if (value?.source !== undefined && value.sid) fields.source = value.source;
    else if (['string', 'number', 'boolean'].includes(typeof value)) fields.value = value;
  }
  return fields;
}

function look({ data, width, height }) {
  return { width, height, brightness: data[(width * height) / 2] };  // of I420
}

export class NativeClient {
  constructor(server, identity) {
    Object.assign(this, { server, identity, log: [], pictures: new Map(), sound: new Map(), sending: [] });
  }

  note(event, fields) {
    this.log.push({ event, at: Date.now(), ...fields });
  }

  // `single` is the path of signalling: /rtc/v1, or /rtc. `secret` encrypts from end to end; with `relayed` no way but by TURN is taken.
  async join(room, { single = true, secret, publish = true, relayed = false } = {}) {
    this.room = new Room();
    for (const event of kEvents) this.room.on(RoomEvent[event], (...values) => this.note(event, describe(values)));
    this.room.on(RoomEvent.TrackSubscribed, (track, { source }, { identity }) => this.#play(track, source, identity));
    this.room.on(RoomEvent.DataReceived, (bytes, participant, kind, topic) =>
      this.note('Data', { text: Buffer.from(bytes).toString(), identity: participant?.identity, topic }));
    this.room.on(RoomEvent.ChatMessage, ({ message }, participant) => this.note('Chat', { message, identity: participant?.identity }));
    const token = makeToken({ room, identity: this.identity, video: { canUpdateOwnMetadata: true } });
    const encryption = secret && { keyProviderOptions: { sharedKey: new TextEncoder().encode(secret) } };
    await this.room.connect(this.server.url.replace(/^http/, 'ws'), token, {
      autoSubscribe: true, dynacast: false, singlePeerConnection: single, ...(encryption && { encryption }),
      ...(relayed && { rtcConfig: { iceTransportType: IceTransportType.TRANSPORT_RELAY, iceServers: [] } }),
    });
    if (publish) await this.#publish();
  }

  get me() {
    return this.room.localParticipant;
  }

  async #publish() {
    const sound = new AudioSource(kSampleRate, 1);
    const picture = new VideoSource(kWidth, kHeight);
    const tracks = [[LocalAudioTrack.createAudioTrack('tone', sound), TrackSource.SOURCE_MICROPHONE],
      [LocalVideoTrack.createVideoTrack('film', picture), TrackSource.SOURCE_CAMERA]];
    for (const [track, source] of tracks) {
      await this.me.publishTrack(track, new TrackPublishOptions({ source, dtx: false, simulcast: false }));
    }
    this.sending = [this.#sing(sound), this.#film(picture)];
  }

  // The source takes a frame when the one before has left it: it is the clock.
  async #sing(source) {
    while (!this.leaving) await source.captureFrame(new AudioFrame(kTone, kSampleRate, 1, kFrame));
  }

  // A second picture, four times the camera's, in simulcast. Resolves to its end.
  async shareScreen() {
    const [width, height] = [2 * kWidth, 2 * kHeight];
    const picture = new VideoSource(width, height);
    const share = {};
    const publication = await this.me.publishTrack(LocalVideoTrack.createVideoTrack('screen', picture),
      new TrackPublishOptions({ source: TrackSource.SOURCE_SCREENSHARE, simulcast: true }));
    const filming = this.#film(picture, { width, height, until: share });
    this.sending.push(filming);
    return async () => {
      share.over = true;
      await filming;
      await this.me.unpublishTrack(publication.sid);
    };
  }

  async #film(source, { width = kWidth, height = kHeight, until = {} } = {}) {
    for (let shade = 0; !this.leaving && !until.over; shade = (shade + 8) % 256) {
      const data = new Uint8Array((width * height * 3) / 2).fill(128).fill(shade, 0, width * height);
      source.captureFrame(new VideoFrame(data, width, height, VideoBufferType.I420));
      await new Promise((resolve) => setTimeout(resolve, 66));
    }
  }

  async #play(track, source, identity) {
    if (track.kind === TrackKind.KIND_VIDEO) {
      let last = {};
      for await (const { frame } of new VideoStream(track)) {
        if (frame.width !== last.width) this.note('Picture', { identity, source, ...look(frame) });
        last = frame;
        if (source !== TrackSource.SOURCE_SCREENSHARE) this.pictures.set(identity, (this.pictures.get(identity) ?? 0) + 1);
      }
    } else {
      this.sound.set(identity, { loud: 0, last: Date.now(), longest: 0 });
      for await (const { data } of new AudioStream(track, kSampleRate, 1)) {
        if (data.some((sample) => Math.abs(sample) > kLoud)) this.#heard(this.sound.get(identity));
      }
    }
  }

  #heard(sound) {
    const now = Date.now();
    sound.loud += 1;
    sound.longest = Math.max(sound.longest, now - sound.last);
    sound.last = now;
  }

  // From now on, how long nothing loud was heard of somebody; and what that was.
  watchSound(identity) {
    Object.assign(this.sound.get(identity), { last: Date.now(), longest: 0, loud: 0 });
  }
  soundGap(identity) {
    const { loud, longest, last } = this.sound.get(identity);
    const since = Date.now() - last;
    return { loud, since, longest: Math.max(longest, since) };
  }

  async until(what, probe, timeout) {
    const end = Date.now() + timeout;
    for (;;) {
      const value = await probe();
      if (value) return value;
      if (Date.now() > end) {
        throw new Error(`${this.identity}: ${what} not within ${timeout} ms; lately ${JSON.stringify(this.log.slice(-6))}`);
      }
      await new Promise((resolve) => setTimeout(resolve, kPoll));
    }
  }

  hears(event, fields, timeout, after = 0) {
    const fits = (entry) => entry.event === event && entry.at >= after &&
      Object.entries(fields).every(([key, value]) => entry[key] === value);
    return this.until(`${event} ${JSON.stringify(fields)}`, () => this.log.find(fits), timeout);
  }

  has(event, after = 0) {
    return this.log.some((entry) => entry.event === event && entry.at >= after);
  }

  // Waits for more pictures and sound than there are now.
  async seesAndHearsMore(identity, timeout) {
    const pictures = this.pictures.get(identity) ?? 0;
    const loud = this.sound.get(identity)?.loud ?? 0;
    await this.until(`picture and sound of ${identity}`, () =>
      this.pictures.get(identity) >= pictures + 10 && this.sound.get(identity)?.loud >= loud + 25, timeout);
  }

  // What others send from now on is noted, and their calls are answered, as by agent_data.js of tests/browser.
  listen() {
    for (const topic of ['text', 'lk.chat']) {
      this.room.registerTextStreamHandler(topic, async (reader, { identity }) => {
        this.note('Text', { identity, text: await reader.readAll(), mark: reader.info.attributes?.mark });
      });
    }
    this.room.registerByteStreamHandler('bytes', async (reader, { identity }) => {
      this.note('Bytes', { identity, text: Buffer.concat(await reader.readAll()).toString('base64'), name: reader.info.name });
    });
    this.me.registerRpcMethod('reverse', async ({ payload, callerIdentity }) => `${callerIdentity}: ${[...payload].reverse().join('')}`);
    this.me.registerRpcMethod('refuse', async () => { throw new RpcError(4711, 'not today', 'come tomorrow'); });
    this.me.registerRpcMethod('break', async () => { throw new Error('a secret of the callee'); });
  }

  rpc(to, method, payload) {
    return this.me.performRpc({ destinationIdentity: to, method, payload })
      .then((answer) => ({ answer }), ({ code, message, data }) => ({ code, message, data }));
  }

  async leave() {
    this.leaving = true;
    // A source whose track has been given up takes no frame any more, and its call does not return.
    const patience = new Promise((resolve) => setTimeout(resolve, kPatience));
    await Promise.race([Promise.all(this.sending), patience]);
    await Promise.race([this.room?.disconnect(), patience]);
  }
}
