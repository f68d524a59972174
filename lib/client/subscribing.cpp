// SPDX-License-Identifier: Apache-2.0
#include "client/subscribing.hpp"

#include <algorithm>

namespace sfu::client {

void Subscribing::apply(const peer::OfferChanges& changes, Connection& connection, Output& out) {
  for (const std::string& mid : changes.stopped) stop(mid, connection, out);
  for (const std::string& mid : changes.started) {
    const peer::ReceiveSection* section = connection.peer().negotiation().receive_section(mid);
    if (section == nullptr || section->codecs.empty()) continue;
    stop(mid, connection, out);
    auto track = std::make_unique<IncomingTrack>(*section, connection, config_);
    out.events.emplace_back(SubscriptionStarted{track->sid(), track->codec()});
    tracks_[mid] = std::move(track);
  }
}

void Subscribing::stop(const std::string& mid, Connection& connection, Output& out) {
  const auto found = tracks_.find(mid);
  if (found == tracks_.end()) return;
  found->second->stop(connection);
  found->second->flush(out);
  out.events.emplace_back(SubscriptionEnded{found->second->sid()});
  tracks_.erase(found);
}

void Subscribing::close(Connection& connection, Output& out) {
  while (!tracks_.empty()) stop(std::string(tracks_.begin()->first), connection, out);
}

void Subscribing::receive(Instant now, ByteView packet, Output& out) {
  if (observer_ == nullptr && !config_.frames) return;
  const auto view = rtp::PacketView::parse(packet);
  if (!view) return;
  for (auto& [mid, track] : tracks_) {
    if (track->receive(now, packet, *view, observer_, out)) return;
  }
}

void Subscribing::request_key_frame(const std::string& track_sid, Output& out) {
  for (auto& [mid, track] : tracks_) {
    if (track->sid() == track_sid) track->request_key_frame(out);
  }
}

void Subscribing::advance(Instant now, Output& out) {
  for (auto& [mid, track] : tracks_) track->advance(now, out);
}

Instant Subscribing::deadline() const {
  Instant earliest = kNever;
  for (const auto& [mid, track] : tracks_) earliest = std::min(earliest, track->deadline());
  return earliest;
}

}  // namespace sfu::client
