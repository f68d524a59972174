// SPDX-License-Identifier: Apache-2.0
// What goes in and what comes out: options, information, events.
// Made of include/sfu-c by bindings/generate/generate.
// Of options, what is left out takes its default; so do null of a setting, and 0 of a number (-1: none).

import type { Policy } from "./index.js";

/** The `code` of an SfuError. */
export type ErrorCode = "SFU_ERROR_INVALID_ARGUMENT" | "SFU_ERROR_TRUNCATED" | "SFU_ERROR_MALFORMED" | "SFU_ERROR_UNSUPPORTED" | "SFU_ERROR_NOT_FOUND" | "SFU_ERROR_ALREADY_EXISTS" | "SFU_ERROR_PERMISSION_DENIED" | "SFU_ERROR_UNAUTHENTICATED" | "SFU_ERROR_LIMIT_EXCEEDED" | "SFU_ERROR_FAILED_PRECONDITION" | "SFU_ERROR_CLOSED" | "SFU_ERROR_TIMEOUT" | "SFU_ERROR_UNAVAILABLE" | "SFU_ERROR_INTERNAL" | "SFU_ERROR_INVALID_HANDLE" | "SFU_ERROR_WRONG_THREAD" | "SFU_ERROR_OUT_OF_MEMORY";
export type Status = "ok" | "invalid_argument" | "truncated" | "malformed" | "unsupported" | "not_found" | "already_exists" | "permission_denied" | "unauthenticated" | "limit_exceeded" | "failed_precondition" | "closed" | "timeout" | "unavailable" | "internal" | "invalid_handle" | "wrong_thread" | "out_of_memory";

export type LogLevel = "default" | "debug" | "info" | "warn" | "error" | "off";

export type DisconnectReason = "other" | "client_initiated" | "duplicate_identity" | "server_shutdown" | "participant_removed" | "room_deleted" | "room_closed" | "join_failed" | "lost";

export type TurnProtocol = "udp" | "tcp" | "tls";

export type EventKind = "room_started" | "room_finished" | "participant_joined" | "participant_left" | "participant_connection_aborted" | "track_published" | "track_unpublished";

export type Codec = "opus" | "pcmu" | "pcma" | "vp8" | "vp9" | "h264" | "h265" | "av1";

export type VideoQuality = "high" | "medium" | "low";

export type PacketVerdict = "pass" | "drop";

export type DataKind = "user" | "chat" | "stream_start" | "stream_chunk" | "stream_end" | "rpc_request" | "rpc_answer" | "encrypted" | "other";

export type DuplicateIdentity = "replace" | "refuse";

export type ConnectionQuality = "poor" | "good" | "excellent" | "lost";

export type ParticipantKind = "standard" | "ingress" | "egress" | "sip" | "agent" | "connector" | "bridge";

export type TrackKind = "audio" | "video" | "data";

export type TrackSource = "unknown" | "camera" | "microphone" | "screen_share" | "screen_share_audio";

export type ParticipantState = "joining" | "joined" | "active" | "disconnected";

export interface ClientOptions {
  /** "ws://host:port" or "wss://host" */
  url?: string;
  /** createToken() */
  token?: string;
  /** one peer connection for both ways; default: on */
  singleConnection?: boolean | null;
  /** to every track; default: on */
  autoSubscribe?: boolean | null;
  adaptiveStream?: boolean;
  /** In place of the token's, if it allows. */
  metadata?: string;
  attributes?: Record<string, string>;
  /** where media comes from and goes to; none: every interface */
  mediaAddresses?: string[];
  /** wss: PEM file of the authorities that are trusted; none: the system's */
  caFile?: string;
  /** take any certificate: for tests */
  anyServer?: boolean;
  /** put what is received together to frames (on_frame); default: on */
  receiveFrames?: boolean | null;
}

export interface DataMessage {
  reliable: boolean;
  /** identity; empty: the server */
  sender: string;
  topic: string;
  bytes: Buffer;
}

export interface Speaker {
  identity: string;
  /** 0 to 1; 0: silent again */
  level: number;
}

