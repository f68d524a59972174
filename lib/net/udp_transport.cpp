// SPDX-License-Identifier: Apache-2.0
#include "net/udp_transport.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "net/interfaces.hpp"

namespace sfu::net {

Result<std::unique_ptr<UdpTransport>> UdpTransport::open(const UdpTransportOptions& options) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return fail(Errc::kUnavailable, std::string("epoll: ") + std::strerror(errno));
  auto transport = std::unique_ptr<UdpTransport>(new UdpTransport(epoll));

  // A socket for each address, and never a wildcard one: only so does an answer leave from where the question came to.
  const std::vector<IpAddress> own = filtered(interface_addresses(), options.interfaces);
  std::vector<IpAddress> addresses;
  for (const IpAddress& ip : options.bind_addresses) {
    if (!ip.is_unspecified()) {
      addresses.push_back(ip);
      continue;
    }
    for (const IpAddress& one : own) {
      if (one.is_v4() || !ip.is_v4()) addresses.push_back(one);
    }
  }
  if (options.bind_addresses.empty()) addresses = own;
  // A node IP is mostly an address outside, in front of a NAT. 127.0.0.1, for a server tried out at home, is one of
  // ours that a wildcard does not stand for.
  std::ranges::copy_if(options.advertised, std::back_inserter(addresses), &IpAddress::is_loopback);
  std::ranges::sort(addresses);
  addresses.erase(std::ranges::unique(addresses).begin(), addresses.end());
  if (addresses.empty()) return fail(Errc::kUnavailable, "no network address to listen on");

  std::uint16_t port = options.port;
  for (const IpAddress& ip : addresses) {
    SFU_TRY(auto socket, UdpSocket::open({ip, port}, options.socket));
    port = socket->local().port;  // port 0: all take the one that the first was given
    epoll_event event{};
    event.events = EPOLLIN;
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, socket->descriptor(), &event) != 0) {
      return fail(Errc::kUnavailable, std::string("epoll_ctl: ") + std::strerror(errno));
    }
    if (options.advertised.empty()) transport->candidates_.push_back(socket->local());
    transport->sockets_.push_back(std::move(socket));
  }
  for (const IpAddress& ip : options.advertised) transport->candidates_.push_back({ip, port});
  return transport;
}

UdpTransport::~UdpTransport() {
  close(epoll_);
}

void UdpTransport::send(std::span<const Datagram> batch) {
  UdpSocket* recent = sockets_.front().get();
  for (const Datagram& datagram : batch) {
    if (recent->local() != datagram.path.local) {
      const auto at =
          std::ranges::find(sockets_, datagram.path.local, [](const auto& socket) { return socket->local(); });
      if (at == sockets_.end()) {
        ++unknown_local_;
        continue;
      }
      recent = at->get();
    }
    recent->queue(datagram);
  }
  for (const auto& socket : sockets_) socket->flush();
}

bool UdpTransport::receive(Instant now, PacketSink& sink) {
  bool more = false;
  for (const auto& socket : sockets_) more |= socket->receive(now, sink);
  return more;
}

UdpSocket::Stats UdpTransport::stats() const {
  UdpSocket::Stats sum;
  sum.dropped = unknown_local_;
  for (const auto& socket : sockets_) {
    const UdpSocket::Stats one = socket->stats();
    sum.received += one.received;
    sum.receive_calls += one.receive_calls;
    sum.sent += one.sent;
    sum.send_calls += one.send_calls;
    sum.segmented += one.segmented;
    sum.dropped += one.dropped;
  }
  return sum;
}

}  // namespace sfu::net
