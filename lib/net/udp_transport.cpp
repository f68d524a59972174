// SPDX-License-Identifier: Apache-2.0
#include "net/udp_transport.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sfu::net {

Result<std::unique_ptr<UdpTransport>> UdpTransport::open(const UdpTransportOptions& options) {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return fail(Errc::kUnavailable, std::string("epoll: ") + std::strerror(errno));
  auto transport = std::unique_ptr<UdpTransport>(new UdpTransport(epoll));

  SFU_TRY(const auto addresses, listen_addresses(options));
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
  transport->sender_ = transport->make_sender();
  for (const IpAddress& ip : options.advertised) transport->candidates_.push_back({ip, port});
  return transport;
}

UdpTransport::~UdpTransport() {
  close(epoll_);
}

bool UdpTransport::receive(Instant now, PacketSink& sink) {
  bool more = false;
  for (const auto& socket : sockets_) more |= socket->receive(now, sink);
  return more;
}

UdpSocket::Stats UdpTransport::stats() const {
  const DatagramSender::Stats out = sender_->stats();
  UdpSocket::Stats sum{.sent = out.datagrams,
                       .send_calls = out.calls,
                       .segmented = out.segmented,
                       .dropped = out.dropped_full + out.dropped_refused};
  for (const auto& socket : sockets_) {
    const UdpSocket::Stats one = socket->stats();
    sum.received += one.received;
    sum.receive_calls += one.receive_calls;
  }
  return sum;
}

}  // namespace sfu::net
