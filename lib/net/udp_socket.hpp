// SPDX-License-Identifier: Apache-2.0
// One UDP socket with its batches: many datagrams a system call, both ways. Reading takes what the kernel has joined
// (UDP_GRO) apart again; writing is a DatagramSender's. A UdpTransport, which has several sockets, writes by UdpSender.
#pragma once

#include <cstdint>
#include <ctime>
#include <memory>

#include "base/result.hpp"
#include "net/datagram_sender.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::net {

struct UdpOptions {
  bool reuse_port = false;   // several workers on one port
  bool segmentation = true;  // UDP_SEGMENT; switched off by itself where the kernel or the device refuses
  bool joined_reads = true;  // UDP_GRO
  int buffer_bytes = 16 << 20;
};

class UdpSocket {
 public:
  struct Stats {
    std::uint64_t received = 0;       // datagrams
    std::uint64_t receive_calls = 0;  // system calls
    std::uint64_t sent = 0;
    std::uint64_t send_calls = 0;
    std::uint64_t segmented = 0;  // messages of more than one datagram
    std::uint64_t dropped = 0;    // the system would not take them
  };

  // Errors: kUnavailable with address and port in the message (in use, no such interface).
  static Result<std::unique_ptr<UdpSocket>> open(const SocketAddress& address, const UdpOptions& options = {});
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  const SocketAddress& local() const { return local_; }
  int descriptor() const { return descriptor_; }
  bool segmentation() const { return sender_.segmentation(); }

  // Reads up to one batch, and tells of each datagram when the kernel got it. False when nothing was left.
  bool receive(Instant now, PacketSink& sink);
  // Queues a datagram of this turn, whose bytes are borrowed until flush(). For each destination they leave in the
  // order given.
  void queue(const Datagram& datagram) { sender_.add(datagram.path.remote, datagram.bytes); }
  void flush() { sender_.flush(); }

  Stats stats() const;

 private:
  struct Buffers;
  UdpSocket(int descriptor, const SocketAddress& local, bool segmentation);
  Instant arrival_of(Instant now, const timespec& received);

  int descriptor_;
  SocketAddress local_;
  std::uint64_t received_ = 0;
  std::uint64_t receive_calls_ = 0;
  Instant turn_{};  // the last `now`, and what the kernel's clock showed then
  std::int64_t kernel_turn_ = 0;
  std::unique_ptr<Buffers> buffers_;  // for reading
  DatagramSender sender_;
};

}  // namespace sfu::net
