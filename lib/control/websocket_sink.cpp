// SPDX-License-Identifier: Apache-2.0
#include "control/websocket_sink.hpp"

namespace sfu::control {

void WebSocketSink::connect(Engine& engine, const ConnectRequest& request, http::Upgrade upgrade) {
  const auto sink = std::make_shared<WebSocketSink>(std::move(upgrade));
  auto session = engine.connect(request, sink);
  // Held only after connect() has returned: the worker may have answered by then, and the client even have gone.
  const std::lock_guard lock(sink->mutex_);
  if (!sink->gone_) sink->session_ = std::move(session);
}

void WebSocketSink::accepted() {
  const auto self = shared_from_this();
  http::WebSocketCallbacks callbacks;
  callbacks.on_message = [self](std::string_view message, bool binary) {
    const std::lock_guard lock(self->mutex_);
    if (self->session_) {
      self->session_->receive({reinterpret_cast<const std::uint8_t*>(message.data()), message.size()}, !binary);
    }
  };
  callbacks.on_close = [self](std::uint16_t) { self->gone(); };
  upgrade_.accept(
      std::move(callbacks), [self](http::WebSocket socket) { self->opened(std::move(socket)); },
      [self] { self->gone(); });
}

void WebSocketSink::rejected(int status, std::string_view body) {
  upgrade_.reject(status, std::string(body));
}

void WebSocketSink::opened(http::WebSocket socket) {
  const std::lock_guard lock(mutex_);
  socket_ = std::move(socket);
  for (Waiting& waiting : waiting_) {
    if (waiting.text) {
      socket_.send_text(std::move(waiting.message));
    } else {
      socket_.send_binary(std::move(waiting.message));
    }
  }
  waiting_.clear();
  if (closing_) socket_.close(*closing_);
}

void WebSocketSink::send(std::span<const std::uint8_t> message, bool text) {
  std::string copy(reinterpret_cast<const char*>(message.data()), message.size());
  const std::lock_guard lock(mutex_);
  if (!socket_) {
    waiting_.push_back({std::move(copy), text});
  } else if (text) {
    socket_.send_text(std::move(copy));
  } else {
    socket_.send_binary(std::move(copy));
  }
}

void WebSocketSink::close(std::uint16_t code) {
  const std::lock_guard lock(mutex_);
  if (socket_) {
    socket_.close(code);
  } else {
    closing_ = code;
  }
}

void WebSocketSink::gone() {
  std::unique_ptr<SignalSession> session;  // destroyed outside the lock; that tells the engine
  {
    const std::lock_guard lock(mutex_);
    gone_ = true;
    session = std::move(session_);
  }
  if (session) session->disconnected();
}

}  // namespace sfu::control
