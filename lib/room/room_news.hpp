// SPDX-License-Identifier: Apache-2.0
// room_update (signalling 3.2): at once for metadata and recording, at most every five seconds for counts.
#pragma once

#include "room/room_state.hpp"

namespace sfu::room {

class RoomNews {
 public:
  static constexpr Duration kInterval = std::chrono::seconds(5);

  explicit RoomNews(RoomState& state) : state_(state) {}

  void set_metadata(std::string metadata);
  void send_to(const Participant& participant, Output& out);
  void advance(Instant now, Output& out);
  Instant deadline() const { return due_; }

 private:
  RoomState& state_;
  bool urgent_ = false;
  bool told_recording_ = false;
  Instant last_{};
  Instant due_ = kNever;
};

}  // namespace sfu::room
