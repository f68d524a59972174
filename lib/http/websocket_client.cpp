// SPDX-License-Identifier: Apache-2.0
#include "http/websocket_client.hpp"

#include <mutex>
#include <set>
#include <thread>

#include "http/client_session.hpp"

namespace sfu::http {

bool Url::parse(const std::string& text, Url& out) {
  std::string_view rest = text;
  if (rest.starts_with("wss://")) {
    out.tls = true;
    rest.remove_prefix(6);
  } else if (rest.starts_with("ws://")) {
    rest.remove_prefix(5);
  } else {
    return false;
  }
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  out.target = slash == rest.size() ? "/" : std::string(rest.substr(slash));
  std::string_view authority = rest.substr(0, slash);
  out.port = out.tls ? "443" : "80";
  // RFC 3986 3.2.2: an IPv6 address stands in brackets.
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return false;
  if (const std::size_t colon = authority.find(':', bracket); colon != std::string_view::npos) {
    out.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[')) authority = authority.substr(1, authority.size() - 2);
  out.host = authority;
  return !out.host.empty() && !out.port.empty() && out.port.find_first_not_of("0123456789") == std::string::npos;
}

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

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
    beast::error_code error;
    if (!config_.ca_file.empty()) {
      tls_.load_verify_file(config_.ca_file, error);
      if (error) return fail(Errc::kUnavailable, "cannot read authorities from " + config_.ca_file);
    } else {
      tls_.set_default_verify_paths(error);
    }
    tls_.set_verify_mode(config_.verify_server ? asio::ssl::verify_peer : asio::ssl::verify_none, error);
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
    Url url;
    if (!Url::parse(text, url)) {
      asio::post(io_, [failed = std::move(callbacks.on_failed)] {
        if (failed) failed(0, "not a WebSocket URL");
      });
      return ClientSocket();
    }
    if (url.tls) {
      using Tls = beast::ssl_stream<beast::tcp_stream>;
      return start(std::make_shared<ClientSession<Tls>>(config_, std::move(url), std::move(headers),
                                                        std::move(callbacks), io_, tls_));
    }
    return start(std::make_shared<ClientSession<beast::tcp_stream>>(config_, std::move(url), std::move(headers),
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