export interface StreamInfo {
  text: boolean;
  id: string;
  /** identity */
  sender: string;
  topic: string;
  mimeType: string;
  name: string;
  /** bytes; -1: the sender did not know */
  totalLength: number;
  attributes: Record<string, string>;
  replyTo: string;
}

export interface StreamOptions {
  topic?: string;
  /** identities; none: everyone */
  to?: string[];
  attributes?: Record<string, string>;
  /** empty: text/plain, application/octet-stream */
  mimeType?: string;
  /** of byte streams: the file's */
  name?: string;
  /** of text streams: another's id */
  replyTo?: string;
}

export interface RpcCall {
  /** identity */
  caller: string;
  method: string;
  payload: string;
  /** how long the caller waits */
  timeoutMs: number;
}

/** What it is told; what is null or empty is the client's own business. */
export interface ClientConfiguration {
  videoHardwareEncoder?: boolean | null;
  screenHardwareEncoder?: boolean | null;
  resumeConnection?: boolean | null;
  forceRelay?: boolean | null;
  /** neither sent nor received: "video/AV1" */
  disabledCodecs?: string[];
  /** received, but not to be published */
  disabledPublishCodecs?: string[];
}

/** `when`: an expression over the fields above: c.browser == "safari" && c.browser_version > "18.3".
 *  docs/configuration.md describes it. */
export interface ClientRule {
  /** off: a client that this rule fits gets nothing else. Default: on */
  merge?: boolean | null;
  when?: string;
  then?: ClientConfiguration | null;
}

/** A TURN server that someone else runs, which clients are told of. They get the user name and credential that are
 *  given here, or, with a secret that the server shares, some of their own that expire. */
export interface TurnServer {
  protocol?: TurnProtocol;
  host?: string;
  /** 3478 */
  port?: number;
  username?: string;
  credential?: string;
  /** beats the two above */
  secret?: string;
  /** of a credential made with the secret; 4 hours */
  ttlMs?: number;
}

export interface EngineOptions {
  /** 0: one a core, but no more than there are ports */
  workers?: number;
  /** UDP: where media arrives. Each worker takes the next free port of the range; if there are fewer ports than
   *  workers, all share the first one. Both 0: 7882. */
  udpPortFirst?: number;
  /** 0: udp_port_first */
  udpPortLast?: number;
  bindAddresses?: string[];
  /** Where something is included, nothing else is. Interfaces by name ("eth0"), addresses as "10.0.0.0/8". */
  includedInterfaces?: string[];
  excludedInterfaces?: string[];
  includedAddresses?: string[];
  excludedAddresses?: string[];
  /** loopback addresses beside the others; without others they are taken in any case */
  loopback?: boolean;
  /** offered to clients instead of the bound addresses */
  nodeIps?: string[];
  /** "ND_..."; empty: made at random */
  nodeId?: string;
  region?: string;
  /** What access tokens are signed with, API key to secret; needed unless `auth` authenticates. */
  keys?: Record<string, string>;
  roomDefaults?: RoomOptions | null;
  roomPresets?: RoomPreset[];
  turnServers?: TurnServer[];
  /** "host:port" */
  stunServers?: string[];
  /** What all rooms together may hold; beyond it, who wants to join is answered 503. 0: no limit. published and
   *  subscribed ones */
  trackLimit?: number;
  /** of media and data, received and sent */
  bytesPerSecondLimit?: number;
  /** bytes of one signalling message, inflated; 2 MiB */
  signalMessageLimit?: number;
  /** how often workers publish what they count; 2000 */
  statisticsIntervalMs?: number;
  /** what `policy` has not decided by then is denied; 5000 */
  policyTimeoutMs?: number;
  /** Rules for certain clients, before those that are known; used unless `clientConfig` is given. */
  clientRules?: ClientRule[];
  /** default: what tokens and permissions allow is allowed */
  policy?: Policy;
  /** default: standard error, if log_level asks for it */
  log?: ((level: LogLevel, message: string, fields: Record<string, string>) => void);
  /** lines below it are not made. Default: off, with `log` info */
  logLevel?: LogLevel;
  /** on standard error: one JSON object a line */
  logJson?: boolean;
}

