// SPDX-License-Identifier: Apache-2.0
// The other rooms of the worker, for participants that are shown in several.
#pragma once

#include <string_view>

namespace sfu::room {

class Room;

// The worker's shard implements this; it outlives its rooms.
class Neighbours {
 public:
  virtual ~Neighbours() = default;
  // Null if there is none, or no more.
  virtual Room* find_room(std::string_view name) = 0;
  // Another room's operation changed something here: to be settled (Room::settle()) once that operation is over.
  virtual void touched(Room& room) = 0;
};

}  // namespace sfu::room
