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
  // Participants may store data blobs, up to 64 kB each, for others to fetch.
  bool participant_data_blobs = false;
};

}  // namespace sfu
