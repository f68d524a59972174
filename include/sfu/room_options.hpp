// SPDX-License-Identifier: Apache-2.0
// What a room is made with.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sfu/time.hpp"

namespace sfu {

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

}  // namespace sfu
