// SPDX-License-Identifier: Apache-2.0
// Where TCP connections come in: one port, a listening socket for each address, on the epoll of whoever serves the
// connections.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "net/descriptor.hpp"
#include "net/listen_addresses.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::net {

class TcpListeners {
 public:
  // `epoll` is borrowed.
  explicit TcpListeners(int epoll) : epoll_(epoll) {}

  // Errors: kUnavailable with address and port in the message.
  Result<void> listen(const ListenOptions& options);
  // What clients may be told to connect to.
  std::span<const SocketAddress> addresses() const { return addresses_; }

  struct Accepted {
    Descriptor descriptor;
    Path path;
  };
  // Whether this is what an epoll_event's pointer shows for one of them.
  bool has(const void* source) const;
  // Then: accepts, up to a bound; where the system has no descriptors left, calls `make_room`, and pauses.
  void accept(Instant now, const void* source, const std::function<void(Accepted)>& sink,
              const std::function<void()>& make_room);
  // Ends a pause.
  void advance(Instant now);
  Instant deadline() const { return accept_again_; }

 private:
  struct Listener {
    Descriptor descriptor;
    SocketAddress local;
  };
  void watch(bool wanted);

  int epoll_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::vector<SocketAddress> addresses_;
  Instant accept_again_ = kNever;  // out of descriptors until then
};

}  // namespace sfu::net
