// SPDX-License-Identifier: Apache-2.0
// A data track (signalling 2.18) as its publisher announced it, and one participant's wish for one.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "livekit_models.pb.h"
#include "room/approval.hpp"
#include "room/ids.hpp"
#include "sfu/time.hpp"

namespace sfu::room {

struct DataTrack {
  livekit::DataTrackInfo info;

  struct Subscriber {
    ParticipantId id;
    std::uint16_t handle;  // under which this subscriber knows the track
  };
  std::vector<Subscriber> subscribers;
};

struct DataSubscription {
  bool wanted = false;
  bool refused = false;  // the client asked not to have it: auto-subscribe leaves it alone
  Instant since{};       // of the last change of `wanted`
  Approval approval;     // the host's policy's, since it is wanted
  std::optional<bool> told_allowed;
  std::uint16_t handle = 0;  // 0: not bound, no packets come

  bool bound() const { return handle != 0; }
};

}  // namespace sfu::room
