// SPDX-License-Identifier: Apache-2.0
// Packets of any size, one after another in one buffer that is reused.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.hpp"

namespace sfu::dtls {

class PacketList {
 public:
  void add(ByteView packet) {
    bytes_.insert(bytes_.end(), packet.begin(), packet.end());
    ends_.push_back(bytes_.size());
  }
  std::size_t size() const { return ends_.size(); }
  bool empty() const { return ends_.empty(); }
  // Valid until the next add() or clear().
  ByteSpan operator[](std::size_t index) {
    const std::size_t begin = index == 0 ? 0 : ends_[index - 1];
    return ByteSpan(bytes_).subspan(begin, ends_[index] - begin);
  }
  void clear() {
    bytes_.clear();
    ends_.clear();
  }

 private:
  std::vector<std::uint8_t> bytes_;
  std::vector<std::size_t> ends_;
};

}  // namespace sfu::dtls
