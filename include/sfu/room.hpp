// SPDX-License-Identifier: Apache-2.0
// Handles to a room, its participants and their tracks. A handle is a name, cheap to copy; what it names may be gone,
// and then its calls say kNotFound. Every call may come from any thread but a worker's and waits for that room's
// worker; none may be used after the engine was destroyed.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sfu/info.hpp"
#include "sfu/result.hpp"
#include "sfu/time.hpp"

namespace sfu {

namespace room {
class Room;
}
namespace runtime {
class Shard;
}
class Engine;
class Participant;

class Room {
 public:
  const std::string& name() const { return name_; }

  Result<RoomInfo> info() const;
  Result<std::vector<ParticipantInfo>> participants() const;
  Participant participant(std::string identity) const;

  // Disconnects everybody (ROOM_DELETED) and ends the room.
  Result<void> close() const;

 private:
  friend class Engine;
  friend class Participant;
  Room(Engine* engine, std::string name) : engine_(engine), name_(std::move(name)) {}
  template <typename Function>
  auto call(Function function) const
      -> decltype(function(Instant{}, std::declval<runtime::Shard&>(), std::declval<room::Room&>()));

  Engine* engine_;
  std::string name_;
};

class Track;

class Participant {
 public:
  const std::string& identity() const { return identity_; }

  Result<ParticipantInfo> info() const;
  Track track(std::string sid) const;
  // Disconnects it (PARTICIPANT_REMOVED); it may join again while its token lasts.
  Result<void> remove() const;

 private:
  friend class Room;
  friend class Track;
  Participant(Room room, std::string identity) : room_(std::move(room)), identity_(std::move(identity)) {}
  Room room_;
  std::string identity_;
};

class Track {
 public:
  const std::string& sid() const { return sid_; }

  Result<TrackInfo> info() const;

 private:
  friend class Participant;
  Track(Participant participant, std::string sid) : participant_(std::move(participant)), sid_(std::move(sid)) {}
  Participant participant_;
  std::string sid_;
};

}  // namespace sfu