/** Each joined is followed by exactly one left with the same participant's sid, and each room's start by its
 *  finish, which is the last event of the room; also when the engine is stopped. */
export interface Event {
  kind: EventKind;
  /** "participant_joined" */
  name: string;
  /** "EV_...", as in webhooks */
  id: string;
  /** within the room's sid: 1, 2, 3, ... without a gap */
  sequence: number;
  atMs: number;
  room: RoomInfo;
  /** null for events of the room */
  participant: ParticipantInfo | null;
  /** null but for events of a track */
  track: TrackInfo | null;
}

export interface LocalParticipantOptions {
  /** Who it is (identity, which must not be empty, name, metadata, attributes, kind), what it may (video), and the
   *  settings of the room that its joining makes, as a token would say it. `video` may be null: all that a grant
   *  allows unless it says otherwise. `room` and `roomJoin` are filled in. */
  claims?: Claims | null;
  /** to every track; default: on */
  autoSubscribe?: boolean | null;
  /** put what is received together to frames (on_frame); default: on */
  receiveFrames?: boolean | null;
}

/** What an encoder gives and a decoder takes. VP8, VP9: a frame as in IVF. H264: an access unit with Annex B start
 *  codes. AV1: a temporal unit of OBUs with their sizes. Audio: one packet. */
export interface Frame {
  /** in units of codecClockRate() */
  timestamp?: number;
  bytes?: Uint8Array;
  /** audio: always */
  isKeyframe?: boolean;
}

/** One encoding of a simulcast. */
export interface VideoLayer {
  width?: number;
  height?: number;
  /** bits a second */
  bitrate?: number;
  /** "q", "h", "f", lowest first */
  rid?: string;
}

export interface PublishOptions {
  codec?: Codec;
  source?: TrackSource;
  width?: number;
  height?: number;
  stereo?: boolean;
  muted?: boolean;
  name?: string;
  /** of a simulcast, two or three; none: one encoding */
  layers?: VideoLayer[];
}

/** What is wanted of a subscribed video track. `width` and `height` win over `quality`. */
export interface TrackSettings {
  disabled?: boolean;
  quality?: VideoQuality;
  width?: number;
  height?: number;
  fps?: number;
}

export interface MediaFileInfo {
  codec: Codec;
  /** 0: the file does not tell */
  width: number;
  height: number;
}

export interface MediaSample {
  frame: Required<Frame>;
  /** since the beginning */
  atUs: number;
  /** until the next is due */
  durationUs: number;
}

/** Somebody with a good token wants to join a room. */
export interface JoinRequest {
  /** of the token: claims->identity, claims->video->room */
  claims: Required<Claims>;
  /** as a proxy's headers say, else the socket's; "" if neither is known */
  clientAddress: string;
  /** no: this join would make it */
  roomExists: boolean;
  /** one of this identity */
  alreadyThere: boolean;
  /** asked by GET .../validate: nobody joins yet */
  checking: boolean;
  /** that are in the room, hidden ones, agents and recorders among them */
  participants: number;
}

export interface PolicyParticipant {
  identity: string;
  sid: string;
  metadata: string;
  agent: boolean;
  recorder: boolean;
}

/** A participant announces a track, also of data ("data", with its name alone). `track` is what others would see of
 *  it; it has no sid yet. */
export interface PublishRequest {
  room: string;
  publisher: PolicyParticipant;
  track: TrackInfo;
}

/** A participant is about to get a track of another, because it asked for that or by its auto-subscription, and
 *  nothing else stands in the way. Of data tracks, `track` has its sid, kind and name. */
export interface SubscribeRequest {
  room: string;
  subscriber: PolicyParticipant;
  publisher: PolicyParticipant;
  track: TrackInfo;
}

export interface RoomApiOptions {
  /** bodies as JSON, not protobuf */
  json?: boolean;
  /** take any certificate: for tests */
  anyServer?: boolean;
  /** "https://host[:port]", or http:, ws: or wss: */
  url?: string;
  /** Signs a token for each call, good for ten minutes, that grants what this call needs and nothing else. */
  apiKey?: string;
  apiSecret?: string;
  /** in place of a key: shown as it is, for all calls */
  token?: string;
  /** of one call; 10000. RoomApi.performRpc() gets the time of the request beyond it */
  timeoutMs?: number;
  /** https: PEM file of the authorities that are trusted; none: the system's */
  caFile?: string;
}

