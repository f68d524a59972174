// SPDX-License-Identifier: Apache-2.0
// A double of each plug point of the engine, made of its public headers alone: for tests, and to show how one is
// written. Their defaults are real: UDP sockets, LiveKit's tokens, known browsers, the system's clock; nobody is told
// of events, nothing is logged, what tokens allow is allowed. (EventSink: EventLog of host.hpp.)
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "sfu/authenticator.hpp"
#include "sfu/client_config.hpp"
#include "sfu/logger.hpp"
#include "sfu/packet_transport.hpp"
#include "sfu/policy.hpp"
#include "sfu/time.hpp"

namespace sfu::engine_test {

// The threads that something was called on.
class Threads {
 public:
  void note() const {
    const std::lock_guard lock(mutex_);
    ids_.insert(std::this_thread::get_id());
  }
  std::set<std::thread::id> ids() const {
    const std::lock_guard lock(mutex_);
    return ids_;
  }

 private:
  mutable std::mutex mutex_;
  mutable std::set<std::thread::id> ids_;
};

// A clock that stands still unless it is moved, for all threads.
class StandingClock final : public Clock {
 public:
  Instant now() const override { return Instant(since_start()); }
  WallTime wall_now() const override { return WallTime(std::chrono::seconds(1'700'000'000)) + since_start(); }
  void advance(Duration by) { passed_ += by.count(); }

 private:
  Duration since_start() const { return Duration(passed_.load()); }
  std::atomic<Duration::rep> passed_ = 1;
};

class LoggedLines final : public Logger {
 public:
  explicit LoggedLines(LogLevel level) : level_(level) {}
  bool enabled(LogLevel level) const override { return level >= level_; }
  void log(LogLevel, std::string_view message, std::span<const LogField> fields) override {
    std::string line(message);
    for (const LogField& field : fields) line.append(" ").append(field.key).append("=").append(field.value);
    const std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  LogLevel level_;
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

// Tokens of the form "room/identity"; nothing is secret.
class PlainTokens final : public Authenticator {
 public:
  Result<Claims> authenticate(std::string_view token, WallTime) const override {
    const auto slash = token.find('/');
    if (slash == std::string_view::npos) return fail(Errc::kUnauthenticated, "a token is room/identity");
    Claims claims;
    claims.identity = token.substr(slash + 1);
    claims.video = VideoGrant{.room_join = true, .room = std::string(token.substr(0, slash))};
    return claims;
  }
  std::string refresh(const Claims& claims, WallTime, Duration) const override {
    return claims.video->room + '/' + claims.identity;
  }
};

// Tells all clients the same.
class SameForAll final : public ClientConfigProvider {
 public:
  explicit SameForAll(ClientConfiguration configuration) : configuration_(std::move(configuration)) {}
  std::optional<ClientConfiguration> configuration(const ClientDescription& client) const override {
    threads.note();
    const std::lock_guard lock(mutex_);
    asked_.push_back(client.sdk);
    return configuration_;
  }
  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  Threads threads;

 private:
  ClientConfiguration configuration_;
  mutable std::mutex mutex_;
  mutable std::vector<std::string> asked_;
};

// Two ends of a wire: what the test hands in arrives, and what the engine sends is kept. Shared with the test, since
// the engine owns its transports.
class Wire {
 public:
  Wire() : ready_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  ~Wire() { close(ready_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // To the engine. Any thread.
  void arrive(const SocketAddress& from, std::string bytes) {
    const std::lock_guard lock(mutex_);
    arrived_.emplace_back(from, std::move(bytes));
    const std::uint64_t one = 1;
    (void)!write(ready_, &one, sizeof one);
  }
  std::vector<std::pair<SocketAddress, std::string>> sent() const {
    const std::lock_guard lock(mutex_);
    return sent_;
  }
  Threads threads;  // of send() and receive()

 private:
  friend class WireTransport;
  int ready_;
  mutable std::mutex mutex_;
  std::vector<std::pair<SocketAddress, std::string>> arrived_;
  std::vector<std::pair<SocketAddress, std::string>> sent_;
};

class WireTransport final : public PacketTransport {
 public:
  WireTransport(std::shared_ptr<Wire> wire, const SocketAddress& local) : wire_(std::move(wire)), local_(local) {}

  void send(std::span<const Datagram> batch) override {
    wire_->threads.note();
    const std::lock_guard lock(wire_->mutex_);
    for (const Datagram& datagram : batch) {
      wire_->sent_.emplace_back(datagram.path.remote, std::string(datagram.bytes.begin(), datagram.bytes.end()));
    }
  }
  int poll_descriptor() const override { return wire_->ready_; }
  bool receive(Instant now, PacketSink& sink) override {
    wire_->threads.note();
    std::vector<std::pair<SocketAddress, std::string>> arrived;
    {
      const std::lock_guard lock(wire_->mutex_);
      std::swap(arrived, wire_->arrived_);
      std::uint64_t count = 0;
      (void)!read(wire_->ready_, &count, sizeof count);
    }
    for (auto& [from, bytes] : arrived) {
      sink.receive(now, {local_, from}, {reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    }
    return false;
  }
  std::span<const SocketAddress> candidates() const override { return {&local_, 1}; }

 private:
  std::shared_ptr<Wire> wire_;
  SocketAddress local_;
};

}  // namespace sfu::engine_test
