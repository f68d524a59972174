# SPDX-License-Identifier: Apache-2.0
"""What goes in and what comes out: options, information, events. Nothing here changes once it is made.

Made of include/sfu-c by bindings/generate/generate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ._enumeration import Enumeration

if TYPE_CHECKING:
    from .auth import Auth
    from .policy import Policy

NONE = -1
"""In numbers of options whose 0 is "the default": none, at once, or no limit."""


class Status(Enumeration):
    OK = 0
    INVALID_ARGUMENT = -1
    TRUNCATED = -2  # input ends before it should
    MALFORMED = -3  # input breaks its format
    UNSUPPORTED = -4  # understood, but not offered here
    NOT_FOUND = -5
    ALREADY_EXISTS = -6
    PERMISSION_DENIED = -7
    UNAUTHENTICATED = -8
    LIMIT_EXCEEDED = -9
    FAILED_PRECONDITION = -10  # right call, wrong state
    CLOSED = -11
    TIMEOUT = -12
    UNAVAILABLE = -13  # the system refused: a port in use, no connection
    INTERNAL = -14
    INVALID_HANDLE = -32  # None, of another kind, or released
    WRONG_THREAD = -33  # a call that waits, from within a callback
    OUT_OF_MEMORY = -34


class LogLevel(Enumeration):
    DEFAULT = 0
    DEBUG = 1
    INFO = 2
    WARN = 3
    ERROR = 4
    OFF = 5


class DisconnectReason(Enumeration):
    OTHER = 0
    CLIENT_INITIATED = 1
    DUPLICATE_IDENTITY = 2
    SERVER_SHUTDOWN = 3
    PARTICIPANT_REMOVED = 4
    ROOM_DELETED = 5
    ROOM_CLOSED = 6
    JOIN_FAILED = 7
    LOST = 8


class TurnProtocol(Enumeration):
    UDP = 0
    TCP = 1
    TLS = 2


class EventKind(Enumeration):
    ROOM_STARTED = 0
    ROOM_FINISHED = 1
    PARTICIPANT_JOINED = 2  # connected: ParticipantState.ACTIVE
    PARTICIPANT_LEFT = 3
    PARTICIPANT_CONNECTION_ABORTED = 4  # left without ever becoming active
    TRACK_PUBLISHED = 5
    TRACK_UNPUBLISHED = 6


class Codec(Enumeration):
    OPUS = 0
    PCMU = 1
    PCMA = 2
    VP8 = 3
    VP9 = 4
    H264 = 5
    H265 = 6
    AV1 = 7


class VideoQuality(Enumeration):
    HIGH = 0
    MEDIUM = 1
    LOW = 2


class PacketVerdict(Enumeration):
    PASS = 0
    DROP = -1


class DataKind(Enumeration):
    USER = 0  # of publishData() and its like, and messages on channels of the application's own
    CHAT = 1  # of clients before text streams
    STREAM_START = 2  # a stream of text or bytes begins
    STREAM_CHUNK = 3
    STREAM_END = 4
    RPC_REQUEST = 5
    RPC_ANSWER = 6  # or the news that it comes
    ENCRYPTED = 7  # one of these, encrypted from end to end
    OTHER = 8


class DuplicateIdentity(Enumeration):
    REPLACE = 0  # the older session ends
    REFUSE = 1


class ConnectionQuality(Enumeration):
    POOR = 0
    GOOD = 1
    EXCELLENT = 2
    LOST = 3


class ParticipantKind(Enumeration):
    STANDARD = 0
    INGRESS = 1
    EGRESS = 2
    SIP = 3
    AGENT = 4
    CONNECTOR = 5
    BRIDGE = 6


class TrackKind(Enumeration):
    AUDIO = 0
    VIDEO = 1
    DATA = 2


class TrackSource(Enumeration):
    UNKNOWN = 0
    CAMERA = 1
    MICROPHONE = 2
    SCREEN_SHARE = 3
    SCREEN_SHARE_AUDIO = 4


class ParticipantState(Enumeration):
    JOINING = 0
    JOINED = 1
    ACTIVE = 2
    DISCONNECTED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientOptions:
    # "ws://host:port" or "wss://host"
    url: str = ""
    # create_token()
    token: str = ""
    # one peer connection for both ways; default: on
    single_connection: bool | None = None
    # to every track; default: on
    auto_subscribe: bool | None = None
    adaptive_stream: bool = False
    # In place of the token's, if it allows.
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    # where media comes from and goes to; none: every interface
    media_addresses: Sequence[str] = ()
    # wss: PEM file of the authorities that are trusted; none: the system's
    ca_file: str = ""
    # take any certificate: for tests
    any_server: bool = False
    # put what is received together to frames (on_frame); default: on
    receive_frames: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DataMessage:
    reliable: bool = False
    # identity; empty: the server
    sender: str = ""
    topic: str = ""
    data: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Speaker:
    identity: str = ""
    # 0 to 1; 0: silent again
    level: float = 0.0


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamInfo:
    text: bool = False
    id: str = ""
    # identity
    sender: str = ""
    topic: str = ""
    mime_type: str = ""
    name: str = ""
    # bytes; -1: the sender did not know
    total_length: int = 0
    attributes: Mapping[str, str] = field(default_factory=dict)
    reply_to: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamOptions:
    topic: str = ""
    # identities; none: everyone
    to: Sequence[str] = ()
    attributes: Mapping[str, str] = field(default_factory=dict)
    # empty: text/plain, application/octet-stream
    mime_type: str = ""
    # of byte streams: the file's
    name: str = ""
    # of text streams: another's id
    reply_to: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class RpcCall:
    # identity
    caller: str = ""
    method: str = ""
    payload: str = ""
    # how long the caller waits
    timeout_ms: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientDescription:
    """Whoever joins, as it describes itself; in lower case but for the address and the versions."""

    # "js", "swift", "android", ...
    sdk: str = ""
    version: str = ""
    protocol: int = 0
    os: str = ""
    os_version: str = ""
    device_model: str = ""
    browser: str = ""
    browser_version: str = ""
    address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientConfiguration:
    """What it is told; what is None or empty is the client's own business."""

    video_hardware_encoder: bool | None = None
    screen_hardware_encoder: bool | None = None
    resume_connection: bool | None = None
    force_relay: bool | None = None
    # neither sent nor received: "video/AV1"
    disabled_codecs: Sequence[str] = ()
    # received, but not to be published
    disabled_publish_codecs: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientRule:
    """`when`: an expression over the fields above: c.browser == "safari" && c.browser_version > "18.3".
    docs/configuration.md describes it."""

    # off: a client that this rule fits gets nothing else. Default: on
    merge: bool | None = None
    when: str = ""
    then: ClientConfiguration | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class TurnServer:
    """A TURN server that someone else runs, which clients are told of. They get the user name and credential
    that are given here, or, with a secret that the server shares, some of their own that expire."""

    protocol: TurnProtocol = TurnProtocol(0)
    host: str = ""
    # 3478
    port: int = 0
    username: str = ""
    credential: str = ""
    # beats the two above
    secret: str = ""
    # of a credential made with the secret; 4 hours
    ttl_ms: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineOptions:
    # 0: one a core, but no more than there are ports
    workers: int = 0
    # UDP: where media arrives. Each worker takes the next free port of the range; if there are fewer ports than
    # workers, all share the first one. Both 0: 7882.
    udp_port_first: int = 0
    # 0: udp_port_first
    udp_port_last: int = 0
    bind_addresses: Sequence[str] = ()
    # Where something is included, nothing else is. Interfaces by name ("eth0"), addresses as "10.0.0.0/8".
    included_interfaces: Sequence[str] = ()
    excluded_interfaces: Sequence[str] = ()
    included_addresses: Sequence[str] = ()
    excluded_addresses: Sequence[str] = ()
    # loopback addresses beside the others; without others they are taken in any case
    loopback: bool = False
    # offered to clients instead of the bound addresses
    node_ips: Sequence[str] = ()
    # "ND_..."; empty: made at random
    node_id: str = ""
    region: str = ""
    # What access tokens are signed with, API key to secret; needed unless `auth` authenticates.
    keys: Mapping[str, str] = field(default_factory=dict)
    room_defaults: RoomOptions | None = None
    room_presets: Sequence[RoomPreset] = ()
    turn_servers: Sequence[TurnServer] = ()
    # "host:port"
    stun_servers: Sequence[str] = ()
    # What all rooms together may hold; beyond it, who wants to join is answered 503. 0: no limit. published and
    # subscribed ones
    track_limit: int = 0
    # of media and data, received and sent
    bytes_per_second_limit: int = 0
    # bytes of one signalling message, inflated; 2 MiB
    signal_message_limit: int = 0
    # how often workers publish what they count; 2000
    statistics_interval_ms: int = 0
    # what `policy` has not decided by then is denied; 5000
    policy_timeout_ms: int = 0
    # no threads: one worker, whose turns the host takes with Engine.run_once()
    host_driven: bool = False
    # Rules for certain clients, before those that are known; used unless `client_config` is given.
    client_rules: Sequence[ClientRule] = ()
    # None takes the default. default: `keys`
    auth: Auth | None = None
    # default: what tokens and permissions allow is allowed
    policy: Policy | None = None
    # default: nobody is told
    events: Callable[[Event], object] | None = None
    # default: the rules above, and what is known of browsers
    client_config: Callable[[ClientDescription], ClientConfiguration | None] | None = None
    # default: standard error, if log_level asks for it
    log: Callable[[LogLevel, str, Mapping[str, str]], object] | None = None
    # lines below it are not made. Default: off, with `log` info
    log_level: LogLevel = LogLevel(0)
    # on standard error: one JSON object a line
    log_json: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """Each joined is followed by exactly one left with the same participant's sid, and each room's start by its
    finish, which is the last event of the room; also when the engine is stopped."""

    kind: EventKind = EventKind(0)
    # "participant_joined"
    name: str = ""
    # "EV_...", as in webhooks
    id: str = ""
    # within the room's sid: 1, 2, 3, ... without a gap
    sequence: int = 0
    at_ms: int = 0
    room: RoomInfo
    # None for events of the room
    participant: ParticipantInfo | None = None
    # None but for events of a track
    track: TrackInfo | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class LocalParticipantOptions:
    # Who it is (identity, which must not be empty, name, metadata, attributes, kind), what it may (video), and the
    # settings of the room that its joining makes, as a token would say it. `video` may be None: all that a grant
    # allows unless it says otherwise. `room` and `room_join` are filled in.
    claims: Claims | None = None
    # to every track; default: on
    auto_subscribe: bool | None = None
    # put what is received together to frames (on_frame); default: on
    receive_frames: bool | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Frame:
    """What an encoder gives and a decoder takes. VP8, VP9: a frame as in IVF. H264: an access unit with Annex B
    start codes. AV1: a temporal unit of OBUs with their sizes. Audio: one packet."""

    # in units of codec_clock_rate()
    timestamp: int = 0
    data: bytes = b""
    # audio: always
    is_keyframe: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoLayer:
    """One encoding of a simulcast."""

    width: int = 0
    height: int = 0
    # bits a second
    bitrate: int = 0
    # "q", "h", "f", lowest first
    rid: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishOptions:
    codec: Codec = Codec(0)
    source: TrackSource = TrackSource(0)
    width: int = 0
    height: int = 0
    stereo: bool = False
    muted: bool = False
    name: str = ""
    # of a simulcast, two or three; none: one encoding
    layers: Sequence[VideoLayer] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackSettings:
    """What is wanted of a subscribed video track. `width` and `height` win over `quality`."""

    disabled: bool = False
    quality: VideoQuality = VideoQuality(0)
    width: int = 0
    height: int = 0
    fps: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaFileInfo:
    codec: Codec = Codec(0)
    # 0: the file does not tell
    width: int = 0
    height: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class MediaSample:
    frame: Frame
    # since the beginning
    at_us: int = 0
    # until the next is due
    duration_us: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackPacket:
    """One RTP packet as its publisher sent it; but for `payload`, which the filters before this one may have
    replaced."""

    ssrc: int = 0
    # in units of the codec's clock
    timestamp: int = 0
    sequence_number: int = 0
    # as negotiated with the publisher
    payload_type: int = 0
    # Video; 0 where it cannot be told. which encoding of a simulcast, 0 the lowest
    layer: int = 0
    # within the encoding
    spatial_layer: int = 0
    # the same
    temporal_layer: int = 0
    marker: bool = False
    # audio/red (RFC 2198)
    redundant: bool = False
    # it was lost, and came by RTX
    recovered: bool = False
    starts_frame: bool = False
    # shows that a decoder may start with this frame
    starts_keyframe: bool = False
    # audio: speech, if the publisher says so
    voice: bool = False
    # -dBov, 0 the loudest and 127 silence (RFC 6464); -1: not told
    audio_level: int = 0
    # when its worker took it, on the engine's clock
    arrived_ns: int = 0
    # "video/VP8", "audio/opus"; of redundant audio that of the sound in it
    mime_type: str = ""
    # What the RTP payload begins with that is the packet's and not the codec's: VP8's and VP9's descriptor, AV1's
    # aggregation header, the header of H264's and H265's payloads; of redundant audio all that is not the newest
    # block. It stays as it is, but for the picture numbers that each subscriber gets.
    descriptor: bytes = b""
    # The rest: what a filter may replace.
    payload: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class JoinRequest:
    """Somebody with a good token wants to join a room."""

    # of the token: claims->identity, claims->video->room
    claims: Claims
    # as a proxy's headers say, else the socket's; "" if neither is known
    client_address: str = ""
    # no: this join would make it
    room_exists: bool = False
    # one of this identity
    already_there: bool = False
    # asked by GET .../validate: nobody joins yet
    checking: bool = False
    # that are in the room, hidden ones, agents and recorders among them
    participants: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyParticipant:
    identity: str = ""
    sid: str = ""
    metadata: str = ""
    agent: bool = False
    recorder: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishRequest:
    """A participant announces a track, also of data (TrackKind.DATA, with its name alone). `track` is what
    others would see of it; it has no sid yet."""

    room: str = ""
    publisher: PolicyParticipant
    track: TrackInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscribeRequest:
    """A participant is about to get a track of another, because it asked for that or by its auto-subscription,
    and nothing else stands in the way. Of data tracks, `track` has its sid, kind and name."""

    room: str = ""
    subscriber: PolicyParticipant
    publisher: PolicyParticipant
    track: TrackInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class DataRequest:
    """A participant sends data to others. Packets of data tracks are not asked about: on_publish and
    on_subscribe are."""

    room: str = ""
    sender: PolicyParticipant
    kind: DataKind = DataKind(0)
    reliable: bool = False
    # of _USER and _STREAM_START; the method of _RPC_REQUEST
    topic: str = ""
    # of the stream, or of the call
    id: str = ""
    # Of _USER, _CHAT, _STREAM_CHUNK, _RPC_REQUEST, _ENCRYPTED, and of a _STREAM_START that holds its whole stream;
    # for all others empty. As its sender sent it: a stream's or a call's may be compressed.
    payload: bytes = b""
    # with to_sids empty: to all others
    to_identities: Sequence[str] = ()
    to_sids: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomApiOptions:
    # bodies as JSON, not protobuf
    json: bool = False
    # take any certificate: for tests
    any_server: bool = False
    # "https://host[:port]", or http:, ws: or wss:
    url: str = ""
    # Signs a token for each call, good for ten minutes, that grants what this call needs and nothing else.
    api_key: str = ""
    api_secret: str = ""
    # in place of a key: shown as it is, for all calls
    token: str = ""
    # of one call; 10000. RoomApi.perform_rpc() gets the time of the request beyond it
    timeout_ms: int = 0
    # https: PEM file of the authorities that are trusted; none: the system's
    ca_file: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class CreateRoomOptions:
    # what is empty or 0 is left to the preset, and then to the server
    configuration: RoomConfiguration | None = None
    preset: str = ""
    # of the server that is to have it; empty: any
    node_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ApiError:
    """What a server said of a call that failed."""

    # 0: no answer came
    http_status: int = 0
    # Twirp's: "not_found", "unauthenticated" ...; empty: it is no answer of the API
    code: str = ""
    message: str = ""
    # what the server adds
    meta: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomOptions:
    """The defaults of all rooms of an engine. Numbers are 0 for what their comment says, NONE for none or no
    limit."""

    # a join makes the room; default: on
    auto_create: bool | None = None
    # a room that nobody joined ends after this long; 300000
    empty_timeout_ms: int = 0
    # a room that everybody left ends after this long; 20000
    departure_timeout_ms: int = 0
    # no limit
    max_participants: int = 0
    # tracks of one participant and stream are played in sync
    sync_streams: bool = False
    # Mime types that may be published, e.g. "video/VP8", most liked first. None: the protocol's default list.
    enabled_codecs: Sequence[str] = ()
    metadata: str = ""
    # both 0: subscribers are told nothing
    playout_delay_min_ms: int = 0
    playout_delay_max_ms: int = 0
    # those who may publish data may publish data tracks; default: on
    data_tracks: bool | None = None
    # participants may store data blobs for others to fetch
    participant_data_blobs: bool = False
    # tracks that one participant gets at once; no limit
    subscription_limit_video: int = 0
    subscription_limit_audio: int = 0
    # 5; NONE: in rooms of any size
    codec_regression_threshold: int = 0
    # a client must start afresh when a track it announced does not come
    reconnect_on_publication_error: bool = False
    # tracks may be unmuted by others than their publisher
    remote_unmute: bool = False
    duplicate_identity: DuplicateIdentity = DuplicateIdentity(0)
    # -dBov; 35
    speaker_active_level: int = 0
    # 40
    speaker_min_percentile: int = 0
    # 400
    speaker_interval_ms: int = 0
    # 2
    speaker_smooth_intervals: int = 0
    # 500
    keyframe_throttle_low_ms: int = 0
    # 1000
    keyframe_throttle_mid_ms: int = 0
    # 1000
    keyframe_throttle_high_ms: int = 0
    # packets of each stream that are kept for retransmission; 500
    packet_buffer_video: int = 0
    # 200
    packet_buffer_audio: int = 0
    # 5000
    dynacast_pause_delay_ms: int = 0
    # default: on
    congestion_control: bool | None = None
    # tracks that do not fit are paused for all, not only for those who allow it
    allow_pause: bool = False
    # bytes of a message with news of many; 128 KiB
    update_batch_target_size: int = 0
    # bytes; 256
    room_name_limit: int = 0
    # 256
    identity_limit: int = 0
    # 256
    name_limit: int = 0
    # 512 KiB
    metadata_limit: int = 0
    # keys and values together; 64 KiB
    attributes_limit: int = 0
    # 256
    data_blob_key_limit: int = 0
    # of one participant, with their keys; 64000
    data_blobs_limit: int = 0
    # of a data track's custom encoding; 32
    data_track_encoding_limit: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomConfiguration:
    """What is wanted of one room, as LiveKit's RoomConfiguration says it: what is empty or 0 is left to the next
    in line, which are a preset and then the engine's defaults."""

    max_participants: int = 0
    empty_timeout_ms: int = 0
    departure_timeout_ms: int = 0
    metadata: str = ""
    playout_delay_min_ms: int = 0
    playout_delay_max_ms: int = 0
    sync_streams: bool = False
    # JSON: a list of RoomAgentDispatch
    agents: str = ""
    # JSON: a RoomEgress
    egress: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomPreset:
    """What tokens may ask for by name."""

    name: str = ""
    configuration: RoomConfiguration | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerOptions:
    """`yaml` says first what the server is like; what else is set here, and in `engine`, replaces what the YAML
    has."""

    # HTTP and WebSocket; 7880. NONE takes a free one: Server.port()
    port: int = 0
    # LiveKit's configuration
    yaml: str = ""
    # for messages
    yaml_file_name: str = ""
    # unknown keys are warned of, not refused
    yaml_lenient: bool = False
    # over the YAML: a key, as "room.empty_timeout", and its value
    overrides: Mapping[str, str] = field(default_factory=dict)
    # LiveKit's --dev: what nothing else says becomes key `devkey` with secret `secret`, on the loopback addresses,
    # UDP port 7882 and log level debug; and the pages below give tokens to anyone who reaches the port.
    development: bool = False
    # none: all interfaces
    bind_addresses: Sequence[str] = ()
    # served at /meet/
    meet_directory: str = ""
    console_directory: str = ""
    # Webhooks: events are posted there, as well as given to the engine's callbacks.
    webhook_urls: Sequence[str] = ()
    # one of the keys; signs
    webhook_api_key: str = ""
    webhook_include_events: Sequence[str] = ()
    webhook_exclude_events: Sequence[str] = ()
    webhook_full_room_in_track_events: bool = False
    # an event that has waited longer is dropped; 30000
    webhook_max_age_ms: int = 0
    # events of one room that wait; 200
    webhook_max_depth: int = 0
    # PEM; none: the system's authorities
    webhook_ca_file: str = ""
    # 10000
    webhook_stop_timeout_ms: int = 0
    # for Prometheus, beside /metrics on the HTTP port; 0: none
    metrics_port: int = 0
    metrics_username: str = ""
    metrics_password: str = ""
    # bytes; 10 MiB
    request_body_limit: int = 0
    # keys, log and plug points among it
    engine: EngineOptions | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookCounters:
    """Of all URLs together, each counted by itself; all 0 without webhooks."""

    # answered, and not to be tried again: 4xx too
    delivered: int = 0
    # given up
    failed: int = 0
    dropped_age: int = 0
    dropped_queue_full: int = 0
    # the server stopped
    dropped_queue_closed: int = 0
    # waiting, or under way
    queue_length: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectRequest:
    """The HTTP request that wants to become a signalling WebSocket (GET /rtc or /rtc/v1), or asks whether it
    could."""

    # "/rtc", "/rtc/v1"; with "/validate" to check only
    path: str = ""
    # percent-decoded
    query: Mapping[str, str] = field(default_factory=dict)
    # names in any case
    headers: Mapping[str, str] = field(default_factory=dict)
    # of the socket; proxy headers are looked at here
    remote_address: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkerStatistics:
    rooms: int = 0
    participants: int = 0
    datagrams_received: int = 0
    # of its thread
    processor_time_us: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineStatistics:
    node_id: str = ""
    started_at_ms: int = 0
    # When the worker that has been silent longest published its figures, and how long ago that is.
    updated_at_ms: int = 0
    age_ms: int = 0
    # Now.
    rooms: int = 0
    participants: int = 0
    tracks_published: Sequence[int] = ()
    tracks_subscribed: Sequence[int] = ()
    # of media, from the network to the network, smoothed
    forward_latency_us: int = 0
    forward_jitter_us: int = 0
    # Since the start: how far those who wanted to join have come. refused before any room was asked
    joins_validation_failed: int = 0
    # refused by the room's worker
    joins_signal_failed: int = 0
    # resumed ones too
    joins_signal_connected: int = 0
    joins_rtc_init: int = 0
    # in the room, media not connected yet
    joins_rtc_connected: int = 0
    # with media
    joins_rtc_active: int = 0
    # gone before, as it wished
    joins_rtc_canceled: int = 0
    # gone before, since its media did not come about
    joins_rtc_failure: int = 0
    publish_attempts: Sequence[int] = ()
    publish_successes: Sequence[int] = ()
    publish_cancels: Sequence[int] = ()
    subscribe_attempts: int = 0
    subscribe_successes: int = 0
    subscribe_cancels: int = 0
    # RTP of tracks, headers included; `again` by RTX.
    packets_received: int = 0
    bytes_received: int = 0
    packets_received_again: int = 0
    bytes_received_again: int = 0
    packets_sent: int = 0
    bytes_sent: int = 0
    packets_sent_again: int = 0
    bytes_sent_again: int = 0
    # sequence numbers asked for, of publishers
    nacks_sent: int = 0
    plis_sent: int = 0
    # from subscribers
    nacks_received: int = 0
    plis_received: int = 0
    signal_requests: int = 0
    # not understood
    signal_bad_requests: int = 0
    signal_responses: int = 0
    workers: Sequence[WorkerStatistics] = ()
    # RTP of tracks that the host's filters dropped
    packets_filtered: int = 0
    bytes_filtered: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineCounters:
    # datagrams
    packets_received: int = 0
    # of strangers, and STUN for no known peer
    dropped_unknown_source: int = 0
    # of no known kind
    dropped_malformed: int = 0
    # that one worker got for another, which was too busy to take them
    dropped_between_workers: int = 0
    # Packets of data tracks that did not go on.
    data_tracks_malformed: int = 0
    # of no track that their sender publishes
    data_tracks_unknown: int = 0
    # for one subscriber, who is too slow or cannot be reached
    data_tracks_dropped: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticipantStatistics:
    quality: ConnectionQuality = ConnectionQuality(0)
    # 1 to 4.5
    score: float = 0.0
    identity: str = ""
    sid: str = ""
    # -1: not known
    round_trip_us: int = 0
    # what its connection carries towards it; -1: nothing limits it
    estimate_bps: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamStatistics:
    """One encoding of a published track."""

    # 0 to 2, from the lowest; of audio always 0
    layer: int = 0
    # identity
    publisher: str = ""
    # its mime_type: of this encoding
    track: TrackInfo
    # These begin again when the publisher's sender does. of RTP, headers included, without what came by RTX
    data: int = 0
    packets: int = 0
    # on the way here, whether or not they were repaired
    lost: int = 0
    jitter_us: int = 0
    # packets dropped by the host's filters
    filtered: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscriptionStatistics:
    # that is forwarded; -1: none
    layer: int = 0
    # disabled, muted, or for want of bandwidth
    paused: bool = False
    # identity
    subscriber: str = ""
    # identity
    publisher: str = ""
    # sid
    track: str = ""
    # of RTP, headers included, without what went by RTX
    data: int = 0
    packets: int = 0
    # as the subscriber reports it
    lost: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomStatistics:
    name: str = ""
    participants: Sequence[ParticipantStatistics] = ()
    streams: Sequence[StreamStatistics] = ()
    subscriptions: Sequence[SubscriptionStatistics] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class VideoGrant:
    """The `video` claim: what the bearer may do. What is None takes the protocol's default."""

    room_join: bool = False
    # what room_join and room_admin apply to
    room: str = ""
    destination_room: str = ""
    room_create: bool = False
    room_list: bool = False
    room_record: bool = False
    room_admin: bool = False
    ingress_admin: bool = False
    # default: on
    can_publish: bool | None = None
    # default: on
    can_subscribe: bool | None = None
    # default: as can_publish
    can_publish_data: bool | None = None
    # default: off
    can_update_own_metadata: bool | None = None
    # default: off
    can_subscribe_metrics: bool | None = None
    # default: off
    can_manage_agent_session: bool | None = None
    # "camera", "microphone", ...; none: all
    can_publish_sources: Sequence[str] = ()
    # other participants do not see it
    hidden: bool = False
    recorder: bool = False
    agent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class SipGrant:
    admin: bool = False
    call: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentGrant:
    """The `agent`, `inference` and `observability` claims, which an SFU does not read but hands on."""

    admin: bool = False
    simulation_admin: bool = False
    database_admin: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class InferenceGrant:
    perform: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ObservabilityGrant:
    write: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Claims:
    kind: ParticipantKind = ParticipantKind(0)
    # which key signed it
    api_key: str = ""
    identity: str = ""
    name: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    kind_details: Sequence[str] = ()
    # None: may do nothing with rooms
    video: VideoGrant | None = None
    # None: none; the same below
    sip: SipGrant | None = None
    agent: AgentGrant | None = None
    inference: InferenceGrant | None = None
    observability: ObservabilityGrant | None = None
    # Settings for a room that this bearer's joining creates. JSON of a RoomConfiguration message
    room_config: str = ""
    room_preset: str = ""
    # base64 of a body's digest; webhooks only
    sha256: str = ""
    # Milliseconds since 1970; 0: none.
    not_before_ms: int = 0
    issued_at_ms: int = 0
    expires_at_ms: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessTokenOptions:
    api_key: str = ""
    api_secret: str = ""
    # 6 hours
    ttl_ms: int = 0
    # 0: the system's clock
    now_ms: int = 0
    # Tokens are shown to clients: passwords of storage, and addresses of streams, in claims->room_config are refused
    # unless this says that it is meant so.
    allow_sensitive_room_config: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackInfo:
    kind: TrackKind = TrackKind(0)
    source: TrackSource = TrackSource(0)
    muted: bool = False
    simulcast: bool = False
    width: int = 0
    height: int = 0
    # "TR_..."
    sid: str = ""
    name: str = ""
    # "video/VP8"; empty until negotiated
    mime_type: str = ""
    # none in ParticipantInfo.tracks, whose own message holds it
    message: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticipantInfo:
    state: ParticipantState = ParticipantState(0)
    is_publisher: bool = False
    hidden: bool = False
    # a copy of a participant of another room: Participant.forward_to()
    forwarded: bool = False
    # "PA_...", new for each session
    sid: str = ""
    identity: str = ""
    name: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    joined_at_ms: int = 0
    tracks: Sequence[TrackInfo] = ()
    message: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class RoomInfo:
    # hidden ones included, agents and recorders not
    num_participants: int = 0
    num_publishers: int = 0
    # 0: no limit
    max_participants: int = 0
    # "RM_..."
    sid: str = ""
    name: str = ""
    metadata: str = ""
    created_at_ms: int = 0
    empty_timeout_ms: int = 0
    departure_timeout_ms: int = 0
    playout_delay_min_ms: int = 0
    playout_delay_max_ms: int = 0
    sync_streams: bool = False
    # JSON, as RoomConfiguration has them
    agents: str = ""
    egress: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    message: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class Permission:
    """What a participant may do. To change some of it, begin with what Participant.permission() gives: a field
    that is 0 is not allowed."""

    can_subscribe: bool = False
    can_publish: bool = False
    can_publish_data: bool = False
    # its own
    can_update_metadata: bool = False
    can_subscribe_metrics: bool = False
    can_manage_agent_session: bool = False
    # other participants do not see it
    hidden: bool = False
    recorder: bool = False
    agent: bool = False
    # none: all
    can_publish_sources: Sequence[TrackSource] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticipantChanges:
    """What is empty stays as it is; an attribute of empty value is removed."""

    name: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    # replaces all of them
    permission: Permission | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentDispatch:
    """An agent that is wanted in a room: LiveKit's AgentDispatch."""

    # "AD_..."; given by the server
    id: str = ""
    # empty: any worker that gave itself no name
    agent_name: str = ""
    metadata: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)
    deployment: str = ""
    # a job that failed is given to another worker; default: on
    restarts: bool | None = None
    created_at_ms: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class DataOptions:
    """How data of the host's own is sent."""

    # default: on
    reliable: bool | None = None
    topic: str = ""
    # To these participants, by identity or by sid; both empty: to all.
    to: Sequence[str] = ()
    to_sids: Sequence[str] = ()
    # 16 bytes that no other data has; what is sent again with the same ones is dropped. None: nothing is.
    nonce: bytes = b""


