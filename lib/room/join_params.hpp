// SPDX-License-Identifier: Apache-2.0
// What the layers above tell a room when it is made, and when someone joins or comes back.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "livekit_models.pb.h"
#include "livekit_rtc.pb.h"
#include "room/ids.hpp"
#include "room/neighbours.hpp"
#include "room/peer_registry.hpp"
#include "sfu/address.hpp"
#include "sfu/info.hpp"
#include "sfu/room_options.hpp"
#include "sfu/statistics.hpp"

namespace sfu::dtls {
class Certificate;
}

namespace sfu::room {

class LocalInbox;
class Policy;
class TransportFallback;

// In bytes; 0: no limit.
struct DataLimits {
  std::uint32_t blob_key = 256;
  std::uint32_t blobs = 64'000;  // of one participant, with their keys
  std::uint32_t custom_encoding = 32;
};

constexpr bool fits(std::size_t size, std::uint32_t limit) {
  return limit == 0 || size <= limit;
}

// Settings of one room (signalling 3.2), after defaults, preset and token have been merged.
struct RoomOptions {
  std::string name;
  Duration empty_timeout = std::chrono::seconds(300);     // closes when nobody ever joined
  Duration departure_timeout = std::chrono::seconds(20);  // closes after the last one left
  std::uint32_t max_participants = 0;                     // 0: no limit; agents and egress do not count
  std::string metadata;
  bool sync_streams = false;
  PlayoutDelay playout_delay;
  // Carried for those who run agents and recordings (sfu::RoomConfiguration).
  std::string agents;
  std::string egress;
  std::vector<AgentDispatch> agent_dispatches;  // what `agents` asks for
  std::map<std::string, std::string> tags;
  bool data_tracks = true;
  bool data_blobs = false;
  DataLimits data_limits;
  bool reconnect_on_publication_error = false;
  bool remote_unmute = false;
  DuplicateIdentity duplicate_identity = DuplicateIdentity::kReplace;
  SpeakerOptions speakers;
  bool active_red_encoding = false;
  bool loss_proxying = false;
  KeyframeThrottle keyframe_throttle;
  PacketBuffers packet_buffers;
  DataChannelLimits data_channels;
  Duration dynacast_pause_delay = std::chrono::seconds(5);
  bool congestion_control = true;
  bool send_side_bwe = true;  // by transport-wide feedback, where the client gives it; else by its REMB
  bool allow_pause = false;   // of those who say neither
  bool equal_packet_sizes = false;
  std::uint32_t update_batch_target_size = 128 * 1024;
  TextLimits limits;
  std::uint32_t codec_regression_threshold = 5;  // BackupCodecPolicy PREFER_REGRESSION holds below it; 0: always
  std::uint32_t video_subscription_limit = 0;    // each participant's; 0: none
  std::uint32_t audio_subscription_limit = 0;
  // In the order of preference that signalling 2.3 asks for. Empty: all that this library forwards.
  std::vector<livekit::Codec> enabled_codecs;
};

inline bool controls_sending(const RoomOptions& options) {
  return options.congestion_control && options.send_side_bwe;
}

inline bool has_playout_delay(const RoomOptions& options) {
  return options.playout_delay.min > Duration() || options.playout_delay.max > Duration();
}

// What a room borrows from its worker; all of it outlives the room.
struct Environment {
  PeerRegistry* registry = nullptr;
  const dtls::Certificate* certificate = nullptr;
  std::span<const SocketAddress> candidates;      // the host candidates of this worker's socket
  std::span<const SocketAddress> tcp_candidates;  // those where TCP connections are awaited
  Random* random = nullptr;
  const WallAnchor* wall = nullptr;  // renewed by the worker each turn
  Neighbours* neighbours = nullptr;  // null: there are no other rooms
  Policy* policy = nullptr;          // null: what may be done is done
  TransportFallback* fallback = nullptr;
  Statistics* statistics = nullptr;  // the worker's, that all its rooms add to
  Log log;
};

// One participant's wish to enter, validated and authenticated.
struct JoinParams {
  ConnectionId connection = 0;
  std::string identity;
  std::string name;
  std::string metadata;
  std::map<std::string, std::string> attributes;
  livekit::ParticipantInfo::Kind kind = livekit::ParticipantInfo::STANDARD;
  std::vector<livekit::ParticipantInfo::KindDetail> kind_details;
  livekit::ParticipantPermission permission;  // from the token's video grant
  // What that shows as sources may be more than it allows: nullopt if not, else those that it does allow.
  std::optional<std::vector<livekit::TrackSource>> publish_sources;

  livekit::ClientInfo client;  // .protocol is the pv of the specification
  std::int32_t client_protocol = 0;
  std::shared_ptr<LocalInbox> local;   // of the host's own, in this process: no peer connection
  bool single_peer_connection = true;  // v1; false: v0
  bool auto_subscribe = true;
  bool auto_subscribe_data = false;  // data tracks
  bool adaptive_stream = false;
  std::optional<bool> subscriber_allow_pause;  // unset: RoomOptions::allow_pause
  bool tcp_only = false;                       // UDP is known not to suit the client

  // The fields of JoinResponse that only signalling and configuration know: server_version, server_region, server_info,
  // ice_servers, client_configuration, alternative_url. The room fills in the others.
  livekit::JoinResponse response;

  // Out of a v1 join request; handled right after the JoinResponse, the tracks first (signalling 1.4).
  std::vector<livekit::AddTrackRequest> add_tracks;
  std::optional<livekit::SessionDescription> offer;
};

// A participant's new signalling connection after it lost the old one (signalling 2.15).
struct ResumeParams {
  ConnectionId connection = 0;
  std::string identity;  // the lookup is by identity
  // Of the session that the client remembers; empty if it does not say. Another one is not its to take over.
  std::string participant_sid;
  livekit::ReconnectReason reason = livekit::RR_UNKNOWN;
  livekit::ReconnectResponse response;  // ice_servers, client_configuration, server_info; the room adds the rest
};

}  // namespace sfu::room
