// SPDX-License-Identifier: Apache-2.0
// What a room is made with, and what tokens, presets and hosts may ask of one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sfu/time.hpp"

namespace sfu {

// What subscribers are told of how long to hold video back. Both 0: nothing.
struct PlayoutDelay {
  Duration min{};
  Duration max{};
};

// Who counts as an active speaker (LiveKit's `audio` section).
struct SpeakerOptions {
  std::uint8_t active_level = 35;                      // -dBov: packets at least so loud (numerically at most) count
  std::uint8_t min_percentile = 40;                    // of an interval must be so loud
  Duration interval = std::chrono::milliseconds(400);  // between two reports
  std::uint32_t smooth_intervals = 2;                  // levels are averaged over so many; 0 and 1: not
};

// A publisher is asked for a key frame of one layer no more often than this.
struct KeyframeThrottle {
  Duration low = std::chrono::milliseconds(500);
  Duration mid = std::chrono::seconds(1);
  Duration high = std::chrono::seconds(1);
};

// How much may wait in a participant's data channels before what is sent to it is dropped. Beside that each channel
// holds one MiB at most.
struct DataChannelLimits {
  // Of what goes without a promise to arrive: older than this it would come too late. 0: no such limit.
  Duration lossy_latency = std::chrono::milliseconds(100);
  Duration data_track_latency = std::chrono::milliseconds(100);
  // Who has had reliable messages waiting for 50 ms, and takes fewer bits a second, is not waited for. 0: everyone is.
  std::uint64_t slow_threshold_bps = 0;
};

// How many of the newest packets of each stream are kept, for those who ask for them again.
struct PacketBuffers {
  std::uint32_t video = 500;
  std::uint32_t audio = 200;
};

// How long names and other texts may be, in bytes; 0: no limit.
struct TextLimits {
  std::uint32_t room_name = 256;
  std::uint32_t identity = 256;
  std::uint32_t name = 256;
  std::uint32_t metadata = 512 * 1024;   // of a participant, and of a room
  std::uint32_t attributes = 64 * 1024;  // of a participant, keys and values together
};

// What becomes of one who joins with the identity of somebody who is there.
enum class DuplicateIdentity {
  kReplace,  // the older session ends (DUPLICATE_IDENTITY)
  kRefuse,   // the newcomer is refused with 409, unless the other's signalling connection is lost
};

struct RoomOptions {
  bool auto_create = true;  // a join makes the room; else it must have been created
  // A room that nobody joined ends after this long; a second at least.
  Duration empty_timeout = std::chrono::seconds(300);
  // A room that everybody left ends after this long.
  Duration departure_timeout = std::chrono::seconds(20);
  std::uint32_t max_participants = 0;  // 0: no limit
  // Mime types that may be published, e.g. "video/VP8", most liked first. Empty: the protocol's default list.
  std::vector<std::string> enabled_codecs;
  std::string metadata;
  // Tracks of one participant and stream are played in sync.
  bool sync_streams = false;
  PlayoutDelay playout_delay;
  bool data_tracks = true;  // participants who may publish data may publish data tracks
  // Participants may store data blobs for others to fetch.
  bool participant_data_blobs = false;

  // How many tracks a participant gets at once, of each kind; others wait until one of them ends. 0: no limit.
  std::uint32_t subscription_limit_video = 0;
  std::uint32_t subscription_limit_audio = 0;
  // In smaller rooms a track whose backup codec somebody needs goes to the backup for all, unless its publisher wants
  // it otherwise; in others both codecs are sent. 0: in rooms of any size.
  std::uint32_t codec_regression_threshold = 5;
  // A client must start afresh when a track that it announced does not come within 30 s.
  bool reconnect_on_publication_error = false;
  // Participants' tracks may be unmuted by others than themselves (Track::set_muted()).
  bool remote_unmute = false;
  DuplicateIdentity duplicate_identity = DuplicateIdentity::kReplace;
  SpeakerOptions speakers;
  // Sound that comes as plain Opus goes to subscribers who can take it with redundancy (RED, RFC 2198).
  bool active_red_encoding = false;
  // Publishers of sound are told of the packets that their subscribers lose, so that their encoders make up for them.
  bool loss_proxying = false;
  KeyframeThrottle keyframe_throttle;
  PacketBuffers packet_buffers;
  DataChannelLimits data_channels;
  // A publisher is told this late that fewer layers are watched (Dynacast).
  Duration dynacast_pause_delay = std::chrono::seconds(5);
  // What a subscriber's connection can carry decides what of its video it gets.
  bool congestion_control = true;
  // That is estimated here, from feedback on every packet (draft-holmer-rmcat-transport-wide-cc-extensions-01), and the
  // path probed and what is sent paced; where the client does not give it, or with false, the client's own estimate is
  // taken (draft-alvestrand-rmcat-remb-03).
  bool send_side_bwe = true;
  // Where not even the lowest layers fit, tracks are paused for subscribers who neither allow nor refuse it.
  bool allow_pause = false;
  // Packets of video are padded to sizes that many have in common (RFC 3550 5.1), for one per cent more bytes: so the
  // kernel takes more of them in one call.
  bool equal_packet_sizes = false;
  // News of many participants goes out in messages of about so many bytes.
  std::uint32_t update_batch_target_size = 128 * 1024;
  TextLimits limits;
  // In bytes; 0: no limit.
  std::uint32_t max_data_blob_key_length = 256;
  std::uint32_t max_data_blobs_size = 64'000;  // of one participant, with their keys
  std::uint32_t max_data_track_custom_encoding_length = 32;
};

// What is wanted of one room, as LiveKit's RoomConfiguration says it: what is empty or 0 is left to the next in line,
// which are a preset and then the engine's defaults.
struct RoomConfiguration {
  Duration empty_timeout{};
  Duration departure_timeout{};
  std::uint32_t max_participants = 0;
  std::string metadata;
  bool sync_streams = false;
  PlayoutDelay playout_delay;
  // Kept with the room for whoever runs agents and recordings; JSON of the protocol's messages.
  std::string agents;  // a list of RoomAgentDispatch
  std::string egress;  // a RoomEgress
  std::map<std::string, std::string> tags;
};

// By name; a token asks for one with its roomPreset.
using RoomPresets = std::map<std::string, RoomConfiguration, std::less<>>;

}  // namespace sfu
