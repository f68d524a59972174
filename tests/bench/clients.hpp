// SPDX-License-Identifier: Apache-2.0
// Headless clients in a process of their own, so that the server's CPU time and memory are the server's alone: each
// with sockets of its own on loopback, and its signalling through the Channel. The first is the publisher.
#pragma once

#include <cstddef>

#include "channel.hpp"
#include "sfu/time.hpp"

namespace sfu::bench {

struct ClientOptions {
  bool v1 = false;  // one peer connection: connects, but sends and receives no media
  bool cm = false;  // offers no SRTP profile but AES_CM_128_HMAC_SHA1_80
  // What the publisher sends: VP8 frames of so many packets of kPacketSize.
  unsigned frames_per_second = 30;
  unsigned packets_per_frame = 8;
  bool paced = false;  // packets at equal distances, instead of a frame at once
};

// Never returns: ends when the other end of `channel` closes.
[[noreturn]] void run_clients(Channel channel, const ClientOptions& options);

}  // namespace sfu::bench
