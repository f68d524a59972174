// SPDX-License-Identifier: Apache-2.0
// A received stream of RED (RFC 2198) as the Opus packets inside it. What did not come, but is in an older block of
// what comes after it, is shown too, under its own sequence number.
#pragma once

#include <cstdint>
#include <functional>

#include "media/red_recovery.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::client {

class RedUnpacker {
 public:
  // `made_up`: of an older block.
  using Show = std::function<void(const rtp::PacketView& packet, bool made_up)>;

  // Each packet of the stream, RED or (`is_red` false) the plain Opus that goes in its place. A payload that is no RED,
  // and what has been shown before, is dropped. Views are borrowed for the call of `show`.
  void receive(const rtp::PacketView& packet, bool is_red, const Show& show);

 private:
  rtp::SequenceUnwrapper sequences_;
  rtp::TimestampUnwrapper timestamps_;
  media::RedRecovery recovery_;
};

}  // namespace sfu::client