export interface CreateRoomOptions {
  /** what is empty or 0 is left to the preset, and then to the server */
  configuration?: RoomConfiguration | null;
  preset?: string;
  /** of the server that is to have it; empty: any */
  nodeId?: string;
}

/** What a server said of a call that failed. */
export interface ApiError {
  /** 0: no answer came */
  httpStatus: number;
  /** Twirp's: "not_found", "unauthenticated" ...; empty: it is no answer of the API */
  code: string;
  message: string;
  /** what the server adds */
  meta: Record<string, string>;
}

/** The defaults of all rooms of an engine. Numbers are 0 for what their comment says, NONE for none or no limit. */
export interface RoomOptions {
  /** a join makes the room; default: on */
  autoCreate?: boolean | null;
  /** a room that nobody joined ends after this long; 300000 */
  emptyTimeoutMs?: number;
  /** a room that everybody left ends after this long; 20000 */
  departureTimeoutMs?: number;
  /** no limit */
  maxParticipants?: number;
  /** tracks of one participant and stream are played in sync */
  syncStreams?: boolean;
  /** Mime types that may be published, e.g. "video/VP8", most liked first. None: the protocol's default list. */
  enabledCodecs?: string[];
  metadata?: string;
  /** both 0: subscribers are told nothing */
  playoutDelayMinMs?: number;
  playoutDelayMaxMs?: number;
  /** those who may publish data may publish data tracks; default: on */
  dataTracks?: boolean | null;
  /** participants may store data blobs for others to fetch */
  participantDataBlobs?: boolean;
  /** tracks that one participant gets at once; no limit */
  subscriptionLimitVideo?: number;
  subscriptionLimitAudio?: number;
  /** 5; NONE: in rooms of any size */
  codecRegressionThreshold?: number;
  /** a client must start afresh when a track it announced does not come */
  reconnectOnPublicationError?: boolean;
  /** tracks may be unmuted by others than their publisher */
  remoteUnmute?: boolean;
  duplicateIdentity?: DuplicateIdentity;
  /** -dBov; 35 */
  speakerActiveLevel?: number;
  /** 40 */
  speakerMinPercentile?: number;
  /** 400 */
  speakerIntervalMs?: number;
  /** 2 */
  speakerSmoothIntervals?: number;
  /** 500 */
  keyframeThrottleLowMs?: number;
  /** 1000 */
  keyframeThrottleMidMs?: number;
  /** 1000 */
  keyframeThrottleHighMs?: number;
  /** packets of each stream that are kept for retransmission; 500 */
  packetBufferVideo?: number;
  /** 200 */
  packetBufferAudio?: number;
  /** 5000 */
  dynacastPauseDelayMs?: number;
  /** default: on */
  congestionControl?: boolean | null;
  /** tracks that do not fit are paused for all, not only for those who allow it */
  allowPause?: boolean;
  /** bytes of a message with news of many; 128 KiB */
  updateBatchTargetSize?: number;
  /** bytes; 256 */
  roomNameLimit?: number;
  /** 256 */
  identityLimit?: number;
  /** 256 */
  nameLimit?: number;
  /** 512 KiB */
  metadataLimit?: number;
  /** keys and values together; 64 KiB */
  attributesLimit?: number;
  /** 256 */
  dataBlobKeyLimit?: number;
  /** of one participant, with their keys; 64000 */
  dataBlobsLimit?: number;
  /** of a data track's custom encoding; 32 */
  dataTrackEncodingLimit?: number;
}

/** What is wanted of one room, as LiveKit's RoomConfiguration says it: what is empty or 0 is left to the next in
 *  line, which are a preset and then the engine's defaults. */
export interface RoomConfiguration {
  maxParticipants?: number;
  emptyTimeoutMs?: number;
  departureTimeoutMs?: number;
  metadata?: string;
  playoutDelayMinMs?: number;
  playoutDelayMaxMs?: number;
  syncStreams?: boolean;
  /** JSON: a list of RoomAgentDispatch */
  agents?: string;
  /** JSON: a RoomEgress */
  egress?: string;
  tags?: Record<string, string>;
}

