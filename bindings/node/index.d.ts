// SPDX-License-Identifier: Apache-2.0
import { EventEmitter } from "node:events";
import type * as values from "./values.js";

export * from "./values.js";

/** In numbers of options whose 0 is "the default": none, at once, or no limit. */
export const NONE: -1;
/** Of the library: "major.minor.patch". */
export function version(): string;
/** The LiveKit release whose protocol is spoken. */
export function protocolServerVersion(): string;
/** Handles that are not closed yet, of the whole process: for tests of what is forgotten. */
export function liveCount(): number;
/** Frames and packets that were dropped because JavaScript did not come to take them. */
export function droppedMedia(): number;

/** What is thrown, and what promises are rejected with, if a call fails. */
export class SfuError extends Error {
  readonly code: values.ErrorCode;
  /** What a server said of a call of a RoomApi. */
  readonly api?: values.ApiError;
}

/** How a remote procedure call failed; thrown by a method that is called, it is the answer. Codes 1001 to 1999 are
 *  LiveKit's (1400: no such method; 1500: it failed; 1502: no answer in time), others your own. */
export class RpcError extends Error {
  constructor(code: number, message?: string, data?: string);
  readonly code: number;
  readonly data: string;
}

/** Of what has no threads, sockets or people behind it; may also just be forgotten. */
declare class Name {
  close(): void;
}

/** Keeps the process going until it is closed. When close() is done, all events have been told. */
declare class Owner extends EventEmitter {
  close(): Promise<void>;
}

// --- tokens and webhooks -----------------------------------------------------------------------------------------------

/** A token with all that `claims` say, but for apiKey and the three times, which follow from `options`. */
export function createToken(claims: values.Claims, options: values.AccessTokenOptions): string;

export class TokenVerifier extends Name {
  /** `keys`: API key to secret. `leewayMs`: clocks differ; 0 is a minute, NONE none. */
  constructor(keys: Record<string, string>, leewayMs?: number);
  verify(token: string, nowMs?: number): Required<values.Claims>;
}

/** Tells whether a webhook comes from a server that knows one of the keys, and what it says. */
export class WebhookReceiver extends Name {
  constructor(keys: Record<string, string>);
  /** `body` as it came, `authorization` the header of that name. */
  receive(body: string | Uint8Array, authorization: string, nowMs?: number): values.WebhookEvent;
}

// --- media -------------------------------------------------------------------------------------------------------------

export function codecName(codec: values.Codec): string;
/** Of RTP timestamps, a second. */
export function codecClockRate(codec: values.Codec): number;

/** The frames of a file: IVF, a H264 byte stream, or Opus in Ogg. */
export class MediaFile extends Name implements Iterable<values.MediaSample> {
  constructor(path: string, frameIntervalUs?: number);
  readonly info: values.MediaFileInfo;
  [Symbol.iterator](): Iterator<values.MediaSample>;
  rewind(): void;
}

// --- policy ------------------------------------------------------------------------------------------------------------

/** `reason`: for the client. `grants`, of a join: rights in place of the token's. */
export type Verdict = boolean | { allow: boolean; reason?: string; grants?: values.VideoGrant };

/** What is left out is allowed; what throws is denied. What is not decided within policyTimeoutMs is denied too. */
export interface Policy {
  /** Each new session, before the room is made. Denied: the client is answered 403 and the reason. */
  onJoin?(request: values.JoinRequest): Verdict | Promise<Verdict>;
  /** Once for each track. Until it is decided, what the client sends goes nowhere. */
  onPublish?(request: values.PublishRequest): Verdict | Promise<Verdict>;
  /** For each subscriber of each track. */
  onSubscribe?(request: values.SubscribeRequest): Verdict | Promise<Verdict>;
}

// --- engine and server -------------------------------------------------------------------------------------------------

/** Emits "event" for all that happens in its rooms, and each also under its name. */
export class Engine extends Owner {
  private constructor();
  static start(options?: values.EngineOptions): Promise<Engine>;
  on(name: "event" | values.EventKind, listener: (event: values.Event) => void): this;
  once(name: "event" | values.EventKind, listener: (event: values.Event) => void): this;
  /** As close(), but it can still be asked afterwards. */
  stop(): Promise<void>;
  /** Done as soon as nobody is in any room. Rejected when it stops first, or is drained again. */
  drain(): Promise<void>;
  /** The room of that name, whether or not it exists, now or later. */
  room(name: string): Room;
  rooms(names?: string[]): Promise<values.RoomInfo[]>;
  /** Before anyone joins. One that exists stays as it is. */
  createRoom(name: string, configuration?: values.RoomConfiguration, preset?: string): Promise<values.RoomInfo>;
  /** What the workers have published last. */
  statistics(): values.EngineStatistics;
  counters(): Promise<values.EngineCounters>;
  /** For programs with an HTTP server of their own: a client's signalling connection. */
  connect(request: values.ConnectRequest): SignalSession;
  validate(request: values.ConnectRequest): Promise<{ status: number; body: string }>;
  /** Throws SFU_ERROR_UNAUTHENTICATED: Participant.remove() has revoked the token. */
  checkRevoked(claims: values.Claims): void;
}

