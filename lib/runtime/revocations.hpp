// SPDX-License-Identifier: Apache-2.0
// Access tokens that do not let in any more: those of a participant in a room that were made before a moment. An entry
// is forgotten when the tokens that it refuses have expired, as far as that is known: the one that the participant came
// with, and any other that lives no longer than a day.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "base/result.hpp"
#include "base/time.hpp"
#include "sfu/claims.hpp"

namespace sfu::runtime {

// Any thread.
class Revocations {
 public:
  static constexpr Duration kKept = std::chrono::hours(24);
  static constexpr std::size_t kMost = 10'000;  // entries; the one that ends first makes room for another

  // `expiry`: of the latest such token that is known. Later calls add to earlier ones.
  void revoke(WallTime now, const std::string& room, const std::string& identity, WallTime before, WallTime expiry);
  // Errors: kUnauthenticated, with the text for the client. A token that does not say when it was made is taken as made
  // before.
  Result<void> check(WallTime now, const Claims& claims) const;
  std::size_t size() const;

 private:
  using Key = std::pair<std::string, std::string>;  // room and identity
  struct Entry {
    WallTime before{};
    WallTime until{};
  };
  void make_room(WallTime now);

  mutable std::mutex mutex_;
  std::map<Key, Entry> entries_;
};

}  // namespace sfu::runtime
