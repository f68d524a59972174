// SPDX-License-Identifier: Apache-2.0
// Reliable packets without a sequence for a participant whose data channels do not stand yet (signalling 3.7): nobody
// could tell that they are missing. What would make it larger than it may be is dropped, not what waits already.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace sfu::room {

class WaitingData {
 public:
  static constexpr std::size_t kMostBytes = 100'000;

  struct Packet {
    std::uint64_t number = 0;  // in the order of the room's reliable packets
    std::shared_ptr<const std::string> bytes;
  };

  void add(std::uint64_t number, std::shared_ptr<const std::string> bytes) {
    if (bytes_ + bytes->size() > kMostBytes) return;
    bytes_ += bytes->size();
    packets_.push_back({number, std::move(bytes)});
  }
  std::vector<Packet> take() {
    bytes_ = 0;
    return std::exchange(packets_, {});
  }

 private:
  std::vector<Packet> packets_;
  std::size_t bytes_ = 0;
};

}  // namespace sfu::room
