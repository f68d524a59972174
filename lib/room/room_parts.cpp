// SPDX-License-Identifier: Apache-2.0
#include "room/room_parts.hpp"

#include <algorithm>

namespace sfu::room {

void RoomParts::settle(Instant now, Output& out) {
  peer_events.handle(now, out);
  lifecycle.advance(now, out);
  deny_overdue(now, out);
  rpc.advance(now);
  watchdog.advance(now, out);
  updates.flush(now, out);
  subscribing.reconcile(now, out);
  data_publishing.revoke(out);
  data_subscribing.reconcile(now, out);
  negotiation.advance(now, out);
  peer_events.handle(now, out);  // of the peers that were just called
  updates.flush(now, out);       // and of those whom the negotiation ended
  streams.advance(now, out);
  quality.report_watched(now, out);
  quality.advance(now, out);
  speaking.tracks_changed(now);
  speaking.advance(now, out);
  introduce(out);
  news.advance(now, out);
  forwarded.advance(now, out);
  state.departed.clear();
  next_control = control_deadline();
}

// Who begins to hear someone need not wait for the next change to know how loud and how well connected it is.
void RoomParts::introduce(Output& out) {
  for (const auto& [subscriber, publisher] : state.first_contacts) {
    auto* listener = state.roster.find(subscriber);
    auto* subject = state.roster.find(publisher);
    if (listener == nullptr || subject == nullptr) continue;
    speaking.tell_of(*listener, *subject, out);
    quality.tell_of(*listener, *subject, out);
  }
  state.first_contacts.clear();
}

void RoomParts::advance_timers(Instant now, Output& out) {
  // An object that stays due would hold the turn for ever.
  const auto later = [now](Instant deadline) { return deadline > now ? deadline : now + std::chrono::milliseconds(1); };
  for (auto owner = state.timers.pop_due(now); owner.index() != 0; owner = state.timers.pop_due(now)) {
    if (auto* const* transport = std::get_if<Transport*>(&owner)) {
      auto* connection = (*transport)->peer_transport();
      if (connection != nullptr && connection->peer_deadline() <= now) {
        state.with_peer(*connection, out, [&](peer::Output& sink) { connection->peer().advance(now, sink); });
      }
      auto media_out = state.media_output(out);
      (*transport)->endpoint().advance(now, media_out);
      state.timers.schedule((*transport)->timer, later((*transport)->deadline()));
    } else {
      auto* codec = std::get<PublishedCodec*>(owner);
      auto media_out = state.media_output(out);
      codec->media->advance(now, media_out);
      if (const auto changes = codec->media->take_changes()) publishing.media_changed(now, *codec, changes, out);
      state.timers.schedule(codec->timer, later(codec->media->deadline()));
    }
  }
}

Instant RoomParts::control_deadline() {
  return std::min({updates.deadline(), subscribing.deadline(), data_subscribing.deadline(), negotiation.deadline(),
                   lifecycle.deadline(), watchdog.deadline(), streams.deadline(), quality.deadline(),
                   speaking.deadline(), news.deadline(), rpc.deadline(), state.questions.deadline()});
}

}  // namespace sfu::room
