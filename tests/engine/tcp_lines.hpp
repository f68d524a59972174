// SPDX-License-Identifier: Apache-2.0
// A client's sockets of ICE over TCP (RFC 6544 active side): a connection for each way that datagrams take, made when
// the first goes there. The client's own layers take the ways for UDP.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "net/frame_splitter.hpp"
#include "net/tcp_connection.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::engine_test {

class TcpLines final : public PacketTransport {
 public:
  explicit TcpLines(std::vector<SocketAddress> addresses);
  ~TcpLines() override;

  void send(std::span<const Datagram> batch) override;
  int poll_descriptor() const override { return epoll_.number(); }
  bool receive(Instant now, PacketSink& sink) override;
  std::span<const SocketAddress> candidates() const override { return addresses_; }

  // Ends all connections, as a middlebox does; what is sent next opens others.
  void hang_up() { lines_.clear(); }
  // Connections that the other end has closed.
  unsigned closed_by_server() const { return closed_by_server_; }
  std::size_t open() const { return lines_.size(); }

 private:
  struct Line {
    net::Descriptor descriptor;
    net::FrameSplitter splitter;
  };

  std::vector<SocketAddress> addresses_;
  net::Descriptor epoll_;
  std::map<Path, Line> lines_;
  unsigned closed_by_server_ = 0;
};

// The message as a client of UDP alone takes it that knows of the server's TCP candidates only.
std::string with_tcp_only(const std::string& text);

}  // namespace sfu::engine_test
