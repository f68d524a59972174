// SPDX-License-Identifier: Apache-2.0
// When to try again after a connection was lost, and how: by a resume of the session while that can work, else by
// joining anew. The delays are livekit-client's (signalling 1.8, 2.15): at once, then further and further apart, with
// some chance in it so that the clients of a server that restarts do not come all at once.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"

namespace sfu::client {

enum class Way : std::uint8_t { kResume, kRejoin };

class Recovery {
 public:
  static std::vector<Duration> default_delays();

  Recovery(std::vector<Duration> delays, Random& random) : delays_(std::move(delays)), random_(random) {}

  // Whoever has not been in the room yet is told soon that there is no way in.
  static constexpr std::size_t kFirstRetries = 3;

  // Something was lost, or an attempt failed: when the next one is due. Once it is to be kRejoin it stays so. Nothing:
  // there were enough.
  std::optional<Instant> schedule(Instant now, Way way);
  void succeeded() {
    ever_ = true;
    attempts_ = 0;
    way_ = Way::kResume;
  }
  Way way() const { return way_; }

 private:
  std::vector<Duration> delays_;
  Random& random_;
  bool ever_ = false;  // it succeeded
  std::size_t attempts_ = 0;
  Way way_ = Way::kResume;
};

}  // namespace sfu::client
