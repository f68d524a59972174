// SPDX-License-Identifier: Apache-2.0
// Objects of the library that JavaScript holds. Once closed they throw SFU_ERROR_INVALID_HANDLE.
import { EventEmitter } from "node:events";
import { call, native, told, wait } from "./native.js";

function giveBack({ handle, release }) {
  native.forget(handle);
  call(release, handle);
}

const forgotten = new FinalizationRegistry(giveBack);

/** Gives the handle back when `holder` is collected, or by the function that is returned. */
export function heldBy(holder, handle, release) {
  let open = true;
  native.keep(handle, release, false);
  forgotten.register(holder, { handle, release }, holder);
  return () => {
    if (!open) return;
    open = false;
    forgotten.unregister(holder);
    giveBack({ handle, release });
  };
}

/** Its release waits for nobody, so that it may also just be forgotten. */
export class Name {
  #close;

  constructor(handle, release) {
    this._handle = handle;
    this.#close = heldBy(this, handle, release);
  }

  close() {
    this.#close();
  }
}

/** Has threads, sockets or people behind it: keeps the process going until it is closed. */
export class Owner extends EventEmitter {
  constructor(handle, release) {
    super();
    this._handle = handle;
    this._release = release;
    native.keep(handle, release, true);
  }

  close() {
    this._closing ??= this._close();
    return this._closing;
  }

  async _close() {
    try {
      await wait(this._release, this._handle);
      await told();
    } finally {
      native.forget(this._handle);
    }
  }
}

for (const type of [Name, Owner]) {
  const symbol = type === Name ? Symbol.dispose : Symbol.asyncDispose;
  if (symbol) type.prototype[symbol] = type.prototype.close;
}

/** What is told before anybody can listen waits until those who begin have had their turn. */
export class Early {
  #held = [];
  #to = undefined;

  tell(...what) {
    if (this.#to) this.#to(...what);
    else this.#held.push(what);
  }

  open(to) {
    setImmediate(() => {
      for (const what of this.#held.splice(0)) to(...what);
      this.#to = to;
    });
  }
}
