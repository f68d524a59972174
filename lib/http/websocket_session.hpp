// SPDX-License-Identifier: Apache-2.0
// A WebSocket after its upgrade. Internal; server.cpp alone includes it.
#pragma once

#include <atomic>
#include <deque>
#include <optional>

#include "http/core.hpp"

namespace sfu::http {

class WebSocketSession final : public Session, public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(std::shared_ptr<Core> core, Stream stream, WebSocketCallbacks callbacks)
      : core_(std::move(core)),
        socket_(std::move(stream)),
        ping_timer_(socket_.get_executor()),
        close_timer_(socket_.get_executor()),
        callbacks_(std::move(callbacks)) {}

  // Answers 101, calls `opened`, and reads.
  void run(wire::request<wire::string_body> request, std::function<void(WebSocket)> opened,
           std::function<void()> failed) {
    configure();
    request_ = std::move(request);
    auto on_accept = [self = shared_from_this(), opened = std::move(opened),
                      failed = std::move(failed)](beast::error_code error) {
      self->request_ = {};
      if (error) {
        self->core_->remove(self.get());
        self->callbacks_ = {};
        if (failed) failed();
        return;
      }
      self->open_ = true;
      if (opened) opened(WebSocket(std::make_shared<WebSocket::State>(self)));
      self->start_pings();
      self->message_begin_ = self->bytes_read();
      self->read();
    };
    socket_.async_accept(request_, std::move(on_accept));
  }

  void send(std::string message, bool binary) {
    // Counted here and not in the strand, so that a flood waits nowhere uncounted.
    const std::size_t size = message.size() + kOverhead;
    const std::size_t waiting = queued_bytes_.fetch_add(size) + size;
    if (waiting > core_->config.websocket_queue_limit) {
      queued_bytes_.fetch_sub(size);
      if (!overflowed_.exchange(true)) abort();
      return;
    }
    core_->post(socket_.get_executor(), [self = shared_from_this(), message = std::move(message), binary]() mutable {
      self->enqueue(std::move(message), binary);
    });
  }

  void close(std::uint16_t code, std::string reason) {
    core_->post(socket_.get_executor(),
                [self = shared_from_this(), code, reason = std::move(reason)] { self->begin_close(code, reason); });
  }

  void shut_down() override { close(websocket::close_code::normal, {}); }
  void abort() override {
    core_->post(socket_.get_executor(), [self = shared_from_this()] { self->drop(); });
  }

 private:
  using Socket = websocket::stream<Stream, true>;
  static constexpr std::size_t kOverhead = 64;  // what an empty message costs

  struct Outgoing {
    std::string message;
    bool binary;
  };

