// SPDX-License-Identifier: Apache-2.0
// Which version of whose ParticipantInfo one recipient was last sent, so that it never sees older news after newer
// (signalling 2.12).
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/text_hash.hpp"

namespace sfu::room {

class SeenVersions {
 public:
  static constexpr std::size_t kLimit = 128;

  // True if this version may be delivered now; it is then the last one seen. Equal versions pass.
  bool accept(std::string_view sid, std::uint32_t version) {
    const auto found = std::ranges::find(entries_, TextHash()(sid), &Entry::sid);
    if (found != entries_.end()) {
      if (version < found->version) return false;
      found->version = version;
      return true;
    }
    if (entries_.size() == kLimit) entries_.erase(entries_.begin());
    entries_.push_back({TextHash()(sid), version});
    return true;
  }
  bool has(std::string_view sid, std::uint32_t version) const {
    const auto found = std::ranges::find(entries_, TextHash()(sid), &Entry::sid);
    return found != entries_.end() && found->version >= version;
  }

 private:
  struct Entry {
    std::size_t sid;  // its hash: each of a thousand in a room keeps 128 of these
    std::uint32_t version;
  };
  std::vector<Entry> entries_;  // oldest first
};

}  // namespace sfu::room
