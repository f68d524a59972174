// SPDX-License-Identifier: Apache-2.0
// Takes a TCP stream apart into datagrams (RFC 4571): each follows its length, 16 bits in network order. Sans-IO.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.hpp"

namespace sfu::net {

class FrameSplitter {
 public:
  static constexpr std::size_t kHeader = 2;
  static constexpr std::size_t kLargest = 65535;

  enum class Step : std::uint8_t {
    kFrame,    // there is one
    kMore,     // all bytes are taken: it needs more
    kTooLong,  // a frame is above the limit: nothing that follows is to be believed
  };

  // Of one frame; for as long as the other end is a stranger.
  void set_limit(std::size_t bytes) { limit_ = bytes; }

  // Takes the next frame off the front of `bytes`, after what earlier calls have kept. Empty ones are passed over. The
  // frame is valid, and may be changed, until the next call; mostly it is a part of `bytes`.
  Step next(ByteSpan& bytes, ByteSpan& frame);

 private:
  Step resume(ByteSpan& bytes, ByteSpan& frame);

  std::size_t limit_ = kLargest;
  std::vector<std::uint8_t> partial_;  // a frame that is not whole yet, with its header
  bool handed_out_ = false;            // partial_ is the frame of the last call
};

}  // namespace sfu::net
