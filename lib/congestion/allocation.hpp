// SPDX-License-Identifier: Apache-2.0
// Divides what a subscriber's connection can carry among its video tracks (media spec 3.8): every track its lowest
// layer before any has a better one, the more important first, then better ones in turn while there is room. A pure
// function: media measures the layers, SubscriberCapacity says how much there is, the room applies the result.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sfu/time.hpp"

namespace sfu::congestion {

inline constexpr std::size_t kAllocatedLayers = 3;
inline constexpr std::uint8_t kPausedLayer = 0xff;

struct Demand {
  std::array<Bitrate, kAllocatedLayers> bitrates{};  // measured, of each layer alone
  std::uint8_t sent = 0;                             // bit per layer: the publisher sends it
  std::uint8_t max_layer = kAllocatedLayers - 1;     // what the subscriber asked for at most
  std::uint8_t priority = 1;                         // the higher, the sooner served
  std::uint8_t current = kPausedLayer;               // what it has now
};

// For each demand the highest layer that its track may have, or kPausedLayer. The sum stays within `capacity`, except
// for lowest layers when nothing may be paused, and for a track that has only layers above what was asked for.
void allocate(Bitrate capacity, std::span<const Demand> demands, bool may_pause, std::span<std::uint8_t> layers);

}  // namespace sfu::congestion
