// SPDX-License-Identifier: Apache-2.0
// The SFU itself, and with the HTTP port that clients and server SDKs of LiveKit speak to.
import { Early, Owner } from "./handle.js";
import { call, errorOf, wait } from "./native.js";
import { callbacksOf } from "./policy.js";
import { Room } from "./room.js";
import { SignalSession } from "./signalling.js";

/** Options as C has them; events go to `early`. */
function plugged(options, early) {
  const { policy, log, ...rest } = options;
  const tell = (_, { event }) => early.tell(event);
  const made = { ...rest, events: { provides: ["onEvent"], call: tell } };
  if (policy) made.policy = callbacksOf(policy);
  if (log) made.log = { provides: ["log"], call: (_, { level, message, fields }) => log(level, message, fields) };
  return made;
}

function drained(name, handle) {
  return new Promise((resolve, reject) => {
    call(name, handle, (_, { status }) => {
      if (status === "ok") resolve();
      else reject(errorOf(status, "the engine stopped, or is drained again"));
    });
  });
}

export class Engine extends Owner {
  static async start(options = {}) {
    const early = new Early();
    return new Engine(await wait("sfu_engine_create", plugged(options, early)), early);
  }

  constructor(handle, early) {
    super(handle, "sfu_engine_release");
    early.open((event) => {
      this.emit("event", event);
      this.emit(event.name, event);
    });
  }

  async stop() {
    await wait("sfu_engine_stop", this);
  }

  drain() {
    return drained("sfu_engine_drain", this._handle);
  }

  room(name) {
    return new Room(call("sfu_engine_room", this._handle, name));
  }

  rooms(names = []) {
    return wait("sfu_engine_get_rooms", this, names);
  }

  createRoom(name, configuration, preset = "") {
    return wait("sfu_engine_create_room", this, name, configuration, preset);
  }

  statistics() {
    return call("sfu_engine_get_statistics", this._handle);
  }

  counters() {
    return wait("sfu_engine_get_counters", this);
  }

  connect(request) {
    return new SignalSession((callbacks) => call("sfu_engine_connect", this._handle, request, callbacks));
  }

  async validate(request) {
    const [status, body] = await wait("sfu_engine_validate", this, request);
    return { status, body };
  }

  checkRevoked(claims) {
    call("sfu_engine_check_revoked", this._handle, claims);
  }
}

export class Server extends Owner {
  static async start(options = {}) {
    const early = new Early();
    const made = { ...options, engine: plugged(options.engine ?? {}, early) };
    return new Server(await wait("sfu_server_create", made), early);
  }

  constructor(handle, early) {
    super(handle, "sfu_server_release");
    this.engine = new Engine(call("sfu_server_engine", handle), early);
  }

  async _close() {
    await this.engine.close();
    await super._close();
  }

  get port() {
    return call("sfu_server_get_port", this._handle);
  }

  async stop() {
    await wait("sfu_server_stop", this);
  }

  drain() {
    return drained("sfu_server_drain", this._handle);
  }

  announce(egress) {
    call("sfu_server_announce", this._handle, egress);
  }

  metrics() {
    return call("sfu_server_get_metrics", this._handle);
  }

  warnings() {
    return call("sfu_server_get_warnings", this._handle);
  }

  webhookCounters() {
    return call("sfu_server_get_webhook_counters", this._handle);
  }
}
