// SPDX-License-Identifier: Apache-2.0
// Which worker each room is homed on. A room keeps its worker as long as it exists or someone is on the way into it, so
// that one name never comes to mean two rooms.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sfu::runtime {

// Any thread.
class Placement {
 public:
  explicit Placement(unsigned workers) : rooms_of_worker_(workers) {}

  // The room's worker; for a new name the one with the fewest rooms, or the one that is preferred. It stays so until
  // settled() was called as often.
  unsigned enter(const std::string& room, std::optional<unsigned> preferred = std::nullopt);
  // Whoever was on the way in has arrived or was turned away; `exists`: whether the room is there now. On its worker.
  void settled(const std::string& room, bool exists);
  // The room has ended. On its worker.
  void ended(const std::string& room);
  std::optional<unsigned> find(std::string_view room) const;

 private:
  struct Entry {
    unsigned worker = 0;
    unsigned arriving = 0;
    bool exists = false;
  };
  using Entries = std::map<std::string, Entry, std::less<>>;
  void drop_if_unused(Entries::iterator entry);

  mutable std::mutex mutex_;
  Entries rooms_;
  std::vector<unsigned> rooms_of_worker_;
};

}  // namespace sfu::runtime
