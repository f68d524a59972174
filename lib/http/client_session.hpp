// SPDX-License-Identifier: Apache-2.0
// One WebSocket of a WebSocketClient. Internal; websocket_client.cpp alone includes it, and with it Beast. Everything
// here runs on the client's one thread; only ClientSocket's calls come from others, and are posted.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // the sanitizer cannot follow bare fences
#endif

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <deque>

#include "http/reach.hpp"
#include "http/websocket_client.hpp"

namespace sfu::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;
using tcp = asio::ip::tcp;

class ClientSocket::State {
 public:
  virtual ~State() = default;
  virtual void send_binary(std::string message) = 0;
  virtual void close() = 0;
};

// `Stream`: beast::tcp_stream, or TLS over one.
template <typename Stream>
class ClientSession final : public ClientSocket::State, public std::enable_shared_from_this<ClientSession<Stream>> {
 public:
  template <typename... Arguments>
  ClientSession(const WebSocketClientConfig& config, Url url, Headers headers, WebSocketClientCallbacks callbacks,
                asio::io_context& io, Arguments&... arguments)
      : config_(config),
        url_(std::move(url)),
        headers_(std::move(headers)),
        callbacks_(std::move(callbacks)),
        resolver_(io),
        close_timer_(io),
        socket_(io, arguments...) {}

  void start() {
    beast::get_lowest_layer(socket_).expires_after(config_.open_timeout);
    reach(
        resolver_, socket_.next_layer(), url_, config_.verify_server,
        [self = this->shared_from_this()] { return !self->finished_; },
        [this](const Result<void>& reached) { reached ? upgrade() : fail(0, reached.error().message); });
  }

  void send_binary(std::string message) override {
    asio::post(socket_.get_executor(), [self = this->shared_from_this(), message = std::move(message)]() mutable {
      if (self->finished_ || self->closing_) return;
      self->queue_.push_back(std::move(message));
      if (self->queue_.size() == 1 && self->open_) self->write();
    });
  }

  void close() override {
    asio::post(socket_.get_executor(), [self = this->shared_from_this()] {
      self->callbacks_ = {};
      if (self->finished_ || self->closing_) return;
      self->closing_ = true;
      if (!self->open_) return self->drop();
      self->close_timer_.expires_after(self->config_.close_timeout);
      self->close_timer_.async_wait([self](beast::error_code error) {
        if (!error) self->drop();
      });
      if (self->queue_.empty()) self->send_close();
    });
  }

 private:
  void upgrade() {
    beast::get_lowest_layer(socket_).expires_never();
    socket_.set_option(websocket::stream_base::timeout{config_.open_timeout, websocket::stream_base::none(), false});
    websocket::permessage_deflate deflate;
    deflate.client_enable = true;
    socket_.set_option(deflate);
    socket_.read_message_max(config_.message_limit);
    socket_.auto_fragment(false);
    socket_.binary(true);
    socket_.set_option(websocket::stream_base::decorator([headers = headers_](websocket::request_type& request) {
      for (const auto& [name, value] : headers) request.set(name, value);
    }));
    socket_.async_handshake(response_, url_.authority(), url_.target,
                            [self = this->shared_from_this()](beast::error_code error) { self->upgraded(error); });
  }

  void upgraded(beast::error_code error) {
    if (error == websocket::error::upgrade_declined) {
      return fail(static_cast<int>(response_.result_int()), response_.body());
    }
    if (error) return fail(0, "no WebSocket at " + url_.authority() + ": " + error.message());
    if (finished_) return;
    open_ = true;
    if (callbacks_.on_open) callbacks_.on_open();
    read();
    if (!queue_.empty()) write();
  }

  void read() {
    socket_.async_read(buffer_, [self = this->shared_from_this()](beast::error_code error, std::size_t) {
      if (error) return self->ended(error);
      const auto data = self->buffer_.cdata();
      if (self->callbacks_.on_message) {
        self->callbacks_.on_message({static_cast<const char*>(data.data()), data.size()}, self->socket_.got_binary());
      }
      self->buffer_.consume(self->buffer_.size());
      self->read();
    });
  }

  void write() {
    socket_.async_write(asio::buffer(queue_.front()),
                        [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                          self->queue_.pop_front();
                          if (error) return self->ended(error);
                          if (!self->queue_.empty()) return self->write();
                          if (self->closing_) self->send_close();
                        });
  }

  void send_close() {
    socket_.async_close(websocket::close_code::normal,
                        [self = this->shared_from_this()](beast::error_code) { self->drop(); });
  }

  void fail(int status, const std::string& why) {
    if (finished_) return;
    const auto callbacks = std::exchange(callbacks_, {});
    drop();
    if (callbacks.on_failed) callbacks.on_failed(status, why);
  }

  void ended(beast::error_code error) {
    if (finished_) return;
    const std::uint16_t code = error == websocket::error::closed ? static_cast<std::uint16_t>(socket_.reason().code)
                                                                 : static_cast<std::uint16_t>(1006);
    const auto callbacks = std::exchange(callbacks_, {});
    drop();
    if (callbacks.on_close) callbacks.on_close(code);
  }

  // Cuts the connection; operations under way end with an error.
  void drop() {
    if (std::exchange(finished_, true)) return;
    resolver_.cancel();
    close_timer_.cancel();
    beast::error_code ignored;
    beast::get_lowest_layer(socket_).socket().close(ignored);
  }

  const WebSocketClientConfig& config_;
  Url url_;
  Headers headers_;
  WebSocketClientCallbacks callbacks_;
  tcp::resolver resolver_;
  asio::steady_timer close_timer_;
  websocket::stream<Stream, true> socket_;
  websocket::response_type response_;
  beast::flat_buffer buffer_;
  std::deque<std::string> queue_;
  bool open_ = false;
  bool closing_ = false;
  bool finished_ = false;
};

}  // namespace sfu::http
