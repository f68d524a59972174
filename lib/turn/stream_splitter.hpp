// SPDX-License-Identifier: Apache-2.0
// Takes a TCP or TLS stream apart into STUN messages and ChannelData messages, which have their length in their headers
// (RFC 8656 12.5: over a stream ChannelData is padded to four bytes). Sans-IO.
#pragma once

#include <cstddef>
#include <vector>

#include "base/bytes.hpp"

namespace sfu::turn {

class StreamSplitter {
 public:
  // Above what a datagram to a peer may have: nothing that follows is to be believed.
  static constexpr std::size_t kLargest = 4096;

  enum class Step : std::uint8_t {
    kMessage,    // there is one
    kMore,       // all bytes are taken: it needs more
    kMalformed,  // no beginning of a message, or too long a one
  };

  // Takes the next message off the front of `bytes`, after what earlier calls have kept. It is valid, and may be
  // changed, until the next call; mostly it is a part of `bytes`.
  Step next(ByteSpan& bytes, ByteSpan& message);

 private:
  std::vector<std::uint8_t> partial_;  // a message that is not whole yet
  bool handed_out_ = false;            // partial_ is the message of the last call
};

}  // namespace sfu::turn
