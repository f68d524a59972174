// SPDX-License-Identifier: Apache-2.0
import { call, native } from "./native.js";

export { Client, LocalTrack, OutgoingStream } from "./client.js";
export { Engine, Server } from "./engine.js";
export { codecClockRate, codecName, MediaFile } from "./media.js";
export { SfuError } from "./native.js";
export { Participant, Room, Track } from "./room.js";
export { RoomApi } from "./room-api.js";
export { RpcError } from "./rpc.js";
export { SignalSession } from "./signalling.js";
export { createToken, TokenVerifier, WebhookReceiver } from "./tokens.js";

/** In numbers of options whose 0 is "the default": none, at once, or no limit. */
export const NONE = -1;

export const version = () => call("sfu_version");
export const protocolServerVersion = () => call("sfu_protocol_server_version");
export const liveCount = () => call("sfu_live_count");
export const droppedMedia = () => native.droppedMedia();
