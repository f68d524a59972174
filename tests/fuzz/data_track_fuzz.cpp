// SPDX-License-Identifier: Apache-2.0
// layers: room
// Packets of data tracks: one that has a handle keeps everything else when it is given another.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "room/data_track_packet.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const sfu::ByteView packet(data, size);
  if (!sfu::room::data_track_handle(packet)) return 0;
  std::vector<std::uint8_t> copy(packet.begin(), packet.end());
  sfu::room::set_data_track_handle(copy, 0xabcd);
  const bool same = std::equal(copy.begin(), copy.begin() + 2, packet.begin()) &&
                    std::equal(copy.begin() + 4, copy.end(), packet.begin() + 4);
  if (!same || sfu::room::data_track_handle(copy) != 0xabcd) std::abort();
  return 0;
}
