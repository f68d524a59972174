// SPDX-License-Identifier: Apache-2.0
#include "serve.hpp"

#include <pthread.h>

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace example {
namespace {

// Names of rooms on their way from the workers, which must not wait, to the thread that does.
class Openings final : public sfu::EventSink {
 public:
  void on_event(const sfu::Event& event) override {
    if (event.kind == sfu::EventKind::kRoomStarted) add(event.room.name);
  }
  // Nothing: no more follow.
  void add(std::optional<std::string> room) {
    {
      const std::lock_guard lock(mutex_);
      rooms_.push_back(std::move(room));
    }
    changed_.notify_one();
  }
  std::optional<std::string> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !rooms_.empty(); });
    auto room = std::move(rooms_.front());
    rooms_.pop_front();
    return room;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::optional<std::string>> rooms_;
};

}  // namespace

int serve(const char* tcp_port, const char* udp_port,
          const std::function<void(sfu::Server&, const std::string&)>& on_room, const std::function<void()>& on_end) {
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);  // a line at a time, also into a pipe
  sigset_t signals;                               // of every thread, so that they wait for the one below
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  Openings openings;
  sfu::ServerOptions options;
  options.keys = {{"devkey", "secret"}};
  options.bind_addresses = options.engine.bind_addresses = {sfu::IpAddress::v4({127, 0, 0, 1})};
  options.port = static_cast<std::uint16_t>(std::atoi(tcp_port));
  options.engine.udp_port_first = options.engine.udp_port_last = static_cast<std::uint16_t>(std::atoi(udp_port));
  options.engine.events = &openings;
  auto server = sfu::Server::create(std::move(options));
  if (!server) return std::fprintf(stderr, "%s\n", server.error().message.c_str()), 1;
  std::printf("listening on http://127.0.0.1:%u\n", (*server)->port());

  std::thread waiter([&] {
    int signal = 0;
    sigwait(&signals, &signal);
    openings.add(std::nullopt);
  });
  while (const auto room = openings.next()) on_room(**server, *room);
  waiter.join();
  on_end();
  (*server)->stop();
  return 0;
}

}  // namespace example
