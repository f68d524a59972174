// SPDX-License-Identifier: Apache-2.0
// Sends batches through the sockets of a UdpTransport, each datagram from the address that its path names. The
// transport has one of these; another thread that sends for it has one of its own, since the kernel lets several write
// to one socket.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "net/datagram_sender.hpp"
#include "net/udp_socket.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::net {

class UdpSender {
 public:
  // The sockets outlive it.
  explicit UdpSender(std::span<const std::unique_ptr<UdpSocket>> sockets);

  void send(std::span<const Datagram> batch);  // what has a UDP path

  DatagramSender::Stats stats() const;

 private:
  struct Way {
    SocketAddress local;
    DatagramSender sender;
  };

  std::vector<Way> ways_;
  std::uint64_t unknown_local_ = 0;  // datagrams for a socket that is not there
};

}  // namespace sfu::net
