// SPDX-License-Identifier: Apache-2.0
// How fast a data channel drains (media 4): from the times of the last two seconds when something waited all along.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "sfu/time.hpp"

namespace sfu::room {

class DrainRate {
 public:
  // So many bytes wait now, before anything is added to them.
  void observe(Instant now, std::size_t waiting);
  // Something was; so many wait now.
  void added(std::size_t waiting) { waiting_ = waiting; }
  // Bytes a second; nullopt while it is not known.
  std::optional<double> rate(Instant now) const;

 private:
  static constexpr Duration kSlice = std::chrono::milliseconds(100);
  static constexpr std::size_t kSlices = 20;

  struct Slice {
    std::int64_t number = -1;
    std::uint32_t bytes = 0;    // that left while others waited
    std::uint32_t busy_us = 0;  // how long something waited
  };

  std::array<Slice, kSlices> slices_{};
  Instant last_{};
  std::size_t waiting_ = 0;
};

}  // namespace sfu::room
