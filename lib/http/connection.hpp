// SPDX-License-Identifier: Apache-2.0
// A connection that speaks HTTP/1.1: one request after another, until it closes or becomes a WebSocket. Internal;
// server.cpp alone includes it.
#pragma once

#include <atomic>
#include <ctime>
#include <optional>

#include "http/core.hpp"
#include "http/websocket_session.hpp"

namespace sfu::http {

// Beast's container throws at a field of more than 64 kB, on the way of no handler: such a field ends the request.
class RequestParser final : public wire::request_parser<wire::string_body> {
  static constexpr std::size_t kLongest = 65'000;

  void on_field_impl(wire::field name, beast::string_view text, beast::string_view value,
                     beast::error_code& error) override {
    if (text.size() > kLongest || value.size() > kLongest) {
      error = wire::error::header_limit;
    } else {
      get().insert(name, text, value);
    }
  }
};

class Connection final : public Session, public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<Core> core, tcp::socket socket, const SocketAddress& remote)
      : core_(std::move(core)), stream_(std::move(socket)), remote_(remote) {}

  void run() {
    core_->post(stream_.get_executor(), [self = shared_from_this()] { self->read(); });
  }

  // From any thread, once for each request.
  void answer(Response response) {
    core_->post(stream_.get_executor(), [self = shared_from_this(), response = std::move(response)]() mutable {
      if (!self->finished_) self->respond(std::move(response));
    });
  }
  void accept(WebSocketCallbacks callbacks, std::function<void(WebSocket)> opened, std::function<void()> failed) {
    core_->post(stream_.get_executor(), [self = shared_from_this(), callbacks = std::move(callbacks),
                                         opened = std::move(opened), failed = std::move(failed)]() mutable {
      if (!self->finished_) return self->become_websocket(std::move(callbacks), std::move(opened), std::move(failed));
      if (failed) failed();
    });
  }

  void shut_down() override {
    core_->post(stream_.get_executor(), [self = shared_from_this()] {
      if (self->idle_) self->finish();
    });
  }
  void abort() override {
    core_->post(stream_.get_executor(), [self = shared_from_this()] { self->finish(); });
  }

 private:
  void read() {
    constexpr std::size_t kAtFirst = 1024;
    idle_ = true;
    core_->set_waiting(this, true);
    if (buffer_.size() > 0) return read_header();
    stream_.expires_after(core_->config.idle_timeout);
    stream_.async_read_some(buffer_.prepare(kAtFirst),
                            [self = shared_from_this()](beast::error_code error, std::size_t size) {
                              if (error) return self->finish();
                              self->buffer_.commit(size);
                              self->read_header();
                            });
  }

  void read_header() {
    parser_.emplace();
    // Beast's type is 32 bits wide.
    parser_->header_limit(static_cast<std::uint32_t>(core_->config.header_limit));
    parser_->body_limit(core_->config.body_limit);
    stream_.expires_after(core_->config.header_timeout);
    wire::async_read_header(stream_, buffer_, *parser_,
                            [self = shared_from_this()](beast::error_code error, std::size_t) {
                              self->idle_ = false;
                              if (error) return self->on_read_error(error);
                              self->on_header();
                            });
  }

  void on_header() {
    if (beast::iequals(parser_->get()[wire::field::expect], "100-continue")) {
      continue_.emplace(wire::status::continue_, parser_->get().version());
      wire::async_write(stream_, *continue_, [self = shared_from_this()](beast::error_code error, std::size_t) {
        if (error) return self->finish();
        self->read_body();
      });
      return;
    }
    read_body();
  }

  void read_body() {
    stream_.expires_after(core_->config.idle_timeout);
    wire::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](beast::error_code error, std::size_t) {
      if (error) return self->on_read_error(error);
      self->stream_.expires_never();
      if (self->buffer_.size() == 0) self->buffer_.shrink_to_fit();
      self->on_request(self->parser_->release());
    });
  }

  // What the client did wrong is told where it can still be told; then the connection ends.
  void on_read_error(beast::error_code error) {
    unread_ = true;
    keep_alive_ = false;
    head_ = false;
    version_ = 11;
    if (error == wire::error::body_limit) {
      if (parser_->chunked()) return on_cut_body();
      return respond({.status = 413, .body = "request body too large"});
    }
    if (error == wire::error::header_limit || error == wire::error::buffer_overflow) {
      return respond({.status = 431, .body = "request header too large"});
    }
    if (error.category() == wire::make_error_code(wire::error::bad_version).category() &&
        error != wire::error::end_of_stream && error != wire::error::partial_message) {
      return respond({.status = 400, .body = "bad request"});
    }
    finish();
  }

  // Who sends in chunks does not say how much: only the handler knows what the protocol answers.
  void on_cut_body() {
    core_->set_waiting(this, false);
    head_ = parser_->get().method() == wire::verb::head;
    version_ = parser_->get().version();
    origin_ = std::string(parser_->get()[wire::field::origin]);
    Request request = to_request(parser_->get());
    request.body_is_cut = true;
    core_->handlers.on_request(std::move(request), Responder(std::make_shared<Responder::State>(weak_from_this())));
  }

  void on_request(wire::request<wire::string_body> message) {
    core_->set_waiting(this, false);
    keep_alive_ = message.keep_alive();
    head_ = message.method() == wire::verb::head;
    version_ = message.version();
    origin_ = std::string(message[wire::field::origin]);
    if (message.method() == wire::verb::options && message.count(wire::field::access_control_request_method) > 0) {
      return preflight(message);
    }
    Request request = to_request(message);
    if (core_->handlers.on_upgrade && websocket::is_upgrade(message)) {
      upgrade_request_ = std::move(message);
      return core_->handlers.on_upgrade(std::move(request),
                                        Upgrade(std::make_shared<Upgrade::State>(weak_from_this())));
    }
    request.body = std::move(message.body());
    core_->handlers.on_request(std::move(request), Responder(std::make_shared<Responder::State>(weak_from_this())));
  }

  Request to_request(const wire::request<wire::string_body>& message) const {
    Request request;
    request.method = std::string(message.method_string());
    request.target = std::string(message.target());
    request.remote = remote_;
    for (const auto& field : message) {
      request.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    std::string_view target = request.target;
    // The absolute form (RFC 9112 3.2.2), as proxies use it.
    if (!target.starts_with('/')) {
      if (const std::size_t scheme = target.find("://"); scheme != std::string_view::npos) {
        const std::size_t slash = target.find('/', scheme + 3);
        target = slash == std::string_view::npos ? "/" : target.substr(slash);
      }
    }
    if (target.starts_with("//")) target.remove_prefix(1);
    const std::size_t question = target.find('?');
    request.path = url_decode(target.substr(0, question), false);
    if (question != std::string_view::npos) request.query = parse_query(target.substr(question + 1));
    return request;
  }

  // Fetch's CORS protocol: any origin may do what the protocol has (signalling spec 1.1).
  void preflight(const wire::request<wire::string_body>& message) {
    Response response{.status = 204};
    response.headers.emplace_back("Access-Control-Allow-Methods", "OPTIONS, HEAD, GET, POST, PATCH, DELETE");
    const auto asked = message[wire::field::access_control_request_headers];
    if (!asked.empty()) response.headers.emplace_back("Access-Control-Allow-Headers", std::string(asked));
    response.headers.emplace_back("Access-Control-Max-Age", "86400");
    respond(std::move(response));
  }

  void respond(Response response) {
    core_->set_waiting(this, true);
    if (core_->stopping()) keep_alive_ = false;
    response_.emplace();
    wire::response<wire::string_body>& message = *response_;
    message.version(version_);
    message.result(static_cast<unsigned>(response.status));
    message.set(wire::field::date, date());
    for (const auto& [name, value] : response.headers) message.insert(name, value);
    if (message.count(wire::field::access_control_allow_origin) == 0) {
      message.set(wire::field::access_control_allow_origin, origin_.empty() ? "*" : origin_);
    }
    message.insert(wire::field::vary, "Origin");
    message.set(wire::field::access_control_expose_headers, "*");
    const bool bodiless = response.status == 204 || response.status == 304;
    if (!bodiless) {
      if (!response.content_type.empty()) message.set(wire::field::content_type, response.content_type);
      message.content_length(response.body.size());
      message.body() = std::move(response.body);
    }
    message.keep_alive(keep_alive_);
    stream_.expires_after(core_->config.idle_timeout);
    auto on_written = [self = shared_from_this()](beast::error_code error, std::size_t) {
      self->serializer_.reset();
      self->response_.reset();
      if (error) return self->finish();
      if (!self->keep_alive_) return self->unread_ ? self->linger() : self->finish();
      self->read();
    };
    serializer_.emplace(message);
    if (head_) {
      // The length of what GET would bring, and nothing after the header (RFC 9110 9.3.2).
      serializer_->split(true);
      wire::async_write_header(stream_, *serializer_, std::move(on_written));
    } else {
      wire::async_write(stream_, *serializer_, std::move(on_written));
    }
  }

  // Says that nothing more comes, then reads what the client may still be sending: to close at once would reset the
  // connection, and the answer be lost (RFC 9112 9.6).
  void linger() {
    beast::error_code error;
    stream_.socket().shutdown(tcp::socket::shutdown_send, error);
    if (error) return finish();
    idle_ = true;
    stream_.expires_after(std::chrono::seconds(2));
    drain();
  }
  void drain() {
    buffer_.consume(buffer_.size());
    stream_.async_read_some(buffer_.prepare(16 * 1024),
                            [self = shared_from_this()](beast::error_code error, std::size_t) {
                              if (error) return self->finish();
                              self->drain();
                            });
  }

  void become_websocket(WebSocketCallbacks callbacks, std::function<void(WebSocket)> opened,
                        std::function<void()> failed) {
    finished_ = true;
    const auto session = std::make_shared<WebSocketSession>(core_, std::move(stream_), std::move(callbacks));
    core_->replace(this, session.get(), session);
    session->run(std::exchange(upgrade_request_, {}), std::move(opened), std::move(failed));
  }

  void finish() {
    if (finished_) return;
    finished_ = true;
    beast::error_code ignored;
    stream_.socket().close(ignored);
    core_->remove(this);
  }

  static std::string date() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    gmtime_r(&now, &parts);
    char text[64];
    return {text, std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts)};
  }

  std::shared_ptr<Core> core_;  // first, so that it goes last
  Stream stream_;
  SocketAddress remote_;
  beast::flat_buffer buffer_;
  std::optional<RequestParser> parser_;
  std::optional<wire::response<wire::empty_body>> continue_;
  std::optional<wire::response<wire::string_body>> response_;
  std::optional<wire::response_serializer<wire::string_body>> serializer_;
  wire::request<wire::string_body> upgrade_request_;
  std::string origin_;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  bool head_ = false;
  bool idle_ = false;    // between requests, or after the last
  bool unread_ = false;  // the client may still be sending what we did not want
  bool finished_ = false;
};

// A question to the owner that is answered once. Forgotten, it answers 500 itself.
class Pending {
 public:
  explicit Pending(std::weak_ptr<Connection> connection) : connection_(std::move(connection)) {}
  ~Pending() {
    if (const auto connection = take()) connection->answer({.status = 500, .body = "internal error"});
  }
  Pending(const Pending&) = delete;
  Pending& operator=(const Pending&) = delete;

  std::shared_ptr<Connection> take() { return answered_.exchange(true) ? nullptr : connection_.lock(); }
  // Whether the question is still open; the connection may be gone all the same.
  bool claim(std::shared_ptr<Connection>& connection) {
    if (answered_.exchange(true)) return false;
    connection = connection_.lock();
    return true;
  }

 private:
  std::weak_ptr<Connection> connection_;
  std::atomic<bool> answered_ = false;
};

class Responder::State : public Pending {
  using Pending::Pending;
};
class Upgrade::State : public Pending {
  using Pending::Pending;
};

}  // namespace sfu::http
