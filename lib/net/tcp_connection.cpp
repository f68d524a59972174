// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace sfu::net {
namespace {

// What the kernel holds unsent: more would wait there, where nothing is dropped and nothing seen of it.
constexpr int kUnsentInKernel = 64 << 10;

}  // namespace

TcpConnection::TcpConnection(Descriptor opened, const Path& its_path) : ConnectionEntry(std::move(opened), its_path) {
  const int on = 1;
  setsockopt(descriptor.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(descriptor.number(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentInKernel, sizeof kUnsentInKernel);
  splitter_.set_limit(kFirstFrame);
}

void TcpConnection::admit() {
  admitted_ = true;
  splitter_.set_limit(FrameSplitter::kLargest);
}

bool TcpConnection::write() {
  while (!queue_.empty()) {
    const ByteView front = queue_.front();
    const ssize_t written = ::send(descriptor.number(), front.data(), front.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (written > 0) {
      queue_.consume(static_cast<std::size_t>(written));
    } else if (errno != EINTR) {
      return errno == EAGAIN || errno == EWOULDBLOCK;
    }
  }
  return true;
}

}  // namespace sfu::net
