// SPDX-License-Identifier: Apache-2.0
#include "room/roster.hpp"

#include "room/peer_transport.hpp"

namespace sfu::room {

Participant& Roster::add(std::unique_ptr<Participant> participant) {
  Participant& added = *participant;
  added.id = participants_.emplace(std::move(participant));
  by_identity_[added.profile.identity()] = added.id;
  if (added.connection != 0) set_connection(added, added.connection);
  return added;
}

std::unique_ptr<Participant> Roster::remove(ParticipantId id) {
  auto* slot = participants_.find(id);
  if (slot == nullptr) return nullptr;
  auto participant = std::move(*slot);
  participants_.erase(id);
  const auto identity = by_identity_.find(participant->profile.identity());
  if (identity != by_identity_.end() && identity->second == id) by_identity_.erase(identity);
  for (const auto& publication : participant->publications) by_track_.erase(publication->sid());
  for (auto* transport : participant->peer_transports()) by_peer_.erase(transport->key());
  by_connection_.erase(participant->latest_connection);
  return participant;
}

Participant* Roster::find(ParticipantId id) {
  auto* slot = participants_.find(id);
  return slot != nullptr ? slot->get() : nullptr;
}

Participant* Roster::find_identity(std::string_view identity) {
  const auto found = by_identity_.find(std::string(identity));
  return found != by_identity_.end() ? find(found->second) : nullptr;
}

Participant* Roster::find_sid(std::string_view sid) {
  Participant* found = nullptr;
  for_each([&](Participant& participant) {
    if (participant.profile.sid() == sid) found = &participant;
  });
  return found;
}

Participant* Roster::find_connection(ConnectionId connection) {
  const auto found = by_connection_.find(connection);
  Participant* participant = found != by_connection_.end() ? find(found->second) : nullptr;
  return participant != nullptr && participant->connection == connection ? participant : nullptr;
}

void Roster::set_connection(Participant& participant, ConnectionId connection) {
  by_connection_.erase(participant.latest_connection);
  participant.connection = participant.latest_connection = connection;
  by_connection_[connection] = participant.id;
}

LocalTransport* Roster::find_local(ParticipantId id) {
  const auto* participant = find(id);
  return participant != nullptr && participant->publisher ? participant->publisher->local() : nullptr;
}

Roster::TrackRef Roster::find_track(const std::string& sid) {
  const auto found = by_track_.find(sid);
  if (found == by_track_.end()) return {};
  Participant* publisher = find(found->second);
  return {publisher, publisher != nullptr ? publisher->find_publication(sid) : nullptr};
}

Roster::DataTrackRef Roster::find_data_track(const std::string& sid) {
  const auto found = by_data_track_.find(sid);
  if (found == by_data_track_.end()) return {};
  const auto& [id, handle] = found->second;
  Participant* publisher = find(id);
  if (publisher == nullptr) return {};
  const auto track = publisher->data_tracks.find(handle);
  return track != publisher->data_tracks.end() ? DataTrackRef{publisher, &track->second} : DataTrackRef();
}

}  // namespace sfu::room
