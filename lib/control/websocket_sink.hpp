// SPDX-License-Identifier: Apache-2.0
// Ties one WebSocket to one SignalSession of the engine: decides the upgrade when the engine has, and carries frames
// both ways. Calls come from a worker (SignalSink) and from I/O threads (the WebSocket's callbacks); either may be
// first to end.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "http/http.hpp"
#include "sfu/engine.hpp"

namespace sfu::control {

class WebSocketSink final : public SignalSink, public std::enable_shared_from_this<WebSocketSink> {
 public:
  // Asks the engine; the upgrade is accepted or rejected by its answer.
  static void connect(Engine& engine, const ConnectRequest& request, http::Upgrade upgrade);

  explicit WebSocketSink(http::Upgrade upgrade) : upgrade_(std::move(upgrade)) {}

  void accepted() override;
  void rejected(int status, std::string_view body) override;
  void send(std::span<const std::uint8_t> message, bool text) override;
  void close(std::uint16_t code) override;

 private:
  struct Waiting {
    std::string message;
    bool text;
  };
  void opened(http::WebSocket socket);
  void gone();

  http::Upgrade upgrade_;
  std::mutex mutex_;
  http::WebSocket socket_;                  // from opened() on
  std::vector<Waiting> waiting_;            // sent by the engine before that
  std::optional<std::uint16_t> closing_;    // closed by the engine before that
  std::unique_ptr<SignalSession> session_;  // until the WebSocket is gone
  bool gone_ = false;
};

}  // namespace sfu::control
