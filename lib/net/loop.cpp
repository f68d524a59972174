// SPDX-License-Identifier: Apache-2.0
#include "net/loop.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sfu::net {

struct Loop::Watch {
  int descriptor;
  std::function<void()> on_readable;
  bool removed = false;
};

Loop::Loop(int epoll, int wake) : epoll_(epoll), wake_(wake) {}

Result<std::unique_ptr<Loop>> Loop::create() {
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) return fail(Errc::kUnavailable, std::string("epoll: ") + std::strerror(errno));
  const int wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0) {
    const int error = errno;
    close(epoll);
    return fail(Errc::kUnavailable, std::string("eventfd: ") + std::strerror(error));
  }
  auto loop = std::unique_ptr<Loop>(new Loop(epoll, wake));
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = nullptr;  // the wake-up
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event) != 0) {
    return fail(Errc::kUnavailable, std::string("epoll_ctl: ") + std::strerror(errno));
  }
  return loop;
}

Loop::~Loop() {
  close(wake_);
  close(epoll_);
}

Result<void> Loop::add(int descriptor, std::function<void()> on_readable) {
  auto watch = std::make_unique<Watch>(Watch{descriptor, std::move(on_readable), false});
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = watch.get();
  if (epoll_ctl(epoll_, EPOLL_CTL_ADD, descriptor, &event) != 0) {
    return fail(Errc::kUnavailable, std::string("epoll_ctl: ") + std::strerror(errno));
  }
  watches_.push_back(std::move(watch));
  return {};
}

void Loop::remove(int descriptor) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, descriptor, nullptr);
  const auto at = std::ranges::find(watches_, descriptor, [](const auto& watch) { return watch->descriptor; });
  if (at == watches_.end()) return;
  (*at)->removed = true;
  removed_.push_back(std::move(*at));
  watches_.erase(at);
}

void Loop::wait(Duration timeout) {
  std::array<epoll_event, 16> events;
  int ready = 0;
  if (timeout >= std::chrono::hours(24)) {
    ready = epoll_wait(epoll_, events.data(), events.size(), -1);
  } else {
    // epoll_wait counts in milliseconds: too coarse for a pacer, and rounding up would be late for everything.
    const auto nanos = std::max(timeout, Duration::zero()).count();
    const timespec limit{nanos / 1'000'000'000, nanos % 1'000'000'000};
    ready = epoll_pwait2(epoll_, events.data(), events.size(), &limit, nullptr);
  }
  for (int i = 0; i < ready; ++i) {
    if (auto* watch = static_cast<Watch*>(events[static_cast<std::size_t>(i)].data.ptr)) {
      if (!watch->removed) watch->on_readable();
    } else {
      std::uint64_t count = 0;
      (void)!read(wake_, &count, sizeof count);
      // Before the caller looks at what it was woken for, so that no wake() from here on is lost.
      woken_.store(false);
    }
  }
  removed_.clear();
}

void Loop::wake() {
  if (woken_.exchange(true)) return;  // the first of many has written
  const std::uint64_t one = 1;
  (void)!write(wake_, &one, sizeof one);
}

}  // namespace sfu::net