export class Server extends Owner {
  private constructor();
  static start(options?: values.ServerOptions): Promise<Server>;
  /** Closed with the server. */
  readonly engine: Engine;
  readonly port: number;
  stop(): Promise<void>;
  drain(): Promise<void>;
  /** Tells the webhooks of a recording or a stream of your own: "egress_started", "egress_updated", "egress_ended". */
  announce(egress: values.EgressInfo): void;
  /** What Prometheus reads. */
  metrics(): string;
  /** Keys of the YAML that are understood but have no effect here. */
  warnings(): string[];
  webhookCounters(): values.WebhookCounters;
}

/** Emits "accepted": complete the upgrade (101); "rejected": answer the request so instead; "message": send it; "close". */
export class SignalSession extends EventEmitter {
  private constructor();
  on(name: "accepted", listener: () => void): this;
  on(name: "rejected", listener: (answer: { status: number; body: string }) => void): this;
  on(name: "message", listener: (what: { message: Buffer; text: boolean }) => void): this;
  on(name: "close", listener: (what: { code: number }) => void): this;
  /** One WebSocket message from the client: text if it is a string. */
  receive(message: string | Uint8Array): void;
  disconnected(): void;
  /** disconnected(), and gives it back. */
  close(): void;
}

// --- rooms -------------------------------------------------------------------------------------------------------------

/** `rtp`: emit "rtp" too, for each packet. */
export interface JoinOptions {
  rtp?: boolean;
}

export class Room extends Name {
  private constructor();
  /** This program itself, as a participant: no socket, no encryption. The room is made if there is none. */
  join(options: values.LocalParticipantOptions, more?: JoinOptions): Promise<Client>;
  info(): Promise<values.RoomInfo>;
  participants(): Promise<values.ParticipantInfo[]>;
  statistics(): Promise<values.RoomStatistics>;
  setMetadata(metadata: string): Promise<void>;
  /** Up to 60000 bytes, as a data packet that no participant sent. */
  sendData(data: Uint8Array, options?: values.DataOptions): Promise<void>;
  agentDispatches(): Promise<Required<values.AgentDispatch>[]>;
  addAgentDispatch(dispatch: values.AgentDispatch): Promise<Required<values.AgentDispatch>>;
  removeAgentDispatch(id: string): Promise<Required<values.AgentDispatch>>;
  /** Disconnects everybody and ends the room; this object stays. */
  end(): Promise<void>;
  participant(identity: string): Participant;
}

export class Participant extends Name {
  private constructor();
  info(): Promise<values.ParticipantInfo>;
  permission(): Promise<Required<values.Permission>>;
  /** Replaces all that it may do: begin with permission(). */
  setPermission(permission: values.Permission): Promise<void>;
  /** `revokeTokensBeforeMs`: tokens for it that were made before do not let it in any more. */
  remove(options?: { revokeTokensBeforeMs?: number }): Promise<void>;
  update(changes: values.ParticipantChanges): Promise<void>;
  updateSubscriptions(trackSids: string[], subscribe: boolean): Promise<void>;
  /** Calls a method of its client. Rejected with RpcError. `timeoutMs`: 10000. */
  performRpc(method: string, payload?: string, timeoutMs?: number): Promise<string>;
  moveTo(destination: Room): Promise<void>;
  /** Shows it and its tracks in another room as well. */
  forwardTo(destination: Room): Promise<void>;
  track(sid: string): Track;
}

export class Track extends Name {
  private constructor();
  info(): Promise<values.TrackInfo>;
  /** Unmuting needs RoomOptions.remoteUnmute. */
  setMuted(muted: boolean): Promise<values.TrackInfo>;
}

// --- clients -----------------------------------------------------------------------------------------------------------

/** A participant: over the network, or of this process (Room.join()). Listeners that are added in the turn in which its
 *  promise is fulfilled miss nothing. close() leaves the room. */