/** What tokens may ask for by name. */
export interface RoomPreset {
  name?: string;
  configuration?: RoomConfiguration | null;
}

/** `yaml` says first what the server is like; what else is set here, and in `engine`, replaces what the YAML has. */
export interface ServerOptions {
  /** HTTP and WebSocket; 7880. NONE takes a free one: Server.port() */
  port?: number;
  /** LiveKit's configuration */
  yaml?: string;
  /** for messages */
  yamlFileName?: string;
  /** unknown keys are warned of, not refused */
  yamlLenient?: boolean;
  /** over the YAML: a key, as "room.empty_timeout", and its value */
  overrides?: Record<string, string>;
  /** LiveKit's --dev: what nothing else says becomes key `devkey` with secret `secret`, on the loopback addresses,
   *  UDP port 7882 and log level debug; and the pages below give tokens to anyone who reaches the port. */
  development?: boolean;
  /** none: all interfaces */
  bindAddresses?: string[];
  /** served at /meet/ */
  meetDirectory?: string;
  consoleDirectory?: string;
  /** Webhooks: events are posted there, as well as given to the engine's callbacks. */
  webhookUrls?: string[];
  /** one of the keys; signs */
  webhookApiKey?: string;
  webhookIncludeEvents?: string[];
  webhookExcludeEvents?: string[];
  webhookFullRoomInTrackEvents?: boolean;
  /** an event that has waited longer is dropped; 30000 */
  webhookMaxAgeMs?: number;
  /** events of one room that wait; 200 */
  webhookMaxDepth?: number;
  /** PEM; none: the system's authorities */
  webhookCaFile?: string;
  /** 10000 */
  webhookStopTimeoutMs?: number;
  /** for Prometheus, beside /metrics on the HTTP port; 0: none */
  metricsPort?: number;
  metricsUsername?: string;
  metricsPassword?: string;
  /** bytes; 10 MiB */
  requestBodyLimit?: number;
  /** keys, log and plug points among it */
  engine?: EngineOptions | null;
}

/** Of all URLs together, each counted by itself; all 0 without webhooks. */
export interface WebhookCounters {
  /** answered, and not to be tried again: 4xx too */
  delivered: number;
  /** given up */
  failed: number;
  droppedAge: number;
  droppedQueueFull: number;
  /** the server stopped */
  droppedQueueClosed: number;
  /** waiting, or under way */
  queueLength: number;
}

/** The HTTP request that wants to become a signalling WebSocket (GET /rtc or /rtc/v1), or asks whether it could. */
export interface ConnectRequest {
  /** "/rtc", "/rtc/v1"; with "/validate" to check only */
  path?: string;
  /** percent-decoded */
  query?: Record<string, string>;
  /** names in any case */
  headers?: Record<string, string>;
  /** of the socket; proxy headers are looked at here */
  remoteAddress?: string;
}

export interface WorkerStatistics {
  rooms: number;
  participants: number;
  datagramsReceived: number;
  /** of its thread */
  processorTimeUs: number;
}

