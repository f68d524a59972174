// SPDX-License-Identifier: Apache-2.0
// Who is in the room, and the ways to find them: by id, identity, signalling connection, peer, track.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "base/slot_map.hpp"
#include "room/participant.hpp"

namespace sfu::room {

class Roster {
 public:
  struct TrackRef {
    Participant* publisher = nullptr;
    Publication* publication = nullptr;
    explicit operator bool() const { return publication != nullptr; }
  };

  struct DataTrackRef {
    Participant* publisher = nullptr;
    DataTrack* track = nullptr;
    explicit operator bool() const { return track != nullptr; }
  };

  Participant& add(std::unique_ptr<Participant> participant);
  // Takes it out of every index. Its object goes to the caller, since others may be in the middle of using it.
  std::unique_ptr<Participant> remove(ParticipantId id);

  Participant* find(ParticipantId id);
  Participant* find_identity(std::string_view identity);
  Participant* find_sid(std::string_view sid);
  Participant* find_connection(ConnectionId connection);
  // The participant is found by this connection from now on, until it loses it.
  void set_connection(Participant& participant, ConnectionId connection);
  TrackRef find_track(const std::string& sid);
  DataTrackRef find_data_track(const std::string& sid);
  // The connection of a participant of the host's own. Null: gone, or not of this kind.
  LocalTransport* find_local(ParticipantId id);
  PeerTransport* find_peer(PeerKey key) {
    const auto found = by_peer_.find(key);
    return found != by_peer_.end() ? found->second : nullptr;
  }

  void add_peer(PeerKey key, PeerTransport* transport) { by_peer_[key] = transport; }
  void remove_peer(PeerKey key) { by_peer_.erase(key); }
  void add_track(const std::string& sid, ParticipantId publisher) { by_track_[sid] = publisher; }
  void remove_track(const std::string& sid) { by_track_.erase(sid); }
  void add_data_track(const std::string& sid, ParticipantId publisher, std::uint16_t handle) {
    by_data_track_[sid] = {publisher, handle};
  }
  void remove_data_track(const std::string& sid) { by_data_track_.erase(sid); }

  std::size_t size() const { return participants_.size(); }
  // In a fixed order. `visit` may not add or remove participants, except the one that it is given.
  template <typename Visit>
  void for_each(Visit&& visit) {
    participants_.for_each([&](ParticipantId, std::unique_ptr<Participant>& participant) { visit(*participant); });
  }

 private:
  SlotMap<std::unique_ptr<Participant>, Participant> participants_;
  std::unordered_map<std::string, ParticipantId> by_identity_;
  std::unordered_map<std::string, ParticipantId> by_track_;
  std::unordered_map<std::string, std::pair<ParticipantId, std::uint16_t>> by_data_track_;  // and its handle there
  std::unordered_map<PeerKey, PeerTransport*> by_peer_;
  std::unordered_map<ConnectionId, ParticipantId> by_connection_;  // the latest of each; it may be lost
};

}  // namespace sfu::room