export class Client extends Owner {
  private constructor();
  /** Fulfilled once media and data flow. */
  static connect(options: values.ClientOptions, more?: JoinOptions): Promise<Client>;
  on<K extends keyof values.ClientEvents>(name: K, listener: (...what: values.ClientEvents[K]) => void): this;
  once<K extends keyof values.ClientEvents>(name: K, listener: (...what: values.ClientEvents[K]) => void): this;
  off<K extends keyof values.ClientEvents>(name: K, listener: (...what: values.ClientEvents[K]) => void): this;
  /** As they were when the room was joined. */
  readonly room: values.RoomInfo;
  readonly self: values.ParticipantInfo;
  /** "disconnected" follows. */
  leave(): void;
  /** Fulfilled once it can be written to. `id`: a name of your own for "keyframeRequested". */
  publish(options: values.PublishOptions, id?: string): Promise<LocalTrack>;
  subscribe(trackSid: string, subscribed?: boolean): void;
  setTrackSettings(trackSid: string, settings: values.TrackSettings): void;
  requestKeyFrame(trackSid: string): void;
  /** Needs a token that allows it. */
  update(changes: values.ParticipantChanges): void;
  /** Up to 60000 bytes. */
  sendData(data: Uint8Array, options?: values.DataOptions): void;
  sendText(text: string, options?: values.StreamOptions): void;
  sendBytes(data: Uint8Array, options?: values.StreamOptions): void;
  /** `id` is the receivers' too; unique in the room. */
  openStream(id: string, options?: values.StreamOptions, more?: { text?: boolean }): OutgoingStream;
  /** Rejected with RpcError. `timeoutMs`: 15000. */
  performRpc(identity: string, method: string, payload?: string, timeoutMs?: number): Promise<string>;
  registerRpc(method: string, handler: (call: values.RpcCall) => string | Promise<string>): void;
  unregisterRpc(method: string): void;
}

/** What is written while the client reconnects, or the track is muted, is dropped. */
export class LocalTrack {
  private constructor();
  readonly id: string;
  readonly sid: string;
  /** `layer`: which of PublishOptions.layers. */
  writeFrame(frame: values.Frame, layer?: number): void;
  /** A whole RTP packet; payload type, SSRC and header extensions are replaced. */
  writeRtp(packet: Uint8Array, layer?: number): void;
  setMuted(muted: boolean): void;
  unpublish(): void;
}

export class OutgoingStream {
  private constructor();
  readonly id: string;
  write(data: string | Uint8Array): void;
  /** `reason`, unless empty: why it ends before it is whole. */
  close(reason?: string): void;
}

// --- room API ----------------------------------------------------------------------------------------------------------

/** The room API of a LiveKit server, or of this library's. */
export class RoomApi extends Owner {
  constructor(options: values.RoomApiOptions);
  createRoom(name: string, options?: values.CreateRoomOptions): Promise<values.RoomInfo>;
  listRooms(names?: string[]): Promise<values.RoomInfo[]>;
  deleteRoom(room: string): Promise<void>;
  updateRoomMetadata(room: string, metadata: string): Promise<values.RoomInfo>;
  sendData(room: string, data: Uint8Array, options?: values.DataOptions): Promise<void>;
  listParticipants(room: string): Promise<values.ParticipantInfo[]>;
  getParticipant(room: string, identity: string): Promise<values.ParticipantInfo>;
  removeParticipant(room: string, identity: string, options?: { revokeTokensBeforeMs?: number }): Promise<void>;
  mutePublishedTrack(room: string, identity: string, trackSid: string, muted: boolean): Promise<values.TrackInfo | null>;
  updateParticipant(room: string, identity: string, changes: values.ParticipantChanges): Promise<values.ParticipantInfo>;
  updateSubscriptions(room: string, identity: string, trackSids: string[], subscribe: boolean): Promise<void>;
  forwardParticipant(room: string, identity: string, destinationRoom: string): Promise<void>;
  moveParticipant(room: string, identity: string, destinationRoom: string): Promise<void>;
  performRpc(room: string, identity: string, method: string, payload?: string, timeoutMs?: number): Promise<string>;
  createDispatch(room: string, dispatch: values.AgentDispatch): Promise<Required<values.AgentDispatch>>;
  deleteDispatch(room: string, dispatchId: string): Promise<Required<values.AgentDispatch>>;
  listDispatches(room: string, dispatchId?: string): Promise<Required<values.AgentDispatch>[]>;
}
