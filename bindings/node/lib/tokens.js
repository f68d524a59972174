// SPDX-License-Identifier: Apache-2.0
// Access tokens, and webhooks that are received: both are signed with an API key's secret.
import { Name } from "./handle.js";
import { call } from "./native.js";

export function createToken(claims, options) {
  return call("sfu_access_token_create", claims, options);
}

export class TokenVerifier extends Name {
  constructor(keys, leewayMs = 0) {
    super(call("sfu_token_verifier_create", keys, leewayMs), "sfu_token_verifier_release");
  }

  verify(token, nowMs = 0) {
    return call("sfu_token_verifier_verify", this._handle, token, nowMs);
  }
}

export class WebhookReceiver extends Name {
  constructor(keys) {
    super(call("sfu_webhook_receiver_create", keys), "sfu_webhook_receiver_release");
  }

  receive(body, authorization, nowMs = 0) {
    const bytes = typeof body === "string" ? Buffer.from(body) : body;
    return call("sfu_webhook_receiver_receive", this._handle, bytes, authorization, nowMs);
  }
}