  void configure() {
    beast::get_lowest_layer(socket_).expires_never();
    beast::error_code ignored;
    tcp::socket& lower = beast::get_lowest_layer(socket_).socket();
    lower.set_option(tcp::no_delay(true), ignored);
    // Pings are sent and no pong is asked for (signalling spec 1.6), but a peer whose kernel is silent is gone.
    using UserTimeout = asio::detail::socket_option::integer<IPPROTO_TCP, TCP_USER_TIMEOUT>;
    lower.set_option(UserTimeout(30'000), ignored);

    socket_.set_option(
        websocket::stream_base::timeout{std::chrono::seconds(10), websocket::stream_base::none(), false});
    // Beast cuts off at once what says that it is larger still; below that the client hears why.
    socket_.read_message_max(2 * kExcessFactor * core_->config.websocket_message_limit);
    socket_.auto_fragment(false);
    websocket::permessage_deflate deflate;
    deflate.server_enable = core_->config.compression;
    // Small windows: at the default sizes a connection's two zlib states take 300 kB, at these 20. A description of 5
    // kB becomes 2.2 instead of 1.6.
    deflate.server_max_window_bits = 10;
    deflate.client_max_window_bits = 10;
    deflate.memLevel = 2;
    deflate.server_no_context_takeover = true;
    deflate.client_no_context_takeover = true;
    deflate.msg_size_threshold = 1024;
    socket_.set_option(deflate);
    socket_.control_callback([this](websocket::frame_type type, beast::string_view) {
      // Beast answers, and then waits for the client to close its side too; not for ever.
      if (type == websocket::frame_type::close && !closing_) start_close_timer();
    });
  }

  void read() {
    // Beast knows one limit, for what a frame says it holds and for what comes out of a compressed one, and closes with
    // 1009 either way. The protocol wants another code for what only grew too large here (signalling spec 1.6): so
    // Beast's is far above ours, and never more than ours is asked for.
    const std::size_t limit = core_->config.websocket_message_limit;
    socket_.async_read_some(buffer_, limit == 0 ? 0 : limit - buffer_.size(),
                            [self = shared_from_this(), limit](beast::error_code error, std::size_t) {
                              if (error) return self->on_read_error(error);
                              if (self->socket_.is_message_done()) return self->deliver();
                              if (limit == 0 || self->buffer_.size() < limit) return self->read();
                              self->read_excess();
                            });
  }

  void deliver() {
    if (callbacks_.on_message && !closing_) {
      const auto data = buffer_.cdata();
      callbacks_.on_message({static_cast<const char*>(data.data()), data.size()}, socket_.got_binary());
    }
    buffer_.consume(buffer_.size());
    if (buffer_.capacity() > kKeptCapacity) buffer_.shrink_to_fit();  // nothing is in it
    message_begin_ = bytes_read();
    read();
  }

  // As much as may be is here, and the message has not ended: looks at the rest only to see what it is, within reason.
  void read_excess() {
    const std::size_t limit = core_->config.websocket_message_limit;
    socket_.async_read_some(excess_, kExcessPart,
                            [self = shared_from_this(), limit](beast::error_code error, std::size_t size) {
                              if (error) return self->on_read_error(error);
                              self->excess_.consume(size);
                              self->excess_size_ += size;
                              const bool over = self->excess_size_ > 0;
                              if (over && self->bytes_read() - self->message_begin_ > limit) {
                                return self->begin_close(websocket::close_code::too_big, {});
                              }
                              const bool done = self->socket_.is_message_done();
                              if (over && (done || self->excess_size_ > kExcessFactor * limit)) {
                                return self->begin_close(websocket::close_code::normal, {});
                              }
                              if (!done) return self->read_excess();
                              self->deliver();
                            });
  }

  std::uint64_t bytes_read() { return beast::get_lowest_layer(socket_).rate_policy().bytes(); }

  void on_read_error(beast::error_code error) {
    std::uint16_t code = websocket::close_code::abnormal;
    if (error == websocket::error::closed) {
      code = socket_.reason().code;
    } else if (error == websocket::error::message_too_big || error == websocket::error::buffer_overflow) {
      code = websocket::close_code::too_big;
    }
    // Beast has answered the close frame, or has sent one of its own, before it reports either.
    finish(closing_ ? *closing_ : code);
  }

  void enqueue(std::string message, bool binary) {
    if (finished_ || closing_) {
      queued_bytes_.fetch_sub(message.size() + kOverhead);
      return;
    }
    queue_.push_back({std::move(message), binary});
    if (queue_.size() == 1) write();
  }

  void write() {
    const Outgoing& next = queue_.front();
    socket_.binary(next.binary);
    socket_.async_write(asio::buffer(next.message), [self = shared_from_this()](beast::error_code error, std::size_t) {
      self->queued_bytes_.fetch_sub(self->queue_.front().message.size() + kOverhead);
      self->queue_.pop_front();
      if (error) return self->drop();
      if (!self->queue_.empty()) return self->write();
      if (self->closing_) self->send_close();
    });
  }

  void start_pings() {
    if (core_->config.ping_interval <= Duration::zero()) return;
    ping_timer_.expires_after(core_->config.ping_interval);
    ping_timer_.async_wait([self = shared_from_this()](beast::error_code error) {
      if (error || self->finished_ || self->closing_) return;
      // A ping that cannot leave waits; there is never a second one behind it.
      self->socket_.async_ping({}, [self](beast::error_code failure) {
        if (!failure && !self->finished_ && !self->closing_) self->start_pings();
      });
    });
  }

  void begin_close(std::uint16_t code, const std::string& reason) {
    if (finished_ || closing_ || !open_) return;
    closing_ = code;
    close_reason_ = reason;
    start_close_timer();
    if (queue_.empty()) send_close();
  }

  void start_close_timer() {
    ping_timer_.cancel();
    close_timer_.expires_after(core_->config.close_timeout);
    close_timer_.async_wait([self = shared_from_this()](beast::error_code error) {
      if (!error) self->drop();
    });
  }

  void send_close() {
    const websocket::close_reason reason(static_cast<websocket::close_code>(*closing_), close_reason_);
    socket_.async_close(reason, [self = shared_from_this()](beast::error_code) { self->drop(); });
  }

  // Cuts the connection; operations under way end with an error.
  void drop() {
    beast::error_code ignored;
    beast::get_lowest_layer(socket_).socket().close(ignored);
    std::uint16_t code = websocket::close_code::abnormal;
    if (socket_.reason()) code = socket_.reason().code;
    finish(closing_ ? *closing_ : code);
  }

  void finish(std::uint16_t code) {
    if (finished_ || !open_) return;
    finished_ = true;
    ping_timer_.cancel();
    close_timer_.cancel();
    beast::error_code ignored;
    beast::get_lowest_layer(socket_).socket().close(ignored);
    // The callbacks may hold the owner of our handle; let go of them before anything else.
    const WebSocketCallbacks callbacks = std::exchange(callbacks_, {});
    core_->remove(this);
    if (callbacks.on_close) callbacks.on_close(code);
  }

  static constexpr std::size_t kKeptCapacity = 1024;  // what clients say while they stay is smaller
  static constexpr std::size_t kExcessPart = 16 * 1024;
  static constexpr std::size_t kExcessFactor = 4;  // of the limit is inflated and thrown away, at most

  std::shared_ptr<Core> core_;  // first, so that it goes last
  Socket socket_;
  asio::steady_timer ping_timer_;
  asio::steady_timer close_timer_;
  WebSocketCallbacks callbacks_;
  wire::request<wire::string_body> request_;
  beast::flat_buffer buffer_;
  beast::flat_buffer excess_;
  std::size_t excess_size_ = 0;
  std::uint64_t message_begin_ = 0;  // of bytes_read()
  std::deque<Outgoing> queue_;
  std::atomic<std::size_t> queued_bytes_ = 0;
  std::atomic<bool> overflowed_ = false;
  bool open_ = false;
  bool finished_ = false;
  std::optional<std::uint16_t> closing_;
  std::string close_reason_;
};

class WebSocket::State {
 public:
  explicit State(const std::shared_ptr<WebSocketSession>& session) : session_(session) {}
  std::shared_ptr<WebSocketSession> session() const { return session_.lock(); }

 private:
  std::weak_ptr<WebSocketSession> session_;
};

}  // namespace sfu::http