@dataclass(frozen=True, kw_only=True, slots=True)
class RpcRequest:
    method: str = ""
    # at most 15 KiB
    payload: str = ""
    # default: 10000; of a client's: 15000
    response_timeout_ms: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class RpcResult:
    """How one ends. Codes 1001 to 1999 are LiveKit's (1400: no such method; 1402: the payload is too large;
    1500: it failed; 1501: no connection; 1502: no answer in time; 1503: the callee left); others are the
    callee's own."""

    # 0: `payload` is the answer
    error_code: int = 0
    payload: str = ""
    error_message: str = ""
    error_data: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookEvent:
    # "room_started", "participant_joined", ...
    event: str = ""
    # "EV_...", the same when it comes again
    id: str = ""
    created_at_ms: int = 0
    # What it is about, or None. An event of a track has no more of its room and participant than sid and name, sid
    # and identity.
    room: RoomInfo | None = None
    participant: ParticipantInfo | None = None
    track: TrackInfo | None = None
    # JSON of the protocol's EgressInfo, IngressInfo and Job; empty if it has none.
    egress_info: str = ""
    ingress_info: str = ""
    job: str = ""
    # the whole body
    json: str = ""


class ClientEvent:
    """What a client tells of."""

    __slots__ = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectedEvent(ClientEvent):
    """The room was joined. Who is in it is told right after."""

    room: RoomInfo
    myself: ParticipantInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyEvent(ClientEvent):
    """Media and data flow: after a join, and after each reconnection."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconnectingEvent(ClientEvent):
    """A connection was lost. `resuming`: the session goes on; else it is replaced."""

    resuming: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ReconnectedEvent(ClientEvent):
    resumed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class DisconnectedEvent(ClientEvent):
    """For good; nothing follows. `status` and `message` tell why, of DisconnectReason.JOIN_FAILED and _LOST."""

    reason: DisconnectReason
    status: Status
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MovedEvent(ClientEvent):
    """Into another room, by the server."""

    room: RoomInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticipantJoinedEvent(ClientEvent):
    participant: ParticipantInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticipantChangedEvent(ClientEvent):
    participant: ParticipantInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class ParticipantLeftEvent(ClientEvent):
    participant: ParticipantInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackPublishedEvent(ClientEvent):
    """Of other participants."""

    identity: str
    track: TrackInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackChangedEvent(ClientEvent):
    identity: str
    track: TrackInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class TrackUnpublishedEvent(ClientEvent):
    identity: str
    track: TrackInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class SpeakersEvent(ClientEvent):
    """Those whose loudness changed."""

    speakers: Sequence[Speaker]


@dataclass(frozen=True, kw_only=True, slots=True)
class SubscribedEvent(ClientEvent):
    """Media of the track follows, or ends."""

    track_sid: str
    identity: str
    codec: Codec


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsubscribedEvent(ClientEvent):
    track_sid: str


@dataclass(frozen=True, kw_only=True, slots=True)
class FrameEvent(ClientEvent):
    """A frame that is whole, and for video decodable after those before it (receive_frames)."""

    track_sid: str
    codec: Codec
    frame: Frame


@dataclass(frozen=True, kw_only=True, slots=True)
class RtpEvent(ClientEvent):
    """Each packet as it arrived, unordered; `recovered`: it was lost and asked for again."""

    track_sid: str
    packet: bytes
    recovered: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedEvent(ClientEvent):
    """Of one's own tracks, by the id given to Client.publish(). Writing begins with on_published(), also after a
    reconnection."""

    id: str
    track_sid: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishFailedEvent(ClientEvent):
    id: str
    status: Status
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyframeRequestedEvent(ClientEvent):
    id: str
    layer: int


@dataclass(frozen=True, kw_only=True, slots=True)
class DataEvent(ClientEvent):
    message: DataMessage


@dataclass(frozen=True, kw_only=True, slots=True)
class TextEvent(ClientEvent):
    """A text stream that has come whole."""

    info: StreamInfo
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamOpenedEvent(ClientEvent):
    """Every stream, as it comes."""

    info: StreamInfo


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamDataEvent(ClientEvent):
    sender: str
    id: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class StreamClosedEvent(ClientEvent):
    """Status.OK: it came whole."""

    sender: str
    id: str
    status: Status
    message: str

__all__ = [
    "AccessTokenOptions",
    "AgentDispatch",
    "AgentGrant",
    "ApiError",
    "Claims",
    "ClientConfiguration",
    "ClientDescription",
    "ClientEvent",
    "ClientOptions",
    "ClientRule",
    "Codec",
    "ConnectRequest",
    "ConnectedEvent",
    "ConnectionQuality",
    "CreateRoomOptions",
    "DataEvent",
    "DataKind",
    "DataMessage",
    "DataOptions",
    "DataRequest",
    "DisconnectReason",
    "DisconnectedEvent",
    "DuplicateIdentity",
    "EngineCounters",
    "EngineOptions",
    "EngineStatistics",
    "Event",
    "EventKind",
    "Frame",
    "FrameEvent",
    "InferenceGrant",
    "JoinRequest",
    "KeyframeRequestedEvent",
    "LocalParticipantOptions",
    "LogLevel",
    "MediaFileInfo",
    "MediaSample",
    "MovedEvent",
    "NONE",
    "ObservabilityGrant",
    "PacketVerdict",
    "ParticipantChangedEvent",
    "ParticipantChanges",
    "ParticipantInfo",
    "ParticipantJoinedEvent",
    "ParticipantKind",
    "ParticipantLeftEvent",
    "ParticipantState",
    "ParticipantStatistics",
    "Permission",
    "PolicyParticipant",
    "PublishFailedEvent",
    "PublishOptions",
    "PublishRequest",
    "PublishedEvent",
    "ReadyEvent",
    "ReconnectedEvent",
    "ReconnectingEvent",
    "RoomApiOptions",
    "RoomConfiguration",
    "RoomInfo",
    "RoomOptions",
    "RoomPreset",
    "RoomStatistics",
    "RpcCall",
    "RpcRequest",
    "RpcResult",
    "RtpEvent",
    "ServerOptions",
    "SipGrant",
    "Speaker",
    "SpeakersEvent",
    "Status",
    "StreamClosedEvent",
    "StreamDataEvent",
    "StreamInfo",
    "StreamOpenedEvent",
    "StreamOptions",
    "StreamStatistics",
    "SubscribeRequest",
    "SubscribedEvent",
    "SubscriptionStatistics",
    "TextEvent",
    "TrackChangedEvent",
    "TrackInfo",
    "TrackKind",
    "TrackPacket",
    "TrackPublishedEvent",
    "TrackSettings",
    "TrackSource",
    "TrackUnpublishedEvent",
    "TurnProtocol",
    "TurnServer",
    "UnsubscribedEvent",
    "VideoGrant",
    "VideoLayer",
    "VideoQuality",
    "WebhookCounters",
    "WebhookEvent",
    "WorkerStatistics",
]
