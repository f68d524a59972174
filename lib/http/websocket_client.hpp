// SPDX-License-Identifier: Apache-2.0
// WebSockets from the other side (RFC 6455), with or without TLS: what a headless client signals over. One thread
// serves all connections of a WebSocketClient. As in http.hpp, Boost.Beast is seen by the implementation alone.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/time.hpp"
#include "http/http.hpp"

namespace sfu::http {

struct WebSocketClientConfig {
  std::string ca_file;        // PEM; empty: the system's authorities
  bool verify_server = true;  // certificate and host name
  std::size_t message_limit = 16 << 20;
  Duration open_timeout = std::chrono::seconds(15);  // for each of connecting and upgrading
  Duration close_timeout = std::chrono::milliseconds(500);
};

// Called on the client's thread, in order; either on_failed alone, or on_open first and on_close last.
struct WebSocketClientCallbacks {
  std::function<void()> on_open;
  std::function<void(std::string_view message, bool binary)> on_message;  // borrowed for the call
  // The code that the server closed with, 1006 if the connection broke.
  std::function<void(std::uint16_t code)> on_close;
  // `status`: the HTTP answer in place of the upgrade, with its body; 0: none came, and `body` says why.
  std::function<void(int status, std::string_view body)> on_failed;
};

// A connection that is open, or opening. Copies name the same; calls on one that has ended do nothing. Any thread.
class ClientSocket {
 public:
  class State;
  ClientSocket() = default;
  explicit ClientSocket(std::weak_ptr<State> state) : state_(std::move(state)) {}

  void send_binary(std::string message) const;
  // Sends what is queued, then closes with 1000. No callback comes any more.
  void close() const;

 private:
  std::weak_ptr<State> state_;  // lives as long as it is open or opening, and never longer than its client
};

class WebSocketClient {
 public:
  // Errors: kUnavailable (the authorities' file).
  static Result<std::unique_ptr<WebSocketClient>> create(const WebSocketClientConfig& config);
  // Gives closing connections their time, cuts the others, and joins the thread. Not from a callback.
  ~WebSocketClient();
  WebSocketClient(const WebSocketClient&) = delete;
  WebSocketClient& operator=(const WebSocketClient&) = delete;

  // `url`: "ws://" or "wss://". What is wrong with it comes as on_failed.
  ClientSocket open(const std::string& url, Headers headers, WebSocketClientCallbacks callbacks);

 private:
  class Impl;
  explicit WebSocketClient(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfu::http
