// SPDX-License-Identifier: Apache-2.0
// A program that embeds the engine, as far as a test needs one: keys, the options of an engine on loopback, and a
// memory of what happened.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sfu/engine.hpp"

namespace sfu::engine_test {

inline const IpAddress kLoopback = IpAddress::v4({127, 0, 0, 1});

// A port that nobody has now. Of sockets that were closed the kernel hands out other ports for a good while.
std::uint16_t free_udp_port();

std::uint16_t free_tcp_port();

// What a client with a good token asks for. `room` and `identity` are what the token says.
ConnectRequest connect_request(const std::string& room, const std::string& identity);

// Keeps events as lines: "participant_joined alice", "room_started hall".
class EventLog final : public EventSink {
 public:
  void on_event(const Event& event) override;
  std::vector<std::string> lines() const;
  // Called for each event, on the worker's thread. To be set before there are any.
  std::function<void(const Event&)> also;

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct Host {
  Host() : authenticator(make_token_authenticator({{"devkey", "secret"}})) {}

  // On loopback, with one worker on `port`.
  EngineOptions options();
  // options(), started; a failure ends the test.
  Engine& start();
  // The same, for the test to take its turns; or with these.
  Engine& start_driven();
  Engine& start(EngineOptions with);

  std::unique_ptr<Authenticator> authenticator;
  EventLog events;
  NodeLimits limits;
  PolicyHook* policy = nullptr;
  std::uint16_t port = free_udp_port();
  std::unique_ptr<Engine> engine;  // last: it borrows the others
};

// What the engine says to one signalling connection, in the order in which it does: "accepted", "message", "closed
// 1000", "rejected 401 no permissions ...".
class SinkLog final : public SignalSink {
 public:
  void accepted() override { add("accepted"); }
  void rejected(int status, std::string_view body) override;
  void send(std::span<const std::uint8_t> message, bool text) override;
  void close(std::uint16_t code) override { add("closed " + std::to_string(code)); }

  std::vector<std::string> lines() const;
  // Called for each of them, where it comes from. To be set before there are any.
  std::function<void(const std::string&)> also;

 private:
  void add(const std::string& line);
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

}  // namespace sfu::engine_test
