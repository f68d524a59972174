// SPDX-License-Identifier: Apache-2.0
// The packets of data tracks (signalling 3.8): from `_data_track` of the publisher to that of each subscriber, with the
// subscriber's handle in place of the publisher's and nothing else changed.
#pragma once

#include <vector>

#include "room/room_state.hpp"

namespace sfu::room {

class DataTrackForwarding {
 public:
  explicit DataTrackForwarding(RoomState& state) : state_(state) {}

  void packet(Instant now, const Participant& publisher, ByteView packet, Output& out);

 private:
  RoomState& state_;
  std::vector<std::uint8_t> scratch_;  // the packet, with one handle after the other
};

}  // namespace sfu::room
