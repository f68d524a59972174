// SPDX-License-Identifier: Apache-2.0
// The nonces of user packets of the last two seconds (media 4): who sends a packet anew within that time sends it once.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <unordered_set>

#include "sfu/time.hpp"

namespace sfu::room {

class RecentNonces {
 public:
  static constexpr Duration kKept = std::chrono::seconds(2);
  static constexpr std::size_t kMost = 100'000;  // then the oldest are forgotten sooner
  static constexpr std::size_t kMostBytes = 8 << 20;

  // Notes it if not. A repetition does not prolong the time of the first.
  bool has_seen(Instant now, std::string_view nonce);

 private:
  struct Seen {
    Instant at{};
    std::string nonce;
  };
  void forget_oldest();

  std::deque<Seen> in_order_;                 // whose texts do not move
  std::unordered_set<std::string_view> set_;  // of them
  std::size_t bytes_ = 0;
};

}  // namespace sfu::room
