// SPDX-License-Identifier: Apache-2.0
// The default PacketTransport: batched UDP sockets on one port, one for each address of the worker.
#pragma once

#include <memory>
#include <vector>

#include "net/udp_socket.hpp"
#include "sfu/interface_filter.hpp"

namespace sfu::net {

struct UdpTransportOptions {
  std::vector<IpAddress> bind_addresses;  // empty: every address of the machine that `interfaces` lets through
  InterfaceFilter interfaces;
  std::uint16_t port = 0;
  std::vector<IpAddress> advertised;  // offered to clients in place of the bound addresses
  UdpOptions socket;
};

class UdpTransport final : public PacketTransport {
 public:
  static Result<std::unique_ptr<UdpTransport>> open(const UdpTransportOptions& options);
  ~UdpTransport() override;

  void send(std::span<const Datagram> batch) override;
  int poll_descriptor() const override { return epoll_; }
  bool receive(Instant now, PacketSink& sink) override;
  std::span<const SocketAddress> candidates() const override { return candidates_; }

  UdpSocket::Stats stats() const;

 private:
  explicit UdpTransport(int epoll) : epoll_(epoll) {}

  int epoll_;  // holds the sockets, so that one descriptor polls for all
  std::vector<std::unique_ptr<UdpSocket>> sockets_;
  std::vector<SocketAddress> candidates_;
  std::uint64_t unknown_local_ = 0;  // datagrams for a socket that is not there
};

}  // namespace sfu::net
