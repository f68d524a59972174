// SPDX-License-Identifier: Apache-2.0
#include "net/descriptor.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sfu::net {

Descriptor::~Descriptor() {
  if (number_ >= 0) close(number_);
}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

Result<Descriptor> Descriptor::epoll() {
  Descriptor made(epoll_create1(EPOLL_CLOEXEC));
  if (made.number() < 0) return fail(Errc::kUnavailable, std::string("epoll: ") + std::strerror(errno));
  return made;
}

int Descriptor::release() {
  return std::exchange(number_, -1);
}

}  // namespace sfu::net
