// SPDX-License-Identifier: Apache-2.0
// What is to be sent over one TCP connection, in frames (RFC 4571), and what is dropped when the connection carries
// less than it is given. TCP loses nothing, so a backlog only makes media late. Media is what can do without: RTP that
// finds half a MiB waiting is dropped, as a full queue on a UDP path would, and feedback on what did not arrive tells
// congestion control. The last 64 KiB of that are for small packets alone: so video, which fills the queue, does not
// keep sound out. STUN, DTLS (and SCTP in it) and RTCP are never dropped: they are few, and DTLS would not stand it;
// what grows beyond 4 MiB nevertheless belongs to a client that does not read, and is given up. Sans-IO.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"

namespace sfu::net {

class FrameQueue {
 public:
  static constexpr std::size_t kMediaLimit = 512 << 10;
  static constexpr std::size_t kSmallMediaShare = 64 << 10;
  static constexpr std::size_t kSmallMedia = 400;  // bytes of a packet; 20 ms of Opus have 60 to 200
  static constexpr std::size_t kLimit = 4 << 20;

  enum class Added : std::uint8_t {
    kQueued,
    kDropped,  // media that found too much waiting
    kOverrun,  // the connection is to be closed
  };
  Added add(ByteView datagram);

  // The front of what is to be written, in one piece, and that so much of it was.
  ByteView front() const { return ByteView(bytes_).subspan(written_); }
  void consume(std::size_t bytes);

  std::size_t size() const { return bytes_.size() - written_; }
  bool empty() const { return size() == 0; }

 private:
  std::vector<std::uint8_t> bytes_;
  std::size_t written_ = 0;  // of bytes_
};

}  // namespace sfu::net