export interface EngineStatistics {
  nodeId: string;
  startedAtMs: number;
  /** When the worker that has been silent longest published its figures, and how long ago that is. */
  updatedAtMs: number;
  ageMs: number;
  /** Now. */
  rooms: number;
  participants: number;
  tracksPublished: number[];
  tracksSubscribed: number[];
  /** of media, from the network to the network, smoothed */
  forwardLatencyUs: number;
  forwardJitterUs: number;
  /** Since the start: how far those who wanted to join have come. refused before any room was asked */
  joinsValidationFailed: number;
  /** refused by the room's worker */
  joinsSignalFailed: number;
  /** resumed ones too */
  joinsSignalConnected: number;
  joinsRtcInit: number;
  /** in the room, media not connected yet */
  joinsRtcConnected: number;
  /** with media */
  joinsRtcActive: number;
  /** gone before, as it wished */
  joinsRtcCanceled: number;
  /** gone before, since its media did not come about */
  joinsRtcFailure: number;
  publishAttempts: number[];
  publishSuccesses: number[];
  publishCancels: number[];
  subscribeAttempts: number;
  subscribeSuccesses: number;
  subscribeCancels: number;
  /** RTP of tracks, headers included; `again` by RTX. */
  packetsReceived: number;
  bytesReceived: number;
  packetsReceivedAgain: number;
  bytesReceivedAgain: number;
  packetsSent: number;
  bytesSent: number;
  packetsSentAgain: number;
  bytesSentAgain: number;
  /** sequence numbers asked for, of publishers */
  nacksSent: number;
  plisSent: number;
  /** from subscribers */
  nacksReceived: number;
  plisReceived: number;
  signalRequests: number;
  /** not understood */
  signalBadRequests: number;
  signalResponses: number;
  workers: WorkerStatistics[];
  /** RTP of tracks that the host's filters dropped */
  packetsFiltered: number;
  bytesFiltered: number;
}

export interface EngineCounters {
  /** datagrams */
  packetsReceived: number;
  /** of strangers, and STUN for no known peer */
  droppedUnknownSource: number;
  /** of no known kind */
  droppedMalformed: number;
  /** that one worker got for another, which was too busy to take them */
  droppedBetweenWorkers: number;
  /** Packets of data tracks that did not go on. */
  dataTracksMalformed: number;
  /** of no track that their sender publishes */
  dataTracksUnknown: number;
  /** for one subscriber, who is too slow or cannot be reached */
  dataTracksDropped: number;
}

export interface ParticipantStatistics {
  quality: ConnectionQuality;
  /** 1 to 4.5 */
  score: number;
  identity: string;
  sid: string;
  /** -1: not known */
  roundTripUs: number;
  /** what its connection carries towards it; -1: nothing limits it */
  estimateBps: number;
}

/** One encoding of a published track. */
export interface StreamStatistics {
  /** 0 to 2, from the lowest; of audio always 0 */
  layer: number;
  /** identity */
  publisher: string;
  /** its mime_type: of this encoding */
  track: TrackInfo;
  /** These begin again when the publisher's sender does. of RTP, headers included, without what came by RTX */
  bytes: number;
  packets: number;
  /** on the way here, whether or not they were repaired */
  lost: number;
  jitterUs: number;
  /** packets dropped by the host's filters */
  filtered: number;
}

export interface SubscriptionStatistics {
  /** that is forwarded; -1: none */
  layer: number;
  /** disabled, muted, or for want of bandwidth */
  paused: boolean;
  /** identity */
  subscriber: string;
  /** identity */
  publisher: string;
  /** sid */
  track: string;
  /** of RTP, headers included, without what went by RTX */
  bytes: number;
  packets: number;
  /** as the subscriber reports it */
  lost: number;
}

export interface RoomStatistics {
  name: string;
  participants: ParticipantStatistics[];
  streams: StreamStatistics[];
  subscriptions: SubscriptionStatistics[];
}

/** The `video` claim: what the bearer may do. What is null takes the protocol's default. */
export interface VideoGrant {
  roomJoin?: boolean;
  /** what room_join and room_admin apply to */
  room?: string;
  destinationRoom?: string;
  roomCreate?: boolean;
  roomList?: boolean;
  roomRecord?: boolean;
  roomAdmin?: boolean;
  ingressAdmin?: boolean;
  /** default: on */
  canPublish?: boolean | null;
  /** default: on */
  canSubscribe?: boolean | null;
  /** default: as can_publish */
  canPublishData?: boolean | null;
  /** default: off */
  canUpdateOwnMetadata?: boolean | null;
  /** default: off */
  canSubscribeMetrics?: boolean | null;
  /** default: off */
  canManageAgentSession?: boolean | null;
  /** "camera", "microphone", ...; none: all */
  canPublishSources?: string[];
  /** other participants do not see it */
  hidden?: boolean;
  recorder?: boolean;
  agent?: boolean;
}

export interface SipGrant {
  admin?: boolean;
  call?: boolean;
}

