// SPDX-License-Identifier: Apache-2.0
// abs-capture-time on its way through: a publisher's time is told to subscribers in our clock, as sender reports are.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::media {

// A received packet whose capture time is on our clock: itself if it has none, else a copy. It is done before all else,
// so that what is stored has it, and repeats, which must not differ, do too.
class CaptureTimeShift {
 public:
  // `id`: of the extension; 0: not negotiated. The view is valid while this and `packet` are.
  rtp::PacketView apply(const rtp::PacketView& packet, std::uint8_t id, Duration by);

 private:
  std::array<std::uint8_t, 2048> copy_;  // left as it is until one is made
};

}  // namespace sfu::media
