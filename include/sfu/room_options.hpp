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

struct RoomOptions {
  bool auto_create = true;  // a join makes the room; else it must have been created
  // A room that nobody joined ends after this long.
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