/** The `agent`, `inference` and `observability` claims, which an SFU does not read but hands on. */
export interface AgentGrant {
  admin?: boolean;
  simulationAdmin?: boolean;
  databaseAdmin?: boolean;
}

export interface InferenceGrant {
  perform?: boolean;
}

export interface ObservabilityGrant {
  write?: boolean;
}

export interface Claims {
  kind?: ParticipantKind;
  /** which key signed it */
  apiKey?: string;
  identity?: string;
  name?: string;
  metadata?: string;
  attributes?: Record<string, string>;
  kindDetails?: string[];
  /** null: may do nothing with rooms */
  video?: VideoGrant | null;
  /** null: none; the same below */
  sip?: SipGrant | null;
  agent?: AgentGrant | null;
  inference?: InferenceGrant | null;
  observability?: ObservabilityGrant | null;
  /** Settings for a room that this bearer's joining creates. JSON of a RoomConfiguration message */
  roomConfig?: string;
  roomPreset?: string;
  /** base64 of a body's digest; webhooks only */
  sha256?: string;
  /** Milliseconds since 1970; 0: none. */
  notBeforeMs?: number;
  issuedAtMs?: number;
  expiresAtMs?: number;
}

export interface AccessTokenOptions {
  apiKey?: string;
  apiSecret?: string;
  /** 6 hours */
  ttlMs?: number;
  /** 0: the system's clock */
  nowMs?: number;
  /** Tokens are shown to clients: passwords of storage, and addresses of streams, in claims->room_config are
   *  refused unless this says that it is meant so. */
  allowSensitiveRoomConfig?: boolean;
}

export interface TrackInfo {
  kind: TrackKind;
  source: TrackSource;
  muted: boolean;
  simulcast: boolean;
  width: number;
  height: number;
  /** "TR_..." */
  sid: string;
  name: string;
  /** "video/VP8"; empty until negotiated */
  mimeType: string;
  /** none in ParticipantInfo.tracks, whose own message holds it */
  message: Buffer;
}

export interface ParticipantInfo {
  state: ParticipantState;
  isPublisher: boolean;
  hidden: boolean;
  /** a copy of a participant of another room: Participant.forwardTo() */
  forwarded: boolean;
  /** "PA_...", new for each session */
  sid: string;
  identity: string;
  name: string;
  metadata: string;
  attributes: Record<string, string>;
  joinedAtMs: number;
  tracks: TrackInfo[];
  message: Buffer;
}

export interface RoomInfo {
  /** hidden ones included, agents and recorders not */
  numParticipants: number;
  numPublishers: number;
  /** 0: no limit */
  maxParticipants: number;
  /** "RM_..." */
  sid: string;
  name: string;
  metadata: string;
  createdAtMs: number;
  emptyTimeoutMs: number;
  departureTimeoutMs: number;
  playoutDelayMinMs: number;
  playoutDelayMaxMs: number;
  syncStreams: boolean;
  /** JSON, as RoomConfiguration has them */
  agents: string;
  egress: string;
  tags: Record<string, string>;
  message: Buffer;
}

/** What a participant may do. To change some of it, begin with what Participant.permission() gives: a field that is
 *  0 is not allowed. */
export interface Permission {
  canSubscribe?: boolean;
  canPublish?: boolean;
  canPublishData?: boolean;
  /** its own */
  canUpdateMetadata?: boolean;
  canSubscribeMetrics?: boolean;
  canManageAgentSession?: boolean;
  /** other participants do not see it */
  hidden?: boolean;
  recorder?: boolean;
  agent?: boolean;
  /** none: all */
  canPublishSources?: TrackSource[];
}

/** What is empty stays as it is; an attribute of empty value is removed. */
export interface ParticipantChanges {
  name?: string;
  metadata?: string;
  attributes?: Record<string, string>;
  /** replaces all of them */
  permission?: Permission | null;
}

/** An agent that is wanted in a room: LiveKit's AgentDispatch. */
export interface AgentDispatch {
  /** "AD_..."; given by the server */
  id?: string;
  /** empty: any worker that gave itself no name */
  agentName?: string;
  metadata?: string;
  attributes?: Record<string, string>;
  deployment?: string;
  /** a job that failed is given to another worker; default: on */
  restarts?: boolean | null;
  createdAtMs?: number;
}

