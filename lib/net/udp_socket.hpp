// SPDX-License-Identifier: Apache-2.0
// One UDP socket with its batches: many datagrams a system call, both ways. Reading takes what the kernel has joined
// (UDP_GRO) apart again; writing joins runs of one size to one destination (UDP_SEGMENT), which is where nearly all of
// the cost of sending goes, and puts the rest into sendmmsg.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/result.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::net {

struct UdpOptions {
  bool reuse_port = false;   // several workers on one port
  bool segmentation = true;  // UDP_SEGMENT; switched off by itself where the kernel or the device refuses
  int buffer_bytes = 16 << 20;
};

class UdpSocket {
 public:
  struct Stats {
    std::uint64_t received = 0;       // datagrams
    std::uint64_t receive_calls = 0;  // system calls
    std::uint64_t sent = 0;
    std::uint64_t send_calls = 0;
    std::uint64_t dropped = 0;  // the system would not take them
  };

  // Errors: kUnavailable with address and port in the message (in use, no such interface).
  static Result<std::unique_ptr<UdpSocket>> open(const SocketAddress& address, const UdpOptions& options = {});
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  const SocketAddress& local() const { return local_; }
  int descriptor() const { return descriptor_; }
  bool segmentation() const { return segmentation_; }

  // Reads up to one batch. False when nothing was left.
  bool receive(Instant now, PacketSink& sink);
  // All to this socket, in any order of destinations; for each destination they leave in the order given.
  void send(std::span<const Datagram* const> batch);

  const Stats& stats() const { return stats_; }

 private:
  struct Buffers;
  UdpSocket(int descriptor, const SocketAddress& local, bool segmentation);

  void send_run(std::span<const Datagram* const> run);
  void queue_single(const Datagram& datagram);
  void flush_singles();

  int descriptor_;
  SocketAddress local_;
  bool segmentation_;
  Stats stats_;
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace sfu::net
