// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/time.hpp"

namespace sfu::congestion {

inline Bitrate scaled(Bitrate rate, double by) {
  return {static_cast<std::int64_t>(static_cast<double>(rate.bps) * by)};
}

}  // namespace sfu::congestion
