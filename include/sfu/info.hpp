// SPDX-License-Identifier: Apache-2.0
// Snapshots of what is in the engine, as plain values: they are copies, and stay what they were when taken.
// The fields are those of LiveKit's Room, ParticipantInfo and TrackInfo messages; `message` is the whole message,
// serialized, for hosts that speak that protocol.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sfu/room_options.hpp"
#include "sfu/time.hpp"

namespace sfu {

enum class TrackKind { kAudio, kVideo, kData };
enum class TrackSource { kUnknown, kCamera, kMicrophone, kScreenShare, kScreenShareAudio };

// The words of LiveKit's messages: "AUDIO", "SCREEN_SHARE".
constexpr std::string_view to_string(TrackKind kind) {
  switch (kind) {
    case TrackKind::kAudio: return "AUDIO";
    case TrackKind::kVideo: return "VIDEO";
    case TrackKind::kData: return "DATA";
  }
  return "";
}
constexpr std::string_view to_string(TrackSource source) {
  switch (source) {
    case TrackSource::kUnknown: return "UNKNOWN";
    case TrackSource::kCamera: return "CAMERA";
    case TrackSource::kMicrophone: return "MICROPHONE";
    case TrackSource::kScreenShare: return "SCREEN_SHARE";
    case TrackSource::kScreenShareAudio: return "SCREEN_SHARE_AUDIO";
  }
  return "";
}

// A published track.
struct TrackInfo {
  std::string sid;  // "TR_..."
  std::string name;
  TrackKind kind = TrackKind::kAudio;
  TrackSource source = TrackSource::kUnknown;
  std::string mime_type;  // "video/VP8"; empty until negotiated
  bool muted = false;
  bool simulcast = false;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::string message;  // empty in ParticipantInfo::tracks, whose own message holds it
};

// What a participant may do.
struct ParticipantPermission {
  bool can_subscribe = true;
  bool can_publish = true;
  bool can_publish_data = true;
  std::vector<TrackSource> can_publish_sources;  // empty: all
  bool can_update_metadata = false;              // its own
  bool can_subscribe_metrics = false;
  bool can_manage_agent_session = false;
  bool hidden = false;  // other participants do not see it
  bool recorder = false;
  bool agent = false;
};

enum class ParticipantState { kJoining, kJoined, kActive, kDisconnected };

struct ParticipantInfo {
  std::string sid;  // "PA_...", new for each session
  std::string identity;
  std::string name;
  std::string metadata;
  std::map<std::string, std::string> attributes;
  ParticipantState state = ParticipantState::kJoining;
  WallTime joined_at{};
  bool is_publisher = false;
  bool hidden = false;
  bool forwarded = false;  // a copy of a participant of another room: see Participant::forward_to()
  std::vector<TrackInfo> tracks;
  std::string message;
};

struct RoomInfo {
  std::string sid;  // "RM_..."
  std::string name;
  std::string metadata;
  WallTime created_at{};
  std::uint32_t num_participants = 0;  // hidden ones included, agents and recorders not
  std::uint32_t num_publishers = 0;
  std::uint32_t max_participants = 0;  // 0: no limit
  Duration empty_timeout{};
  Duration departure_timeout{};
  bool sync_streams = false;
  PlayoutDelay playout_delay;
  std::string agents;  // as RoomConfiguration has them
  std::string egress;
  std::map<std::string, std::string> tags;
  std::string message;
};

// An agent that is wanted in a room. The fields are those of LiveKit's AgentDispatch message.
struct AgentDispatch {
  std::string id;          // "AD_..."
  std::string agent_name;  // empty: any worker that gave itself no name
  std::string metadata;
  std::map<std::string, std::string> attributes;
  std::string deployment;
  bool restarts = true;  // a job that failed is given to another worker
  WallTime created_at{};
};

}  // namespace sfu
