// SPDX-License-Identifier: Apache-2.0
// The default PacketTransport: batched UDP sockets on one port, one for each address of the worker. TCP is
// tcp_transport.hpp's.
#pragma once

#include <memory>
#include <vector>

#include "net/listen_addresses.hpp"
#include "net/udp_sender.hpp"
#include "net/udp_socket.hpp"

namespace sfu::net {

struct UdpTransportOptions : ListenOptions {
  UdpOptions socket;
};

class UdpTransport final : public PacketTransport {
 public:
  static Result<std::unique_ptr<UdpTransport>> open(const UdpTransportOptions& options);
  ~UdpTransport() override;

  void send(std::span<const Datagram> batch) override { sender_->send(batch); }
  // For another thread, to send through the same sockets. Any thread.
  std::unique_ptr<UdpSender> make_sender() const { return std::make_unique<UdpSender>(sockets_); }
  int poll_descriptor() const override { return epoll_; }
  bool receive(Instant now, PacketSink& sink) override;
  std::span<const SocketAddress> candidates() const override { return candidates_; }

  UdpSocket::Stats stats() const;  // without other threads' senders

 private:
  explicit UdpTransport(int epoll) : epoll_(epoll) {}

  int epoll_;  // holds the sockets, so that one descriptor polls for all
  std::vector<std::unique_ptr<UdpSocket>> sockets_;
  std::unique_ptr<UdpSender> sender_;
  std::vector<SocketAddress> candidates_;
};

}  // namespace sfu::net
