// SPDX-License-Identifier: Apache-2.0
// Sends one loop turn's datagrams through one socket in as few system calls as it can: by destination, in their order
// there, each run of equal sizes as one message with UDP_SEGMENT, all messages by sendmmsg. Buffers are kept, so that
// it allocates nothing once it has seen its largest batch.
#pragma once

#include <sys/socket.h>
#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sfu/address.hpp"

namespace sfu::net {

class DatagramSender {
 public:
  // sendmmsg, or what a test puts in its place.
  using SendMany = int (*)(int descriptor, mmsghdr* messages, unsigned int count, int flags);

  struct Stats {
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;
    std::uint64_t calls = 0;
    std::uint64_t segmented = 0;        // messages that carried more than one datagram
    std::uint64_t dropped_full = 0;     // datagrams
    std::uint64_t dropped_refused = 0;  // datagrams
  };

  DatagramSender(int descriptor, bool segmentation, SendMany send_many = &::sendmmsg)
      : descriptor_(descriptor), segmentation_(segmentation), send_many_(send_many) {}

  // Adds a datagram of this turn; bytes are borrowed until flush().
  void add(const SocketAddress& destination, std::span<const std::uint8_t> bytes);
  void flush();

  bool segmentation() const { return segmentation_; }
  const Stats& stats() const { return stats_; }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Queued {
    std::span<const std::uint8_t> bytes;
    std::uint32_t next = kNone;  // of the same destination
  };
  struct Destination {
    SocketAddress address;
    sockaddr_storage system{};
    socklen_t system_size = 0;
    std::uint32_t first = kNone;
    std::uint32_t last = kNone;
  };
  struct Run {
    std::uint32_t destination = 0;
    std::uint32_t first_vector = 0;
    std::uint32_t count = 0;
  };
  // One control message, UDP_SEGMENT.
  struct Control {
    alignas(cmsghdr) std::uint8_t bytes[CMSG_SPACE(sizeof(std::uint16_t))];
  };

  Destination& destination_of(const SocketAddress& address);
  void grow_table();
  void plan();
  void add_run(std::uint32_t destination, std::uint32_t count, std::size_t segment);
  void send_runs();
  // Returns how many messages to step over: 0 to try again the ones at `at`.
  std::size_t on_error(std::size_t at, int error);
  void send_singly(const Run& run);
  void count_sent(const Run& run);
  void reset();

  int descriptor_;
  bool segmentation_;
  int refusals_ = 0;  // of UDP_SEGMENT, since it last worked
  SendMany send_many_;
  Stats stats_;

  std::vector<Queued> queued_;
  std::vector<Destination> destinations_;
  std::vector<std::uint32_t> table_;  // open addressing: index of a destination, or kNone
  std::uint32_t recent_ = kNone;      // batches come in runs for one destination

  std::vector<iovec> vectors_;
  std::vector<Run> runs_;
  std::vector<Control> controls_;
  std::vector<mmsghdr> messages_;
};

}  // namespace sfu::net
