// SPDX-License-Identifier: Apache-2.0
// Tracks whose packets wait for others that are read in the same turn: each subscriber is then served several at once,
// while what is known of it is in the cache. Nothing waits longer than that.
#pragma once

#include <vector>

#include "media/media.hpp"

namespace sfu::media {

class PublishedTrack;

class Gathering {
 public:
  Gathering() = default;
  Gathering(const Gathering&) = delete;
  Gathering& operator=(const Gathering&) = delete;
  ~Gathering();

  void add(PublishedTrack& track) { tracks_.push_back(&track); }
  void remove(PublishedTrack& track) { std::erase(tracks_, &track); }
  bool empty() const { return tracks_.empty(); }
  // All that was read is there.
  void end(Instant now, Output& out);

 private:
  std::vector<PublishedTrack*> tracks_;
};

}  // namespace sfu::media
