// SPDX-License-Identifier: Apache-2.0
// One participant's wish for one track, and how far it has come (signalling 2.9). It outlives the track's absence and
// the lack of permission: Subscribing compares wish and state again and again.
#pragma once

#include <optional>
#include <string>

#include "congestion/allocation.hpp"
#include "livekit_rtc.pb.h"
#include "media/forwarder.hpp"
#include "room/approval.hpp"
#include "room/publication.hpp"
#include "sfu/time.hpp"

namespace sfu::room {

struct Subscription {
  std::string track_sid;
  bool wanted = false;
  bool refused = false;  // the client asked not to have it: auto-subscribe leaves it alone
  Instant since{};       // of the last change of `wanted`
  bool awaited = false;  // wanted, and never forwarded since

  std::optional<livekit::UpdateTrackSettings> settings;
  Instant settings_due = kNever;  // when the newest settings take effect

  Approval approval;                 // the host's policy's, since it is wanted
  std::optional<bool> told_allowed;  // what subscription_permission_update said last

  // Bound: a section of the subscriber's connection is for this track.
  std::string mid;
  bool missing_section = false;  // v1: no free section; the client has to offer one
  ParticipantId publisher;
  Instant bound_at{};
  rtp::Ssrc ssrc{};
  rtp::Ssrc rtx_ssrc{};
  // Negotiated: which of the publication's codecs the subscriber gets.
  std::optional<CodecIndex> codec;
  // Packets flow; not so while the publisher has yet to begin with that codec.
  media::ForwarderId forwarder;

  // What congestion leaves to it.
  congestion::Allowance allowance;
  bool unallocated = false;  // new: nothing was left to it yet, which its client need not know

  bool starved() const { return allowance.paused(); }

  // Since when it could have been negotiated and was not; kNever: it is, or must wait for other reasons.
  Instant stuck_since = kNever;
  bool told_stuck = false;

  bool bound() const { return !mid.empty(); }
  bool negotiated() const { return codec.has_value(); }
  bool forwarding() const { return static_cast<bool>(forwarder); }
};

}  // namespace sfu::room
