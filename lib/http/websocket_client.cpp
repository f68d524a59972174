// SPDX-License-Identifier: Apache-2.0
#include "http/websocket_client.hpp"

#include <mutex>
#include <set>
#include <thread>

#include "http/client_session.hpp"

namespace sfu::http {

void ClientSocket::send_binary(std::string message) const {
  if (const auto state = state_.lock()) state->send_binary(std::move(message));
}

void ClientSocket::close() const {
  if (const auto state = state_.lock()) state->close();
}

class WebSocketClient::Impl {
 public:
  explicit Impl(WebSocketClientConfig config)
      : config_(std::move(config)), tls_(asio::ssl::context::tls_client), work_(asio::make_work_guard(io_)) {}

  Result<void> begin() {
    SFU_CHECK_OK(trust_authorities(tls_, config_.ca_file, config_.verify_server));
    thread_ = std::thread([this] { io_.run(); });
    return {};
  }

  ~Impl() {
    work_.reset();
    // Those that are closing end by themselves within their time; the others are dropped.
    for (const auto& weak : sessions_) {
      if (const auto session = weak.lock()) session->close();
    }
    if (thread_.joinable()) thread_.join();
  }

  ClientSocket open(const std::string& text, Headers headers, WebSocketClientCallbacks callbacks) {
    auto url = Url::parse(text, "ws", "wss");
    if (!url) {
      asio::post(io_, [failed = std::move(callbacks.on_failed)] {
        if (failed) failed(0, "not a WebSocket URL");
      });
      return ClientSocket();
    }
    if (url->tls) {
      using Tls = beast::ssl_stream<beast::tcp_stream>;
      return start(std::make_shared<ClientSession<Tls>>(config_, *std::move(url), std::move(headers),
                                                        std::move(callbacks), io_, tls_));
    }
    return start(std::make_shared<ClientSession<beast::tcp_stream>>(config_, *std::move(url), std::move(headers),
                                                                    std::move(callbacks), io_));
  }

 private:
  template <typename Session>
  ClientSocket start(std::shared_ptr<Session> session) {
    {
      const std::lock_guard lock(mutex_);
      std::erase_if(sessions_, [](const auto& weak) { return weak.expired(); });
      sessions_.insert(session);
    }
    asio::post(io_, [session] { session->start(); });
    return ClientSocket(session);
  }

  const WebSocketClientConfig config_;
  asio::io_context io_;
  asio::ssl::context tls_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
  std::mutex mutex_;
  std::set<std::weak_ptr<ClientSocket::State>, std::owner_less<>> sessions_;
};

WebSocketClient::WebSocketClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
WebSocketClient::~WebSocketClient() = default;

Result<std::unique_ptr<WebSocketClient>> WebSocketClient::create(const WebSocketClientConfig& config) {
  auto impl = std::make_unique<Impl>(config);
  SFU_CHECK_OK(impl->begin());
  return std::unique_ptr<WebSocketClient>(new WebSocketClient(std::move(impl)));
}

ClientSocket WebSocketClient::open(const std::string& url, Headers headers, WebSocketClientCallbacks callbacks) {
  return impl_->open(url, std::move(headers), std::move(callbacks));
}

}  // namespace sfu::http
