// SPDX-License-Identifier: Apache-2.0
// A participant of a room: over the network (Client.connect), or of this process (Room.join).
import { Early, Owner } from "./handle.js";
import { call, errorOf, SfuError } from "./native.js";
import { answer, callbacksOf, request } from "./rpc.js";

const names = [
  "onConnected", "onReady", "onReconnecting", "onReconnected", "onDisconnected", "onMoved", "onParticipantJoined",
  "onParticipantChanged", "onParticipantLeft", "onTrackPublished", "onTrackChanged", "onTrackUnpublished", "onSpeakers",
  "onSubscribed", "onUnsubscribed", "onFrame", "onPublished", "onPublishFailed", "onKeyframeRequested", "onData", "onText",
  "onStreamOpened", "onStreamData", "onStreamClosed",
];
let next = 0;

export class LocalTrack {
  constructor(client, id, sid) {
    this._client = client;
    this.id = id;
    this.sid = sid;
  }

  writeFrame(frame, layer = 0) {
    call("sfu_client_write_frame", this._client._handle, this.id, frame, layer);
  }

  writeRtp(packet, layer = 0) {
    call("sfu_client_write_rtp", this._client._handle, this.id, packet, layer);
  }

  setMuted(muted) {
    call("sfu_client_set_muted", this._client._handle, this.id, muted);
  }

  unpublish() {
    call("sfu_client_unpublish", this._client._handle, this.id);
  }
}

export class OutgoingStream {
  constructor(client, id) {
    this._client = client;
    this.id = id;
  }

  write(data) {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    call("sfu_client_write_stream", this._client._handle, this.id, bytes);
  }

  close(reason = "") {
    call("sfu_client_close_stream", this._client._handle, this.id, reason);
  }
}

/** What the library tells, until there is a Client, and then to it. */
class Session {
  early = new Early();
  publishing = new Map();
  gone = undefined;
  ready = new Promise((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });

  constructor(rtp) {
    this.callbacks = { provides: rtp ? [...names, "onRtp"] : names, call: (name, what) => this.hear(name, what) };
    this.ready.catch(() => {}); // who closes before that does not care
  }

  hear(name, what) {
    if (name === "onConnected") Object.assign(this, what);
    else if (name === "onReady") this.resolve();
    else if (name === "onPublished") this.take(what.id)?.resolve(what.trackSid);
    else if (name === "onPublishFailed") this.take(what.id)?.reject(errorOf(what.status, what.message));
    else if (name === "onDisconnected") this.end(what);
    this.early.tell(name[2].toLowerCase() + name.slice(3), what);
  }

  end({ reason, status, message }) {
    this.gone = new SfuError(`not in the room any more: ${message || reason}`, "SFU_ERROR_CLOSED");
    for (const each of this.publishing.values()) each.reject(this.gone);
    this.publishing.clear();
    this.reject(status === "ok" ? this.gone : errorOf(status, message));
  }

  take(id) {
    const found = this.publishing.get(id);
    this.publishing.delete(id);
    return found;
  }
}

export class Client extends Owner {
  #session;

  static async connect(options, { rtp = false } = {}) {
    const session = new Session(rtp);
    return Client._begun(call("sfu_client_connect", options, session.callbacks), session);
  }

  static async _join(open, { rtp = false } = {}) {
    const session = new Session(rtp);
    return Client._begun(await open(session.callbacks), session);
  }

  static async _begun(handle, session) {
    const client = new Client(handle, session);
    try {
      await session.ready;
    } catch (error) {
      await client.close();
      throw error;
    }
    session.early.open((name, what) => {
      // What still came on the way is of no use to whoever is closing: nothing can be answered any more.
      if (!client._closing || name === "disconnected") client.emit(name, what);
    });
    return client;
  }

  constructor(handle, session) {
    super(handle, "sfu_client_release");
    this.#session = session;
  }

  async _close() {
    await super._close();
    if (!this.#session.gone) this.#session.end({ reason: "closed", status: "ok", message: "" });
  }

  get room() {
    return this.#session.room;
  }

  get self() {
    return this.#session.self;
  }

  leave() {
    call("sfu_client_leave", this._handle);
  }

  async publish(options, id = `track-${++next}`) {
    const session = this.#session;
    if (session.gone) throw session.gone;
    const published = new Promise((resolve, reject) => session.publishing.set(id, { resolve, reject }));
    try {
      call("sfu_client_publish", this._handle, id, options);
    } catch (error) {
      session.take(id);
      throw error;
    }
    return new LocalTrack(this, id, await published);
  }

  subscribe(trackSid, subscribed = true) {
    call("sfu_client_subscribe", this._handle, trackSid, subscribed);
  }

  setTrackSettings(trackSid, settings) {
    call("sfu_client_set_track_settings", this._handle, trackSid, settings);
  }

  requestKeyFrame(trackSid) {
    call("sfu_client_request_key_frame", this._handle, trackSid);
  }

  update(changes) {
    call("sfu_client_update", this._handle, changes);
  }

  sendData(data, options) {
    call("sfu_client_send_data", this._handle, data, options);
  }

  sendText(text, options) {
    call("sfu_client_send_text", this._handle, text, options);
  }

  sendBytes(data, options) {
    call("sfu_client_send_bytes", this._handle, data, options);
  }

  openStream(id, options, { text = false } = {}) {
    call("sfu_client_open_stream", this._handle, id, text, options);
    return new OutgoingStream(this, id);
  }

  performRpc(identity, method, payload = "", timeoutMs = 0) {
    const what = request(method, payload, timeoutMs);
    return answer((done) => call("sfu_client_perform_rpc", this._handle, identity, what, done));
  }

  registerRpc(method, handler) {
    call("sfu_client_register_rpc", this._handle, method, callbacksOf(handler));
  }

  unregisterRpc(method) {
    call("sfu_client_unregister_rpc", this._handle, method);
  }
}
