// SPDX-License-Identifier: Apache-2.0
// Over real sockets, with a client so small that it can be as rude as it likes.
#include "http/http.hpp"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <malloc.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/bytes.hpp"

using namespace sfu;
using namespace sfu::http;
using namespace std::chrono_literals;

namespace {

class Client {
 public:
  explicit Client(std::uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
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

Config on_loopback() {
  Config config;
  config.addresses = {{IpAddress::v4({127, 0, 0, 1}), 0}};
  return config;
}

std::unique_ptr<Server> serve(Handlers handlers, Config config = on_loopback()) {
  auto server = Server::create(std::move(config), std::move(handlers));
  REQUIRE(server.has_value());
  return *std::move(server);
}

// Answers with what it understood.
Handlers echo() {
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

}  // namespace

TEST_CASE("a request arrives with its method, decoded path, query and body, and is answered with its type") {
  const auto server = serve(echo());
  Client client(server->addresses()[0].port);
  const auto answer = client.get("/a%20b/c+d?x=1%262&y=a+b&empty&=v");
  CHECK(answer.status == 200);
  CHECK(answer.body == "GET /a b/c+d|x=1&2|y=a b|empty=|=v");
  CHECK(answer.field("Content-Type") == "text/plain; charset=utf-8");
  client.send("POST /twirp HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
  CHECK(client.read_answer().body == "POST /twirp#5");
  client.send("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
  CHECK(client.read_answer().body == "POST /c#3");
  CHECK(client.get("http://proxy.example/absolute?q=1").body == "GET /absolute|q=1");
}

TEST_CASE("a path that begins with two slashes loses one") {
  const auto server = serve(echo());
  Client client(server->addresses()[0].port);
  CHECK(client.get("//rtc/validate?a=1").body == "GET /rtc/validate|a=1");
  CHECK(client.get("///x").body == "GET //x");
}

TEST_CASE("HEAD has GET's length and no body, and the connection goes on") {
  const auto server = serve(echo());
  Client client(server->addresses()[0].port);
  client.send("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto answer = client.read_answer(false);
  CHECK(answer.status == 200);
  CHECK(answer.field("Content-Length") == "7");
  CHECK(client.get("/next").body == "GET /next");
}

TEST_CASE("requests in one packet are answered one after another, and Connection: close is obeyed") {
  const auto server = serve(echo());
  Client client(server->addresses()[0].port);
  client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(client.read_answer().body == "GET /1");
  CHECK(client.read_answer().body == "GET /2");
  CHECK(client.rest().empty());
}

TEST_CASE("any origin is allowed on every answer, and preflights never reach the handler") {
  const auto server = serve(echo());
  Client client(server->addresses()[0].port);
  CHECK(client.get("/").field("Access-Control-Allow-Origin") == "*");
  const auto answer = client.get("/", "Origin: https://app.example\r\n");
  CHECK(answer.field("Access-Control-Allow-Origin") == "https://app.example");
  CHECK(answer.field("Access-Control-Expose-Headers") == "*");
  CHECK(answer.field("Vary") == "Origin");
  client.send(
      "OPTIONS /twirp HTTP/1.1\r\nHost: x\r\nOrigin: https://app.example\r\nAccess-Control-Request-Method: PATCH\r\n"
      "Access-Control-Request-Headers: authorization, x-mine\r\n\r\n");
  const auto preflight = client.read_answer();
  CHECK(preflight.status == 204);
  CHECK(preflight.field("Access-Control-Allow-Origin") == "https://app.example");
  CHECK(preflight.field("Access-Control-Allow-Methods") == "OPTIONS, HEAD, GET, POST, PATCH, DELETE");
  CHECK(preflight.field("Access-Control-Allow-Headers") == "authorization, x-mine");
  CHECK(preflight.field("Access-Control-Max-Age") == "86400");
  CHECK(client.get("/after").body == "GET /after");
}

TEST_CASE("a request line near a megabyte is accepted, and one beyond it is answered 431") {
  const auto server = serve(echo());
  {
    Client client(server->addresses()[0].port);
    const auto answer = client.get("/rtc/v1?join_request=" + std::string(1'000'000, 'x'));
    CHECK(answer.status == 200);
    CHECK(answer.body.size() == std::string_view("GET /rtc/v1|join_request=").size() + 1'000'000);
  }
  Client client(server->addresses()[0].port);
  CHECK(client.get("/?" + std::string(1'100'000, 'x')).status == 431);
}

TEST_CASE("a body beyond 10 MiB is answered 413, whether its length was announced or not") {
  const auto server = serve(echo());
  {
    Client client(server->addresses()[0].port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10485760\r\n\r\n" + std::string(10485760, 'x'));
    CHECK(client.read_answer().body == "POST /#10485760");
  }
  {
    Client client(server->addresses()[0].port);
    client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10485761\r\n\r\n" + std::string(100'000, 'x'));
    CHECK(client.read_answer().status == 413);
  }
  Client client(server->addresses()[0].port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 11 && client.send("100000\r\n" + std::string(0x100000, 'x') + "\r\n"); ++i) {
  }
  CHECK(client.read_answer().status == 413);
}

TEST_CASE("what is not HTTP is answered 400 and the connection closed") {
  const auto server = serve(echo());
  Client client(server->addresses()[0].port);
  client.send("\x16\x03\x01 this is TLS, or nothing\r\n\r\n");
  CHECK(client.read_answer().status == 400);
  CHECK(client.rest().empty());
}

TEST_CASE("a client that asks before it sends a body is told to go on") {
  const auto server = serve(echo());
  Client client(server->addresses()[0].port);
  client.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n").starts_with("HTTP/1.1 100"));
  client.send("ok");
  CHECK(client.read_answer().body == "POST /#2");
}

TEST_CASE("an answer may come later from another thread, and a forgotten one is 500") {
  Mailbox<Responder> asked;
  Handlers handlers;
  handlers.on_request = [&](Request request, Responder respond) {
    if (request.path == "/later") asked.put(std::move(respond));
  };
  const auto server = serve(std::move(handlers));
  Client client(server->addresses()[0].port);
  std::thread other([&] {
    Response response;
    response.status = 202;
    response.headers = {{"X-Mine", "yes"}};
    const Responder respond = asked.take();
    respond(response);
    respond(response);  // the second answer counts for nothing
  });
  const auto answer = client.get("/later");
  other.join();
  CHECK(answer.status == 202);
  CHECK(answer.field("X-Mine") == "yes");
  CHECK(client.get("/forgotten").status == 500);
}

TEST_CASE("answers to clients that have gone, and after the server has, do nothing") {
  Mailbox<Responder> asked;
  Mailbox<Upgrade> upgrades;
  Handlers handlers;
  handlers.on_request = [&](Request, Responder respond) { asked.put(std::move(respond)); };
  handlers.on_upgrade = [&](Request, Upgrade upgrade) { upgrades.put(std::move(upgrade)); };
  auto server = serve(std::move(handlers));
  auto client = std::make_unique<Client>(server->addresses()[0].port);
  client->send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const Responder first = asked.take();
  client.reset();
  first({});
  Client other(server->addresses()[0].port);
  other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const Responder second = asked.take();
  Client third(server->addresses()[0].port);
  third.send(
      "GET /rtc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  const Upgrade upgrade = upgrades.take();
  server->stop(0s);
  server.reset();
  second({});
  bool failed = false;
  upgrade.accept({}, {}, [&] { failed = true; });
  CHECK(failed);
}

TEST_CASE("an upgrade may be refused with a status and an exact body") {
  Handlers handlers = echo();
  handlers.on_upgrade = [](Request, Upgrade upgrade) { upgrade.reject(401, "invalid API key"); };
  const auto server = serve(std::move(handlers));
  Client client(server->addresses()[0].port);
  const auto answer = client.upgrade("/rtc", "Origin: https://app.example\r\n");
  CHECK(answer.status == 401);
  CHECK(answer.body == "invalid API key");
  CHECK(answer.field("Access-Control-Allow-Origin") == "https://app.example");
  CHECK(client.get("/still").body == "GET /still");
}

TEST_CASE("WebSocket messages come back with their type, across fragments and lengths") {
  Echo echo;
  const auto server = serve(echo.handlers());
  Client client(server->addresses()[0].port);
  const auto answer = client.upgrade("//rtc?access_token=t", "Authorization: Bearer x\r\nOrigin: null\r\n");
  REQUIRE(answer.status == 101);
  CHECK(answer.field("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");  // RFC 6455 1.3
  const Accepted accepted = echo.accepted.take();
  CHECK(accepted.request.path == "/rtc");
  CHECK(*accepted.request.parameter("access_token") == "t");
  CHECK(*accepted.request.header("authorization") == "Bearer x");
  CHECK(accepted.request.header("nothing") == nullptr);
  CHECK(accepted.request.remote.ip.is_loopback());
  for (const std::size_t size : {0, 1, 125, 126, 65535, 65536, 500'000}) {
    const std::string payload(size, 'p');
    client.send_frame(2, payload);
    const auto frame = client.read_frame();
    CHECK(frame.opcode == 2);
    CHECK(frame.payload == payload);
  }
  client.send_frame(1, "te", 0);
  client.send_frame(9, "ping");  // control frames may come between (RFC 6455 5.4)
  client.send_frame(0, "xt");
  CHECK(client.read_frame().opcode == 10);
  const auto text = client.read_frame();
  CHECK(text.opcode == 1);
  CHECK(text.payload == "text");
}

TEST_CASE("a close by the client is answered, and told with its code") {
  Echo echo;
  const auto server = serve(echo.handlers());
  Client client(server->addresses()[0].port);
  REQUIRE(client.upgrade("/rtc").status == 101);
  client.send_frame(8, std::string_view("\x03\xE9", 2));  // 1001
  const auto frame = client.read_frame();
  CHECK(frame.opcode == 8);
  CHECK(frame.close_code() == 1001);
  CHECK(echo.closed.take() == 1001);
  CHECK(client.rest().empty());
}

TEST_CASE("a broken connection is told as 1006") {
  Echo echo;
  const auto server = serve(echo.handlers());
  auto client = std::make_unique<Client>(server->addresses()[0].port);
  REQUIRE(client->upgrade("/rtc").status == 101);
  client.reset();
  CHECK(echo.closed.take() == 1006);
}

TEST_CASE("a close from another thread goes out after what was queued, with code 1000 and no reason") {
  Echo echo;
  const auto server = serve(echo.handlers());
  Client client(server->addresses()[0].port);
  REQUIRE(client.upgrade("/rtc").status == 101);
  const WebSocket socket = echo.accepted.take().socket;
  socket.send_binary("last words");
  socket.close();
  socket.send_binary("too late");
  CHECK(client.read_frame().payload == "last words");
  const auto frame = client.read_frame();
  CHECK(frame.opcode == 8);
  CHECK(frame.close_code() == 1000);
  CHECK(frame.payload.size() == 2);
  client.send_frame(8, frame.payload);
  CHECK(echo.closed.take() == 1000);
  CHECK(client.rest().empty());
  socket.send_text("long gone");
}

TEST_CASE("a client that never answers our close is cut off after the close timeout") {
  Echo echo;
  Config config = on_loopback();
  config.close_timeout = 50ms;
  const auto server = serve(echo.handlers(), std::move(config));
  Client client(server->addresses()[0].port);
  REQUIRE(client.upgrade("/rtc").status == 101);
  echo.accepted.take().socket.close(4000, "why");
  const auto frame = client.read_frame();
  CHECK(frame.close_code() == 4000);
  CHECK(frame.payload.substr(2) == "why");
  CHECK(echo.closed.take() == 4000);
  CHECK(client.rest().empty());
}

TEST_CASE("a message beyond the limit is answered with close code 1009") {
  Echo echo;
  const auto server = serve(echo.handlers());
  Client client(server->addresses()[0].port);
  REQUIRE(client.upgrade("/rtc").status == 101);
  client.send_frame(2, std::string(2 << 20, 'x'));
  CHECK(client.read_frame().payload.size() == 2 << 20);
  client.send_frame(2, std::string((2 << 20) + 1, 'x'));
  const auto frame = client.read_frame();
  CHECK(frame.opcode == 8);
  CHECK(frame.close_code() == 1009);
  CHECK(echo.closed.take() == 1009);
}

TEST_CASE("permessage-deflate is taken when offered, and long messages use it") {
  Echo echo;
  const auto server = serve(echo.handlers());
  Client client(server->addresses()[0].port);
  const auto answer =
      client.upgrade("/rtc", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
  REQUIRE(answer.status == 101);
  CHECK(answer.field("Sec-WebSocket-Extensions").starts_with("permessage-deflate"));
  // "Hello" as in RFC 7692 7.2.3.1, compressed (RSV1), comes back plain because it is short.
  client.send_frame(1, std::string_view("\xf2\x48\xcd\xc9\xc9\x07\x00", 7), 0xC0);
  CHECK(client.read_frame().payload == "Hello");
  const std::string long_message(20'000, 'z');
  client.send_frame(2, long_message);
  CHECK(client.read_frame().payload.size() < 1000);
}

TEST_CASE("the server pings, and does not mind a client that keeps silent") {
  Echo echo;
  Config config = on_loopback();
  config.ping_interval = 5ms;
  const auto server = serve(echo.handlers(), std::move(config));
  Client client(server->addresses()[0].port);
  REQUIRE(client.upgrade("/rtc").status == 101);
  for (int i = 0; i < 5; ++i) CHECK(client.read_frame().opcode == 9);
}

TEST_CASE("a reader that takes nothing is dropped when its queue is full, and others do not notice") {
  Echo echo;
  Config config = on_loopback();
  config.websocket_queue_limit = 1 << 20;
  const auto server = serve(echo.handlers(), std::move(config));
  Client slow(server->addresses()[0].port);
  REQUIRE(slow.upgrade("/rtc").status == 101);
  const WebSocket socket = echo.accepted.take().socket;
  // More than the kernel's buffers hold, and then our megabyte.
  for (int i = 0; i < 400; ++i) socket.send_binary(std::string(100'000, 'x'));
  CHECK(echo.closed.take() == 1006);
  Client other(server->addresses()[0].port);
  CHECK(other.get("/other").body == "GET /other");
}

TEST_CASE("a port in use is refused with its address and number") {
  const auto server = serve(echo());
  Config config;
  config.addresses = server->addresses();
  const auto second = Server::create(std::move(config), echo());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == Errc::kAlreadyExists);
  CHECK(second.error().message.find(server->addresses()[0].to_string()) != std::string::npos);
}

TEST_CASE("beyond the limit of connections a new one is closed, and its place is free again when one leaves") {
  Config config = on_loopback();
  config.connection_limit = 1;
  const auto server = serve(echo(), std::move(config));
  {
    Client first(server->addresses()[0].port);
    CHECK(first.get("/").status == 200);
    Client second(server->addresses()[0].port);
    CHECK(second.rest().empty());
    first.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    first.rest();
  }
  int status = 0;
  for (int i = 0; i < 1000 && status != 200; ++i) {
    Client third(server->addresses()[0].port);
    status = third.get("/").status;
  }
  CHECK(status == 200);
}

TEST_CASE("stopping closes WebSockets with 1000, idle connections at once, and lets an answer under way finish") {
  Echo echo;
  Mailbox<Responder> asked;
  Handlers handlers = echo.handlers();
  handlers.on_request = [&](Request request, Responder respond) {
    if (request.path == "/slow") return asked.put(std::move(respond));
    respond({});
  };
  const auto server = serve(std::move(handlers));
  const std::uint16_t port = server->addresses()[0].port;
  Client web_socket(port);
  REQUIRE(web_socket.upgrade("/rtc").status == 101);
  Client idle(port);
  CHECK(idle.get("/").status == 200);
  Client busy(port);
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  const Responder respond = asked.take();
  std::thread stopper([&] { server->stop(10s); });
  CHECK(idle.rest().empty());
  const auto frame = web_socket.read_frame();
  CHECK(frame.opcode == 8);
  CHECK(frame.close_code() == 1000);
  web_socket.send_frame(8, frame.payload);
  CHECK(echo.closed.take() == 1000);
  Response response;
  response.body = "done";
  respond(response);
  const auto answer = busy.read_answer();
  CHECK(answer.body == "done");
  CHECK(answer.field("Connection") == "close");
  CHECK(busy.rest().empty());
  stopper.join();
  CHECK(server->connections() == 0);
}

TEST_CASE("many clients at once on several threads are all served") {
  Echo echo;
  Config config = on_loopback();
  config.threads = 3;
  const auto server = serve(echo.handlers(), std::move(config));
  std::vector<std::thread> threads;
  std::atomic<int> good = 0;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) {
        Client client(server->addresses()[0].port);
        if (client.get("/x").body == "GET /x") ++good;
        if (client.upgrade("/rtc").status != 101) continue;
        client.send_frame(1, "hi");
        if (client.read_frame().payload == "hi") ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(good == 80);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)  // they count allocations their own way
TEST_CASE("an idle WebSocket costs little memory") {
  constexpr std::size_t kSockets = 100;
  Echo echo;
  const auto server = serve(echo.handlers());
  std::vector<std::unique_ptr<Client>> clients;
  std::vector<WebSocket> sockets;
  std::size_t before = 0;
  for (std::size_t i = 0; i <= kSockets; ++i) {
    if (i == 1) before = mallinfo2().uordblks;  // the first one brings what they share
    clients.push_back(std::make_unique<Client>(server->addresses()[0].port));
    const auto answer = clients.back()->upgrade(
        "/rtc?" + std::string(5000, 'q'), "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
    REQUIRE(answer.status == 101);
    sockets.push_back(echo.accepted.take().socket);
    clients.back()->send_frame(2, std::string(3000, 'm'));
    CHECK(clients.back()->read_frame().opcode == 2);
  }
  const std::size_t each = (mallinfo2().uordblks - before) / kSockets;
  MESSAGE("bytes for each idle WebSocket, both ends: ", each);
  CHECK(each < 60'000);
}
#endif

TEST_CASE("bad escapes in a URL stay as they are") {
  CHECK(url_decode("%41%zz%4", false) == "A%zz%4");
  CHECK(url_decode("a+b%2B", true) == "a b+");
  CHECK(parse_query("").empty());
  CHECK(parse_query("&&a&b=").size() == 2);
}
