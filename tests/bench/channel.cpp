// SPDX-License-Identifier: Apache-2.0
#include "channel.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <cstring>

#include "baseline.hpp"

namespace sfu::bench {
namespace {

constexpr std::size_t kHeader = 5;
constexpr std::size_t kLargest = 1 << 20;

}  // namespace

std::pair<Channel, Channel> Channel::make() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) die("socketpair");
  for (const int end : ends) {
    const int size = 4 << 20;
    setsockopt(end, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  }
  return {Channel(ends[0]), Channel(ends[1])};
}

void Channel::send(Word word, std::uint32_t client, ByteView bytes) {
  std::array<std::uint8_t, kHeader> header;
  header[0] = static_cast<std::uint8_t>(word);
  store_be32(&header[1], client);
  std::array<iovec, 2> parts{{{header.data(), header.size()}, {const_cast<std::uint8_t*>(bytes.data()), bytes.size()}}};
  (void)!writev(descriptor_, parts.data(), parts.size());
}

std::optional<Channel::Message> Channel::receive(int timeout_ms) {
  pollfd wanted{descriptor_, POLLIN, 0};
  if (poll(&wanted, 1, timeout_ms) != 1) return std::nullopt;
  buffer_.resize(kLargest);
  const ssize_t size = recv(descriptor_, buffer_.data(), buffer_.size(), 0);
  if (size < static_cast<ssize_t>(kHeader)) std::_Exit(0);
  const ByteView whole(buffer_.data(), static_cast<std::size_t>(size));
  return Message{static_cast<Word>(whole[0]), load_be32(&whole[1]), whole.subspan(kHeader)};
}

void Channel::close() {
  ::close(descriptor_);
}

}  // namespace sfu::bench
