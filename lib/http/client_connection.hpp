// SPDX-License-Identifier: Apache-2.0
// One connection of a Client, for one request after the other. Internal; client.cpp alone includes it, and with it
// Beast. Everything here runs on the client's one thread.
#pragma once

#if defined(__SANITIZE_THREAD__)
#define BOOST_ASIO_DISABLE_FENCED_BLOCK  // the sanitizer cannot follow bare fences
#endif

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/http.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "http/client.hpp"
#include "http/reach.hpp"

namespace sfu::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace wire = boost::beast::http;
using tcp = asio::ip::tcp;

struct ClientJob {
  Url url;
  wire::request<wire::string_body> request;
  std::function<void(Result<ClientResponse>)> done;
  Duration timeout{};
};

class ClientConnection {
 public:
  virtual ~ClientConnection() = default;
  // Connects first if that has not been done. Then `free` is called, and the job's `done` after it.
  virtual void perform(ClientJob job) = 0;
  // Waits for more to do, `limit` at most; then it is closed, and `expired` called.
  virtual void rest(Duration limit, std::function<void()> expired) = 0;
  // The other side has not closed it yet, as far as can be told.
  virtual bool reusable() = 0;
  // Operations under way end with an error.
  virtual void close() = 0;
};

// Told that a connection has done its job, and whether it can do another.
using ConnectionFree = std::function<void(std::shared_ptr<ClientConnection> connection, bool reusable)>;

// `Stream`: beast::tcp_stream, or TLS over one.
template <typename Stream>
class ConnectionOver final : public ClientConnection, public std::enable_shared_from_this<ConnectionOver<Stream>> {
 public:
  template <typename... Arguments>
  ConnectionOver(const ClientConfig& config, ConnectionFree free, asio::io_context& io, Arguments&... arguments)
      : config_(config), free_(std::move(free)), resolver_(io), timer_(io), stream_(io, arguments...) {}

  void perform(ClientJob job) override {
    job_ = std::move(job);
    set_timer(job_.timeout, [this] { fail(Errc::kTimeout, "no answer from " + job_.url.authority()); });
    if (open_) return send();
    reach(
        resolver_, stream_, job_.url, config_.verify_server, [self = this->shared_from_this()] { return self->busy(); },
        [this](Result<void> reached) {
          if (!reached) return end(Failure{std::move(reached).error()}, false);
          open_ = true;
          send();
        });
  }

  void rest(Duration limit, std::function<void()> expired) override {
    set_timer(limit, [this, expired = std::move(expired)] {
      close();
      expired();
    });
  }

  // The other side may have closed it, or said what nobody asked for.
  bool reusable() override {
    char byte = 0;
    beast::error_code error;
    // NOLINTBEGIN(bugprone-unused-return-value): they return the error that they also set
    socket().non_blocking(true, error);
    if (!error) socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, error);
    // NOLINTEND(bugprone-unused-return-value)
    return error == asio::error::would_block;
  }

  void close() override {
    ++round_;
    timer_.cancel();
    resolver_.cancel();
    beast::error_code ignored;
    socket().close(ignored);
  }

 private:
  bool busy() const { return job_.done != nullptr; }
  tcp::socket& socket() { return beast::get_lowest_layer(stream_).socket(); }

  // Replaces the one before. `action` is not called when it is late.
  template <typename Action>
  void set_timer(Duration limit, Action action) {
    timer_.expires_after(limit);
    timer_.async_wait([self = this->shared_from_this(), round = ++round_, action](beast::error_code error) {
      if (!error && round == self->round_) action();
    });
  }

  void send() {
    wire::async_write(stream_, job_.request, [self = this->shared_from_this()](beast::error_code error, std::size_t) {
      if (!self->busy()) return;
      if (error) return self->fail_exchange(error);
      self->receive();
    });
  }

  void receive() {
    parser_.emplace();
    parser_->body_limit(config_.response_limit);
    wire::async_read(stream_, buffer_, *parser_,
                     [self = this->shared_from_this()](beast::error_code error, std::size_t) {
                       if (!self->busy()) return;
                       // What the answer says counts from its header on.
                       if (error && !self->parser_->is_header_done()) return self->fail_exchange(error);
                       self->finish(!error);
                     });
  }

  void finish(bool whole) {
    const auto& message = parser_->get();
    ClientResponse response;
    response.status = static_cast<int>(message.result_int());
    for (const auto& field : message) response.headers.emplace_back(field.name_string(), field.value());
    response.body = message.body();
    response.whole = whole;
    end(std::move(response), whole && message.keep_alive() && buffer_.size() == 0);
  }

  void fail_exchange(beast::error_code error) {
    fail(Errc::kUnavailable, "no answer from " + job_.url.authority() + ": " + error.message());
  }
  void fail(Errc code, std::string why) { end(sfu::fail(code, std::move(why)), false); }

  void end(Result<ClientResponse> result, bool keep) {
    const auto self = this->shared_from_this();
    const auto done = std::exchange(job_.done, nullptr);
    if (!keep) close();
    free_(self, keep);
    done(std::move(result));
  }

  const ClientConfig& config_;
  ConnectionFree free_;
  tcp::resolver resolver_;
  asio::steady_timer timer_;
  std::uint64_t round_ = 0;  // of the timer
  Stream stream_;
  ClientJob job_;  // kept when it is done: an operation that was cut off still refers to it
  std::optional<wire::response_parser<wire::string_body>> parser_;
  beast::flat_buffer buffer_;
  bool open_ = false;
};

}  // namespace sfu::http
