// SPDX-License-Identifier: Apache-2.0
// One client's signalling connection, for programs that own the WebSocket. Emits "accepted", "rejected", "message" and
// "close".
import { EventEmitter } from "node:events";
import { heldBy } from "./handle.js";
import { call } from "./native.js";

export class SignalSession extends EventEmitter {
  #close;

  constructor(open) {
    super();
    this._handle = open({
      provides: ["accepted", "rejected", "send", "close"],
      call: (name, what) => this.emit(name === "send" ? "message" : name, what),
    });
    this.#close = heldBy(this, this._handle, "sfu_signal_session_release");
  }

  receive(message) {
    const text = typeof message === "string";
    call("sfu_signal_session_receive", this._handle, text ? Buffer.from(message) : message, text);
  }

  disconnected() {
    call("sfu_signal_session_disconnected", this._handle);
  }

  close() {
    this.#close();
  }
}
