// SPDX-License-Identifier: Apache-2.0
// For the tests of this layer: a client so small that it can be as rude as it likes, and handlers that echo.
#pragma once

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "base/bytes.hpp"
#include "http/http.hpp"

namespace sfu::http::testing {

using namespace std::chrono_literals;

class Client {
 public:
  // `from`: a loopback address of its own, such as 127.0.0.2.
  explicit Client(std::uint16_t port, std::uint32_t from = INADDR_LOOPBACK)
      : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(from);
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own) == 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval limit{10, 0};  // a hang is a failure, not a stopped test run
    setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    REQUIRE(connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0);
  }
  ~Client() { close(socket_); }
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // False when the server has gone.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Exactly `size` bytes, or fewer at the end.
  std::string read(std::size_t size) {
    while (buffer_.size() < size && fill()) {
    }
    return take(std::min(size, buffer_.size()));
  }
  std::string read_until(std::string_view mark) {
    std::size_t at = std::string::npos;
    while ((at = buffer_.find(mark)) == std::string::npos && fill()) {
    }
    return take(at == std::string::npos ? buffer_.size() : at + mark.size());
  }
  std::string rest() {
    while (fill()) {
    }
    return take(buffer_.size());
  }

  struct Answer {
    int status = 0;
    std::string head;
    std::string body;
    std::string field(std::string_view name) const {
      const std::size_t at = head.find("\r\n" + std::string(name) + ": ");
      if (at == std::string::npos) return {};
      const std::size_t begin = at + name.size() + 4;
      return head.substr(begin, head.find('\r', begin) - begin);
    }
  };
  Answer read_answer(bool with_body = true) {
    Answer answer;
    answer.head = read_until("\r\n\r\n");
    if (answer.head.size() > 12) answer.status = std::atoi(answer.head.c_str() + 9);
    if (with_body) answer.body = read(static_cast<std::size_t>(std::atoll(answer.field("Content-Length").c_str())));
    return answer;
  }
  Answer get(std::string_view target, std::string_view fields = {}) {
    send("GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(fields) + "\r\n");
    return read_answer();
  }

  Answer upgrade(std::string_view target, std::string_view fields = {}) {
    send("GET " + std::string(target) +
         " HTTP/1.1\r\nHost: test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
         "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" +
         std::string(fields) + "\r\n");
    Answer answer = read_answer(false);
    if (answer.status != 101)
      answer.body = read(static_cast<std::size_t>(std::atoi(answer.field("Content-Length").c_str())));
    return answer;
  }
  // A masked frame (RFC 6455 5.2), with a mask of zeros.
  bool send_frame(int opcode, std::string_view payload, int first_bits = 0x80) {
    std::string frame(1, static_cast<char>(first_bits | opcode));
    std::uint8_t length[8];
    if (payload.size() < 126) {
      frame.push_back(static_cast<char>(0x80 | payload.size()));
    } else if (payload.size() < 65536) {
      frame.push_back(static_cast<char>(0x80 | 126));
      store_be16(length, static_cast<std::uint16_t>(payload.size()));
      frame.append(reinterpret_cast<char*>(length), 2);
    } else {
      frame.push_back(static_cast<char>(0x80 | 127));
      store_be64(length, payload.size());
      frame.append(reinterpret_cast<char*>(length), 8);
    }
    frame.append(4, '\0');
    return send(frame + std::string(payload));
  }
  struct Frame {
    int opcode = -1;  // -1: the connection ended
    std::string payload;
    std::uint16_t close_code() const {
      return payload.size() < 2 ? 0 : load_be16(reinterpret_cast<const std::uint8_t*>(payload.data()));
    }
  };
  Frame read_frame() {
    Frame frame;
    const std::string head = read(2);
    if (head.size() < 2) return frame;
    std::size_t size = static_cast<std::uint8_t>(head[1]) & 0x7FU;
    if (size >= 126) {
      const std::string longer = read(size == 126 ? 2 : 8);
      size = 0;
      for (const char c : longer) size = size << 8 | static_cast<std::uint8_t>(c);
    }
    frame.opcode = head[0] & 0x0F;
    frame.payload = read(size);
    return frame;
  }

 private:
  bool fill() {
    char bytes[16384];
    const ssize_t size = recv(socket_, bytes, sizeof bytes, 0);
    if (size <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }
  std::string take(std::size_t size) {
    std::string front = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return front;
  }

  int socket_;
  std::string buffer_;
};

// What handlers on the server's thread tell the test.
template <typename T>
class Mailbox {
 public:
  void put(T value) {
    const std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    ready_.notify_all();
  }
  T take() {
    std::unique_lock lock(mutex_);
    REQUIRE(ready_.wait_for(lock, 10s, [this] { return !values_.empty(); }));
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }

 private:
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<T> values_;
};

inline Config on_loopback() {
  Config config;
  config.addresses = {{IpAddress::v4({127, 0, 0, 1}), 0}};
  return config;
}

inline std::unique_ptr<Server> serve(Handlers handlers, Config config = on_loopback()) {
  auto server = Server::create(std::move(config), std::move(handlers));
  REQUIRE(server.has_value());
  return *std::move(server);
}

// Answers with what it understood.
inline Handlers echo() {
  Handlers handlers;
  handlers.on_request = [](Request request, Responder respond) {
    Response response;
    response.body = request.method + " " + request.path;
    for (const auto& [name, value] : request.query) response.body += "|" + name + "=" + value;
    if (!request.body.empty()) response.body += "#" + std::to_string(request.body.size());
    respond(std::move(response));
  };
  return handlers;
}

struct Accepted {
  WebSocket socket;
  Request request;
};

// Accepts every upgrade at once; messages come back as they were.
struct Echo {
  Mailbox<Accepted> accepted;
  Mailbox<std::uint16_t> closed;

  Handlers handlers() {
    Handlers handlers = echo();
    handlers.on_upgrade = [this](Request request, Upgrade upgrade) {
      auto socket = std::make_shared<WebSocket>();
      WebSocketCallbacks callbacks;
      callbacks.on_message = [socket](std::string_view message, bool binary) {
        binary ? socket->send_binary(std::string(message)) : socket->send_text(std::string(message));
      };
      callbacks.on_close = [this](std::uint16_t code) { closed.put(code); };
      upgrade.accept(std::move(callbacks), [this, socket, request](WebSocket opened) {
        *socket = opened;
        accepted.put({opened, request});
      });
    };
    return handlers;
  }
};

}  // namespace sfu::http::testing
