// SPDX-License-Identifier: Apache-2.0
#include "poller.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace sfu::load {

Result<std::unique_ptr<Poller>> Poller::create() {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return fail(Errc::kUnavailable, std::string("epoll: ") + std::strerror(errno));
  return std::unique_ptr<Poller>(new Poller(epoll));
}

Poller::~Poller() {
  close(epoll_);
}

Result<void> Poller::add(int descriptor, std::uint32_t owner) {
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u32 = owner;
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) == 0) return {};
  return fail(Errc::kUnavailable, std::string("epoll_ctl: ") + std::strerror(errno));
}

}  // namespace sfu::load