/** How data of the host's own is sent. */
export interface DataOptions {
  /** default: on */
  reliable?: boolean | null;
  topic?: string;
  /** To these participants, by identity or by sid; both empty: to all. */
  to?: string[];
  toSids?: string[];
  /** 16 bytes that no other data has; what is sent again with the same ones is dropped. None: nothing is. */
  nonce?: Uint8Array;
}

export interface RpcRequest {
  method?: string;
  /** at most 15 KiB */
  payload?: string;
  /** default: 10000; of a client's: 15000 */
  responseTimeoutMs?: number;
}

/** How one ends. Codes 1001 to 1999 are LiveKit's (1400: no such method; 1402: the payload is too large; 1500: it
 *  failed; 1501: no connection; 1502: no answer in time; 1503: the callee left); others are the callee's own. */
export interface RpcResult {
  /** 0: `payload` is the answer */
  errorCode?: number;
  payload?: string;
  errorMessage?: string;
  errorData?: string;
}

export interface WebhookEvent {
  /** "room_started", "participant_joined", ... */
  event: string;
  /** "EV_...", the same when it comes again */
  id: string;
  createdAtMs: number;
  /** What it is about, or null. An event of a track has no more of its room and participant than sid and name, sid
   *  and identity. */
  room: RoomInfo | null;
  participant: ParticipantInfo | null;
  track: TrackInfo | null;
  /** JSON of the protocol's EgressInfo, IngressInfo and Job; empty if it has none. */
  egressInfo: string;
  ingressInfo: string;
  job: string;
  /** the whole body */
  json: string;
}

/** What a client emits, and with what. */
export interface ClientEvents {
  /** The room was joined. Who is in it is told right after. */
  connected: [{ room: RoomInfo; self: ParticipantInfo }];
  /** Media and data flow: after a join, and after each reconnection. */
  ready: [];
  /** A connection was lost. `resuming`: the session goes on; else it is replaced. */
  reconnecting: [{ resuming: boolean }];
  reconnected: [{ resumed: boolean }];
  /** For good; nothing follows. `status` and `message` tell why, of "join_failed" and _LOST. */
  disconnected: [{ reason: DisconnectReason; status: Status; message: string }];
  /** Into another room, by the server. */
  moved: [{ room: RoomInfo }];
  participantJoined: [{ participant: ParticipantInfo }];
  participantChanged: [{ participant: ParticipantInfo }];
  participantLeft: [{ participant: ParticipantInfo }];
  /** Of other participants. */
  trackPublished: [{ identity: string; track: TrackInfo }];
  trackChanged: [{ identity: string; track: TrackInfo }];
  trackUnpublished: [{ identity: string; track: TrackInfo }];
  /** Those whose loudness changed. */
  speakers: [{ speakers: Speaker[] }];
  /** Media of the track follows, or ends. */
  subscribed: [{ trackSid: string; identity: string; codec: Codec }];
  unsubscribed: [{ trackSid: string }];
  /** A frame that is whole, and for video decodable after those before it (receive_frames). */
  frame: [{ trackSid: string; codec: Codec; frame: Required<Frame> }];
  /** Each packet as it arrived, unordered; `recovered`: it was lost and asked for again. */
  rtp: [{ trackSid: string; packet: Buffer; recovered: boolean }];
  /** Of one's own tracks, by the id given to Client.publish(). Writing begins with on_published(), also after a
   *  reconnection. */
  published: [{ id: string; trackSid: string }];
  publishFailed: [{ id: string; status: Status; message: string }];
  keyframeRequested: [{ id: string; layer: number }];
  data: [{ message: DataMessage }];
  /** A text stream that has come whole. */
  text: [{ info: StreamInfo; text: string }];
  /** Every stream, as it comes. */
  streamOpened: [{ info: StreamInfo }];
  streamData: [{ sender: string; id: string; bytes: Buffer }];
  /** "ok": it came whole. */
  streamClosed: [{ sender: string; id: string; status: Status; message: string }];
}
