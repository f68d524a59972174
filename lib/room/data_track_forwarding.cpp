// SPDX-License-Identifier: Apache-2.0
#include "room/data_track_forwarding.hpp"

#include "room/data_sending.hpp"
#include "room/data_track_packet.hpp"

namespace sfu::room {

void DataTrackForwarding::packet(Instant now, const Participant& publisher, ByteView packet, Output& out) {
  const auto handle = data_track_handle(packet);
  if (!handle) {
    ++counters_.malformed;
    return;
  }
  const auto track = publisher.data_tracks.find(*handle);
  if (track == publisher.data_tracks.end()) {
    ++counters_.unknown_handle;
    return;
  }
  scratch_.assign(packet.begin(), packet.end());
  for (const auto& [id, subscriber_handle] : track->second.subscribers) {
    auto* subscriber = state_.roster.find(id);
    if (subscriber == nullptr || !subscriber->profile.active()) continue;
    set_data_track_handle(scratch_, subscriber_handle);
    if (!send_data(state_, now, *subscriber, kDataTrackLabel, scratch_, out)) ++counters_.dropped;
  }
}

}  // namespace sfu::room
