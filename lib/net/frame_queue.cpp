// SPDX-License-Identifier: Apache-2.0
#include "net/frame_queue.hpp"

namespace sfu::net {
namespace {

constexpr std::size_t kHeader = 2;
constexpr std::size_t kLongest = 65535;

// RFC 7983 7; RTCP by the second byte (RFC 5761 4).
bool is_rtp(ByteView datagram) {
  if (datagram.size() < 2 || datagram[0] < 128 || datagram[0] > 191) return false;
  return datagram[1] < 192 || datagram[1] > 223;
}

}  // namespace

FrameQueue::Added FrameQueue::add(ByteView datagram) {
  const std::size_t after = size() + kHeader + datagram.size();
  if (is_rtp(datagram)) {
    const std::size_t share = datagram.size() <= kSmallMedia ? 0 : kSmallMediaShare;
    if (after > kMediaLimit - share) return Added::kDropped;
  }
  if (after > kLimit || datagram.size() > kLongest) return Added::kOverrun;
  // Moved to the front once that costs less than it has saved.
  if (written_ > bytes_.size() / 2) {
    bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(written_));
    written_ = 0;
  }
  bytes_.push_back(static_cast<std::uint8_t>(datagram.size() >> 8));
  bytes_.push_back(static_cast<std::uint8_t>(datagram.size()));
  bytes_.insert(bytes_.end(), datagram.begin(), datagram.end());
  return Added::kQueued;
}

void FrameQueue::consume(std::size_t bytes) {
  written_ += bytes;
  if (written_ < bytes_.size()) return;
  bytes_.clear();
  written_ = 0;
}

}  // namespace sfu::net
