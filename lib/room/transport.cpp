// SPDX-License-Identifier: Apache-2.0
#include "room/transport.hpp"

namespace sfu::room {

void Transport::configure_endpoint() {
  peer::ReceiveFeedback agreed;
  for (const auto& mid : receive_mids()) {
    if (const auto* section = receive_section(mid)) agreed.add(*section);
  }
  endpoint_.configure(agreed.extensions, agreed.transport_cc, agreed.remb);
}

void Transport::remove_track(const media::PublishedTrack* track) {
  endpoint_.remove_track(*track);
  std::erase_if(tracks_, [track](const Track& entry) { return entry.track == track; });
}

void Transport::set_timer(const media::PublishedTrack* track, TimerKey key) {
  const auto found = std::ranges::find(tracks_, track, &Track::track);
  if (found != tracks_.end()) found->timer = key;
}

TimerKey Transport::timer_of(const media::PublishedTrack* track) const {
  const auto found = std::ranges::find(tracks_, track, &Track::track);
  return found != tracks_.end() ? found->timer : kNoTimer;
}

}  // namespace sfu::room
