// SPDX-License-Identifier: Apache-2.0
// Sockets and the event loop: the only layer that does I/O. A worker owns a Loop (loop.hpp) and, unless the host brings
// its own PacketTransport, the UdpTransport declared here: one UDP socket for each local address, batched both ways.
// Receiving takes up to 64 datagrams a system call (recvmmsg), each of which the kernel may have glued together from
// several of one sender (UDP_GRO). Sending gathers a loop turn's datagrams by destination and hands runs of one size
// to the kernel as one (UDP_SEGMENT), the rest by sendmmsg. Where the kernel or the device refuses UDP_SEGMENT, a
// socket goes on without it. What datagrams mean is decided above.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/result.hpp"
#include "sfu/address.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::net {

struct UdpOptions {
  // Where to bind. An unspecified address (0.0.0.0, ::) binds every interface of that family. Port 0 takes a free port.
  std::vector<SocketAddress> addresses;
  // Offered to clients in place of the IPv4 (IPv6) addresses found on the interfaces: a server behind 1:1 NAT.
  std::vector<IpAddress> node_ips;
  bool reuse_port = false;             // SO_REUSEPORT: workers that share one port
  bool include_loopback = false;       // offer 127.0.0.1 and ::1 also beside other addresses
  bool segmentation = true;            // false: never UDP_SEGMENT or UDP_GRO
  std::size_t buffer_size = 16 << 20;  // asked of the kernel, each direction; it may grant less
};

class UdpTransport final : public PacketTransport {
 public:
  struct Stats {
    std::uint64_t datagrams_sent = 0;
    std::uint64_t bytes_sent = 0;
    std::uint64_t datagrams_received = 0;
    std::uint64_t bytes_received = 0;
    std::uint64_t send_calls = 0;     // system calls
    std::uint64_t receive_calls = 0;  // system calls, the ones that found nothing too
    std::uint64_t segmented_sends = 0;
    std::uint64_t dropped_full = 0;     // the socket's buffer was full
    std::uint64_t dropped_refused = 0;  // the kernel refused: no route, too large, a bad address
    std::uint64_t dropped_truncated = 0;
  };

  // Errors: kAlreadyExists when an address is in use, kUnavailable for what else the system refuses; both name the
  // address and port. kInvalidArgument when `addresses` is empty.
  static Result<std::unique_ptr<UdpTransport>> create(const UdpOptions& options);
  ~UdpTransport() override;

  void send(std::span<const Datagram> batch) override;
  int poll_descriptor() const override;
  bool receive(Instant now, PacketSink& sink) override;
  std::span<const SocketAddress> candidates() const override;

  // Where the sockets are really bound, in the order of `addresses`; with the ports that the kernel chose.
  std::span<const SocketAddress> bound() const;
  // The smallest buffer that the kernel granted to any of the sockets.
  std::size_t granted_receive_buffer() const;
  std::size_t granted_send_buffer() const;
  const Stats& stats() const;

 private:
  class Impl;
  explicit UdpTransport(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu::net
