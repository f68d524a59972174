// SPDX-License-Identifier: Apache-2.0
// The addon, and what all of the package does with it.
import { createRequire } from "node:module";

export const native = createRequire(import.meta.url)("../build/libsfu.node");

/** `code`: "SFU_ERROR_NOT_FOUND". `api`: what a server said of a call of a RoomApi. */
export class SfuError extends Error {
  constructor(message, code = "SFU_ERROR_INTERNAL", api = undefined) {
    super(message);
    this.name = "SfuError";
    this.code = code;
    if (api) this.api = api;
  }
}

function wrapped(error) {
  return String(error.code).startsWith("SFU_") ? new SfuError(error.message, error.code, error.api) : error;
}

/** A function of the C interface, at once. */
export function call(name, ...parameters) {
  try {
    return native.call(name, ...parameters);
  } catch (error) {
    throw wrapped(error);
  }
}

const waiting = new Set();

/** One that waits, on a thread of the pool. Handles are given as what holds them, which is not forgotten meanwhile. */
export async function wait(name, ...parameters) {
  waiting.add(parameters);
  try {
    return await native.wait(name, ...parameters.map((each) => each?._handle ?? each));
  } catch (error) {
    throw wrapped(error);
  } finally {
    waiting.delete(parameters);
  }
}

/** A status that came with an event, as an error. */
export function errorOf(status, message) {
  return new SfuError(message || status, `SFU_ERROR_${status.toUpperCase()}`);
}

/** When all that the library has called back until now has been told. */
export function told() {
  return new Promise((resolve) => native.flush(() => resolve()));
}
