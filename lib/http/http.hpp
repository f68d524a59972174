// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 and WebSocket (RFC 9112, 6455; permessage-deflate RFC 7692) on threads of their own, over Boost.Beast,
// which no other folder sees. The server knows framing, limits, CORS and keep-alive; which path means what, and who may
// do it, is decided by the handlers that its owner gives it. Handlers run on an I/O thread and must not block; what
// they are given may be answered later, from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "sfu/address.hpp"

namespace sfu::http {

// Names compare without case (RFC 9110 5.1). In the order they came.
using Headers = std::vector<std::pair<std::string, std::string>>;
// Percent- and plus-decoded; the first of a repeated name is the one that find() gives.
using Query = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;
  std::string target;  // as sent
  std::string path;    // percent-decoded, without the query; one leading slash, even where the client wrote two
  Query query;
  Headers headers;
  std::string body;          // empty for an upgrade
  bool body_is_cut = false;  // it came in chunks and was longer than Config::body_limit: what came is dropped
  SocketAddress remote;

  const std::string* header(std::string_view name) const;  // null when absent
  const std::string* parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string body{};
  std::string content_type = "text/plain; charset=utf-8";
  Headers headers{};  // more of them; CORS, Date, Content-Length and Connection are added by the server
};

// Answers one request, once, from any thread. Dropped unanswered it answers 500; answering a connection that is gone
// does nothing. Copies answer the same request.
class Responder {
 public:
  class State;
  explicit Responder(std::shared_ptr<State> state) : state_(std::move(state)) {}
  void operator()(Response response) const;

 private:
  std::shared_ptr<State> state_;
};

// A WebSocket connection. Handles are copied freely; every function may be called from any thread, also when the
// connection is long gone. The connection lives as long as it is open, whether handles exist or not.
class WebSocket {
 public:
  class State;
  WebSocket() = default;
  explicit WebSocket(std::shared_ptr<State> state) : state_(std::move(state)) {}

  // Queues one message. When more than Config::websocket_queue_limit bytes wait, the reader is too slow: the connection
  // is dropped (closed with 1006 for the callback).
  void send_text(std::string message) const;
  void send_binary(std::string message) const;
  // Sends what is queued, then a close frame; waits Config::close_timeout at most for the answer.
  void close(std::uint16_t code = 1000, std::string reason = {}) const;
  explicit operator bool() const { return state_ != nullptr; }

 private:
  std::shared_ptr<State> state_;
};

// Called on an I/O thread, one at a time for one connection, in order. No call comes after on_close.
struct WebSocketCallbacks {
  std::function<void(std::string_view message, bool binary)> on_message;  // borrowed for the call
  // Exactly once. The code the other side closed with, 1006 if the connection broke, or the code we closed with.
  std::function<void(std::uint16_t code)> on_close;
};

// A WebSocket upgrade that awaits its decision. Decide once, from any thread; dropped undecided it is answered 500.
class Upgrade {
 public:
  class State;
  explicit Upgrade(std::shared_ptr<State> state) : state_(std::move(state)) {}

  // `opened` runs on an I/O thread after the handshake, before any message is read. When the client has gone
  // meanwhile, neither it nor the callbacks are ever called; `failed`, if given, is.
  void accept(WebSocketCallbacks callbacks, std::function<void(WebSocket)> opened,
              std::function<void()> failed = {}) const;
  void reject(int status, std::string body) const;

 private:
  std::shared_ptr<State> state_;
};

struct Handlers {
  std::function<void(Request request, Responder respond)> on_request;
  // Without it every upgrade is answered as a plain request.
  std::function<void(Request request, Upgrade upgrade)> on_upgrade;
};

struct Config {
  std::vector<SocketAddress> addresses;  // port 0 takes a free one
  std::uint16_t port = 0;                // without addresses: on all of the machine, also of IPv6 where it has that
  int threads = 1;
  std::size_t header_limit = 1 << 20;  // request line and headers; beyond it 431
  std::size_t body_limit = 10 << 20;   // an announced length beyond it: 413
  // A message longer than this as it comes is answered with close 1009; one that only grows longer when it is
  // decompressed, with 1000 (signalling spec 1.6). 0: no limit.
  std::size_t websocket_message_limit = 2 << 20;
  std::size_t websocket_queue_limit = 8 << 20;  // bytes that wait to be sent
  // Fewer where the process may have fewer descriptors. Beyond it a new connection takes the place of one that waits
  // for its client, of the address that has most of those; if none waits, it is closed at once.
  std::size_t connection_limit = 20000;
  Duration ping_interval = std::chrono::seconds(10);
  Duration header_timeout = std::chrono::seconds(10);  // for request line and headers, from their first byte on
  Duration idle_timeout = std::chrono::seconds(60);    // for a request to begin, for its body, and to take the answer
  Duration close_timeout = std::chrono::milliseconds(500);
  bool compression = true;  // offer permessage-deflate
  Log log;
};

class Server {
 public:
  // Binds and starts serving. Errors: kUnavailable, with the address and port.
  static Result<std::unique_ptr<Server>> create(Config config, Handlers handlers);
  // stop()
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // Accepts no more, closes WebSockets with 1000 and idle connections at once, lets answers under way finish for
  // `grace`, then drops what is left and joins the threads. Not from a handler. Again: does nothing.
  void stop(Duration grace = std::chrono::seconds(1));

  // Where it listens, in the order of Config::addresses (0.0.0.0 and then ::, if there are none), with the ports that
  // the kernel chose.
  const std::vector<SocketAddress>& addresses() const;
  std::size_t connections() const;

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// Percent-decoding with '+' as a space where `plus` says so (forms and queries). A bad escape stays as it is.
std::string url_decode(std::string_view text, bool plus);
// "a=1&b=2"; nothing is limited here but by the length of `text`.
Query parse_query(std::string_view text);

}  // namespace sfu::http
