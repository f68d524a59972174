// SPDX-License-Identifier: Apache-2.0
import { call } from "./native.js";

/** How a remote procedure call failed; thrown by a method that is called, it is the answer. */
export class RpcError extends Error {
  constructor(code, message = "", data = "") {
    super(message || `code ${code}`);
    this.name = "RpcError";
    this.code = code;
    this.data = data;
  }
}

/** `begin` hands a `done` to the library. */
export function answer(begin) {
  return new Promise((resolve, reject) => {
    const done = (_, { result }) => {
      if (result.errorCode === 0) resolve(result.payload);
      else reject(new RpcError(result.errorCode, result.errorMessage, result.errorData));
    };
    Promise.resolve(begin(done)).catch(reject);
  });
}

export function request(method, payload, timeoutMs) {
  return { method, payload, responseTimeoutMs: timeoutMs };
}

/** What the library calls for each call of a method. */
export function callbacksOf(handler) {
  return {
    provides: ["onCall"],
    call: async (_, { call: what, responder }) => {
      try {
        call("sfu_rpc_responder_answer", responder, { payload: await handler(what) });
      } catch (error) {
        if (!(error instanceof RpcError)) process.emitWarning(error);
        const known = error instanceof RpcError;
        const result = known
          ? { errorCode: error.code, errorMessage: error.message, errorData: error.data }
          : { errorCode: 1500, errorMessage: "the method failed" };
        call("sfu_rpc_responder_answer", responder, result);
      } finally {
        call("sfu_rpc_responder_release", responder);
      }
    },
  };
}
