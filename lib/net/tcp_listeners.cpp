// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_listeners.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/sockaddr.hpp"

namespace sfu::net {
namespace {

constexpr int kBacklog = 512;
constexpr int kAcceptsPerTurn = 64;
constexpr Duration kAcceptPause = std::chrono::milliseconds(100);

Result<Descriptor> open_listener(SocketAddress& address) {
  const auto refuse = [&] {
    return fail(Errc::kUnavailable, "TCP " + address.to_string() + ": " + std::strerror(errno));
  };
  const int family = address.ip.is_v4() ? AF_INET : AF_INET6;
  Descriptor descriptor(socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (descriptor.number() < 0) return refuse();
  const int on = 1;
  if (family == AF_INET6) setsockopt(descriptor.number(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  setsockopt(descriptor.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_storage storage{};
  socklen_t length = to_sockaddr(address, storage);
  auto* system = reinterpret_cast<sockaddr*>(&storage);
  if (bind(descriptor.number(), system, length) != 0) return refuse();
  if (::listen(descriptor.number(), kBacklog) != 0) return refuse();
  length = sizeof storage;
  if (getsockname(descriptor.number(), system, &length) != 0) return refuse();
  address = from_sockaddr(storage);
  return descriptor;
}

}  // namespace

Result<void> TcpListeners::listen(const ListenOptions& options) {
  SFU_TRY(const auto addresses, listen_addresses(options));
  std::uint16_t port = options.port;
  for (const IpAddress& ip : addresses) {
    SocketAddress local{ip, port};
    SFU_TRY(auto descriptor, open_listener(local));
    port = local.port;  // port 0: all take the one that the first was given
    listeners_.push_back(std::make_unique<Listener>(Listener{std::move(descriptor), local}));
    if (options.advertised.empty()) addresses_.push_back(local);
  }
  for (const IpAddress& ip : options.advertised) addresses_.push_back({ip, port});
  watch(true);
  return {};
}

void TcpListeners::watch(bool wanted) {
  for (const auto& listener : listeners_) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = listener.get();
    epoll_ctl(epoll_, wanted ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, listener->descriptor.number(), &event);
  }
}

bool TcpListeners::has(const void* source) const {
  return std::ranges::any_of(listeners_, [&](const auto& one) { return one.get() == source; });
}

void TcpListeners::accept(Instant now, const void* source, const std::function<void(Accepted)>& sink,
                          const std::function<void()>& make_room) {
  const Listener& listener = *static_cast<const Listener*>(source);
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    sockaddr_storage storage{};
    socklen_t length = sizeof storage;
    Descriptor descriptor(accept4(listener.descriptor.number(), reinterpret_cast<sockaddr*>(&storage), &length,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (descriptor.number() >= 0) {
      sink({std::move(descriptor), {listener.local, from_sockaddr(storage), TransportProtocol::kTcp}});
      continue;
    }
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
      // The listener would poll readable all the while.
      make_room();
      watch(false);
      accept_again_ = now + kAcceptPause;
      return;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return;
  }
}

void TcpListeners::advance(Instant now) {
  if (now < accept_again_) return;
  accept_again_ = kNever;
  watch(true);
}

}  // namespace sfu::net
