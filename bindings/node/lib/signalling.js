// SPDX-License-Identifier: Apache-2.0
// One client's signalling connection, for programs that own the WebSocket. Emits "accepted", "rejected", "message" and
// "close".
import { EventEmitter } from "node:events";
import { call } from "./native.js";

const forgotten = new FinalizationRegistry((handle) => call("sfu_signal_session_release", handle));

export class SignalSession extends EventEmitter {
  #closed = false;

  constructor(open) {
    super();
    this._handle = open({
      provides: ["accepted", "rejected", "send", "close"],
      call: (name, what) => this.emit(name === "send" ? "message" : name, what),
    });
    forgotten.register(this, this._handle, this);
  }

  receive(message) {
    const text = typeof message === "string";
    call("sfu_signal_session_receive", this._handle, text ? Buffer.from(message) : message, text);
  }

  disconnected() {
    call("sfu_signal_session_disconnected", this._handle);
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    forgotten.unregister(this);
    call("sfu_signal_session_release", this._handle);
  }
}
