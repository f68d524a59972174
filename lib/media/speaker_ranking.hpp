// SPDX-License-Identifier: Apache-2.0
// The active speakers of one room (media spec 2.5): levels quantised to eighths, so that only audible changes are told.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace sfu::media {

class SpeakerRanking {
 public:
  struct Speaker {
    std::uint64_t id = 0;  // the room's own, e.g. a packed participant handle
    double level = 0;      // 0..1; quantised to 1/8, rounded up, in what update() returns

    friend bool operator==(const Speaker&, const Speaker&) = default;
  };

  // Once each interval, with the level of every participant (several entries of one id: the loudest counts). Returns
  // what changed since last time, loudest first; one who fell silent or vanished appears once with level 0.
  std::span<const Speaker> update(std::span<const Speaker> levels);
  // All who speak now, loudest first; what a newcomer is told.
  std::span<const Speaker> current() const { return current_; }

 private:
  std::vector<Speaker> current_;
  std::vector<Speaker> next_;
  std::vector<Speaker> changes_;
};

}  // namespace sfu::media
