// SPDX-License-Identifier: Apache-2.0
#include "net/relay_sockets.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include "net/sockaddr.hpp"

namespace sfu::net {
namespace {

constexpr std::size_t kEventsPerTurn = 64;
constexpr std::size_t kReadsPerSocket = 32;
// What is larger cannot be one of this server's, and would not fit into what goes on to the client; it is cut, and
// passed over.
constexpr std::size_t kDatagram = 1536;
constexpr int kBufferBytes = 1 << 20;

}  // namespace

struct RelaySockets::Socket {
  Socket(Descriptor taken, const SocketAddress& address)
      : descriptor(std::move(taken)), local(address), sender(descriptor.number(), /*segmentation=*/true) {}

  Descriptor descriptor;
  SocketAddress local;
  DatagramSender sender;
  bool dirty = false;
  bool closed = false;
};

struct RelaySockets::Buffers {
  std::array<std::array<std::uint8_t, kDatagram>, kReadsPerSocket> bytes;
  std::array<sockaddr_storage, kReadsPerSocket> from;
  std::array<iovec, kReadsPerSocket> vectors;
  std::array<mmsghdr, kReadsPerSocket> messages;

  void prepare() {
    for (std::size_t i = 0; i < kReadsPerSocket; ++i) {
      vectors[i] = {bytes[i].data(), kDatagram};
      messages[i] = {};
      messages[i].msg_hdr.msg_name = &from[i];
      messages[i].msg_hdr.msg_namelen = sizeof from[i];
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
  }
};

RelaySockets::RelaySockets(Descriptor epoll, std::uint16_t first_port, std::uint16_t last_port, Random& random)
    : epoll_(std::move(epoll)),
      first_port_(first_port),
      last_port_(last_port),
      random_(random),
      buffers_(std::make_unique<Buffers>()) {}

RelaySockets::~RelaySockets() = default;

Result<std::unique_ptr<RelaySockets>> RelaySockets::create(std::uint16_t first_port, std::uint16_t last_port,
                                                           Random& random) {
  Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  if (epoll.number() < 0) return fail(Errc::kUnavailable, std::string("epoll: ") + std::strerror(errno));
  return std::unique_ptr<RelaySockets>(new RelaySockets(std::move(epoll), first_port, last_port, random));
}

std::optional<SocketAddress> RelaySockets::open(const IpAddress& ip, bool even) {
  const int family = ip.is_v4() ? AF_INET : AF_INET6;
  Descriptor descriptor(socket(family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (descriptor.number() < 0) return std::nullopt;
  const int on = 1;
  if (family == AF_INET6) setsockopt(descriptor.number(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  for (const int option : {SO_RCVBUF, SO_SNDBUF}) {
    setsockopt(descriptor.number(), SOL_SOCKET, option, &kBufferBytes, sizeof kBufferBytes);
  }
  for (int i = 0; i < kTries; ++i) {
    const std::uint32_t ports = 1u + last_port_ - first_port_;
    const auto port = static_cast<std::uint16_t>(first_port_ + random_.below(ports));
    const SocketAddress local{ip, port};
    if (even && port % 2 != 0) continue;
    sockaddr_storage storage{};
    const socklen_t length = to_sockaddr(local, storage);
    if (bind(descriptor.number(), reinterpret_cast<sockaddr*>(&storage), length) != 0) {
      if (errno == EADDRINUSE) continue;
      return std::nullopt;
    }
    auto opened = std::make_unique<Socket>(std::move(descriptor), local);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = opened.get();
    if (epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, opened->descriptor.number(), &event) != 0) return std::nullopt;
    sockets_[local] = std::move(opened);
    return local;
  }
  return std::nullopt;
}

void RelaySockets::close(const SocketAddress& relay) {
  const auto at = sockets_.find(relay);
  if (at == sockets_.end()) return;
  Socket& socket = *at->second;
  socket.closed = true;
  socket.sender.flush();
  epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, socket.descriptor.number(), nullptr);
  socket.descriptor = Descriptor();  // the port is free at once
  closed_.push_back(std::move(at->second));
  sockets_.erase(at);
}

void RelaySockets::receive(Instant now, PacketSink& sink) {
  closed_.clear();
  std::array<epoll_event, kEventsPerTurn> events;
  const int ready = epoll_wait(epoll_.number(), events.data(), events.size(), 0);
  for (int i = 0; i < ready; ++i) {
    void* const source = events[static_cast<std::size_t>(i)].data.ptr;  // by value: epoll_event is packed
    const Socket& socket = *static_cast<Socket*>(source);
    if (socket.closed) continue;
    buffers_->prepare();
    const int count =
        recvmmsg(socket.descriptor.number(), buffers_->messages.data(), kReadsPerSocket, MSG_DONTWAIT, nullptr);
    for (std::size_t n = 0; n < static_cast<std::size_t>(std::max(count, 0)); ++n) {
      const mmsghdr& message = buffers_->messages[n];
      if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) continue;
      const Path path{socket.local, from_sockaddr(buffers_->from[n]), TransportProtocol::kUdp};
      sink.receive(now, path, ByteSpan(buffers_->bytes[n]).first(message.msg_len));
    }
  }
}

void RelaySockets::send(std::span<const Datagram> batch) {
  Socket* recent = nullptr;
  for (const Datagram& datagram : batch) {
    if (recent == nullptr || recent->local != datagram.path.local) {
      const auto at = sockets_.find(datagram.path.local);
      recent = at == sockets_.end() ? nullptr : at->second.get();
    }
    if (recent == nullptr) continue;
    recent->sender.add(datagram.path.remote, datagram.bytes);
    if (!std::exchange(recent->dirty, true)) written_.push_back(recent);
  }
  for (Socket* socket : written_) {
    socket->dirty = false;
    socket->sender.flush();
  }
  written_.clear();
}

}  // namespace sfu::net
