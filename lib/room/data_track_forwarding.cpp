// SPDX-License-Identifier: Apache-2.0
#include "room/data_track_forwarding.hpp"

#include "room/data_sending.hpp"
#include "room/data_track_packet.hpp"

namespace sfu::room {

void DataTrackForwarding::packet(Instant now, const Participant& publisher, ByteView packet, Output& out) {
  const auto handle = data_track_handle(packet);
  if (!handle) {
    ++state_.statistics().data_tracks_malformed;
    return;
  }
  const auto track = publisher.data_tracks.find(*handle);
  if (track == publisher.data_tracks.end()) {
    ++state_.statistics().data_tracks_unknown;
    return;
  }
  scratch_.assign(packet.begin(), packet.end());
  for (const auto& [id, subscriber_handle] : track->second.subscribers) {
    auto* subscriber = state_.roster.find(id);
    if (subscriber == nullptr || !subscriber->profile.active()) continue;
    set_data_track_handle(scratch_, subscriber_handle);
    if (!send_data(state_, now, *subscriber, kDataTrackLabel, scratch_, out)) {
      ++state_.statistics().data_tracks_dropped;
    }
  }
}

}  // namespace sfu::room
