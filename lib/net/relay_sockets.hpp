// SPDX-License-Identifier: Apache-2.0
// The UDP sockets of a relay: one for each allocation, on a port out of a range, drawn at random so that nobody knows
// the next one (RFC 8656 7.2). All of them poll by one descriptor.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "net/datagram_sender.hpp"
#include "net/tcp_connection.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::net {

class RelaySockets {
 public:
  static constexpr int kTries = 50;  // at ports that are taken

  // `random` is borrowed. Errors: kUnavailable (out of descriptors).
  static Result<std::unique_ptr<RelaySockets>> create(std::uint16_t first_port, std::uint16_t last_port,
                                                      Random& random);
  ~RelaySockets();
  RelaySockets(const RelaySockets&) = delete;
  RelaySockets& operator=(const RelaySockets&) = delete;

  // Where the new socket is bound, on an even port if that is wanted; or nothing if no port was free.
  std::optional<SocketAddress> open(const IpAddress& ip, bool even = false);
  void close(const SocketAddress& relay);

  // Polls readable when receive() has something to read.
  int poll_descriptor() const { return epoll_.number(); }
  // Reads a batch of each socket that has something. The path's local address is the socket's.
  void receive(Instant now, PacketSink& sink);
  // By the local address of the paths. What the system does not take is dropped.
  void send(std::span<const Datagram> batch);

 private:
  struct Socket;
  struct Buffers;

  RelaySockets(Descriptor epoll, std::uint16_t first_port, std::uint16_t last_port, Random& random);

  Descriptor epoll_;
  std::uint16_t first_port_;
  std::uint16_t last_port_;
  Random& random_;
  std::unordered_map<SocketAddress, std::unique_ptr<Socket>> sockets_;
  std::vector<std::unique_ptr<Socket>> closed_;  // what an event may still refer to
  std::vector<Socket*> written_;                 // scratch of send()
  std::unique_ptr<Buffers> buffers_;
};

}  // namespace sfu::net
