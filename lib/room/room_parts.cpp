// SPDX-License-Identifier: Apache-2.0
#include "room/room_parts.hpp"

#include <algorithm>

namespace sfu::room {

void RoomParts::settle(Instant now, Output& out) {
  peer_events.handle(now, out);
  lifecycle.advance(now, out);
  updates.flush(now, out);
  subscribing.reconcile(now, out);
  data_publishing.revoke(out);
  data_subscribing.reconcile(now, out);
  negotiation.advance(now, out);
  peer_events.handle(now, out);  // of the peers that were just called
  updates.flush(now, out);       // and of those whom the negotiation ended
  quality.report_watched(now, out);
  quality.advance(now, out);
  speaking.tracks_changed(now);
  speaking.advance(now, out);
  news.advance(now, out);
  forwarded.advance(now, out);
  state.departed.clear();
  next_control = control_deadline();
}

void RoomParts::advance_timers(Instant now, Output& out) {
  // An object that stays due would hold the turn for ever.
  const auto later = [now](Instant deadline) { return std::max(deadline, now + std::chrono::milliseconds(1)); };
  for (auto owner = state.timers.pop_due(now); owner.index() != 0; owner = state.timers.pop_due(now)) {
    if (auto* const* transport = std::get_if<Transport*>(&owner)) {
      state.with_peer(**transport, out, [&](peer::Output& sink) { (*transport)->peer().advance(now, sink); });
      auto media_out = state.media_output(out);
      (*transport)->endpoint().advance(now, media_out);
      state.timers.schedule((*transport)->timer, later((*transport)->deadline()));
    } else {
      auto* publication = std::get<Publication*>(owner);
      auto media_out = state.media_output(out);
      publication->media->advance(now, media_out);
      if (const auto changes = publication->media->take_changes()) {
        publishing.media_changed(now, *publication, changes, out);
      }
      state.timers.schedule(publication->timer, later(publication->media->deadline()));
    }
  }
}

Instant RoomParts::control_deadline() {
  return std::min({updates.deadline(), subscribing.deadline(), data_subscribing.deadline(), negotiation.deadline(),
                   lifecycle.deadline(), quality.deadline(), speaking.deadline(), news.deadline()});
}

}  // namespace sfu::room
