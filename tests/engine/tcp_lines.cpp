// SPDX-License-Identifier: Apache-2.0
#include "tcp_lines.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "net/sockaddr.hpp"

namespace sfu::engine_test {

TcpLines::TcpLines(std::vector<SocketAddress> addresses)
    : addresses_(std::move(addresses)), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

TcpLines::~TcpLines() = default;

void TcpLines::send(std::span<const Datagram> batch) {
  for (const Datagram& datagram : batch) {
    Line& line = lines_[datagram.path];
    if (line.descriptor.number() < 0) {
      line.descriptor = net::Descriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
      sockaddr_storage storage{};
      const socklen_t length = net::to_sockaddr(datagram.path.remote, storage);
      if (connect(line.descriptor.number(), reinterpret_cast<sockaddr*>(&storage), length) != 0) {
        lines_.erase(datagram.path);
        continue;
      }
      const int on = 1;
      setsockopt(line.descriptor.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      epoll_event event{};
      event.events = EPOLLIN;
      epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, line.descriptor.number(), &event);
    }
    std::vector<std::uint8_t> frame{static_cast<std::uint8_t>(datagram.bytes.size() >> 8),
                                    static_cast<std::uint8_t>(datagram.bytes.size())};
    frame.insert(frame.end(), datagram.bytes.begin(), datagram.bytes.end());
    (void)!::send(line.descriptor.number(), frame.data(), frame.size(), MSG_NOSIGNAL);
  }
}

bool TcpLines::receive(Instant now, PacketSink& sink) {
  std::array<std::uint8_t, 65536> buffer;
  for (auto at = lines_.begin(); at != lines_.end();) {
    Line& line = at->second;
    const ssize_t size = recv(line.descriptor.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size == 0 || (size < 0 && errno != EAGAIN && errno != EWOULDBLOCK)) {
      ++closed_by_server_;
      at = lines_.erase(at);
      continue;
    }
    ByteSpan rest(buffer.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
    ByteSpan frame;
    const Path path = at->first;
    while (line.splitter.next(rest, frame) == net::FrameSplitter::Step::kFrame) sink.receive(now, path, frame);
    ++at;
  }
  return false;  // what is left keeps the descriptor readable
}

// In descriptions candidates have lines of their own; in trickled JSON there is one.
std::string with_tcp_only(const std::string& text) {
  std::string kept;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find('\n', begin), text.size() - 1) + 1;
    std::string line = text.substr(begin, end - begin);
    begin = end;
    const bool candidate = line.find("candidate:") != std::string::npos;
    if (candidate && line.find(" udp ") != std::string::npos) continue;
    if (const auto tcp = line.find(" tcp "); candidate && tcp != std::string::npos) line.replace(tcp, 5, " udp ");
    kept += line;
  }
  return kept;
}

}  // namespace sfu::engine_test
