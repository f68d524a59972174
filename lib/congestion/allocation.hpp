// SPDX-License-Identifier: Apache-2.0
// Divides what a subscriber's connection can carry among its video tracks (media spec 3.8): every track its lowest
// layer before any has a better one, the more important first, then better ones in turn while there is room. A pure
// function: media measures the layers, congestion says how much there is, the room applies the result.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "sfu/time.hpp"

namespace sfu::congestion {

inline constexpr std::size_t kAllocatedLayers = 3;
inline constexpr std::size_t kAllocatedTemporalLayers = 4;
inline constexpr std::uint8_t kPausedLayer = 0xff;

// The best that a track may have: a spatial layer and the highest temporal layer of it.
struct Allowance {
  std::uint8_t layer = kAllocatedLayers - 1;  // kPausedLayer: nothing
  std::uint8_t temporal = kAllocatedTemporalLayers - 1;

  bool paused() const { return layer == kPausedLayer; }
  friend bool operator==(const Allowance&, const Allowance&) = default;
};
inline constexpr Allowance kPaused{kPausedLayer, 0};

struct Demand {
  // Measured, [spatial][temporal], cumulative over temporal layers; what exceeds the highest that is sent repeats it.
  std::array<std::array<Bitrate, kAllocatedTemporalLayers>, kAllocatedLayers> bitrates{};
  std::uint8_t sent = 0;                          // bit per spatial layer: the publisher sends it
  std::uint8_t max_layer = kAllocatedLayers - 1;  // what the subscriber asked for at most
  std::uint8_t max_temporal = kAllocatedTemporalLayers - 1;
  std::uint8_t priority = 1;    // the higher, the sooner served
  Allowance current = kPaused;  // what it has now
  bool unmanaged = false;       // gets all that it asked for before anybody has anything, whether it fits or not
};

struct Division {
  Bitrate everything;  // what it would take to give all what they asked for
  // And to give one of them its next better layer, or, where lowest layers exceed the capacity, to give them. Zero: all
  // have what they asked for, and it fits.
  Bitrate next_step;
  std::size_t starved = 0;  // how many get nothing, though something comes of them
};

enum class MayPause : std::uint8_t { kNone, kAllButOne, kAny };

// For each demand the best that its track may have. The sum stays within `capacity`, except for what is unmanaged, for
// lowest layers of those that may not be paused (of all but one it is the most important that is kept), and for a track
// that has only layers above what was asked for.
Division allocate(Bitrate capacity, std::span<const Demand> demands, MayPause may_pause,
                  std::span<Allowance> allowances);

}  // namespace sfu::congestion
