// SPDX-License-Identifier: Apache-2.0
// Over real sockets.
#include <doctest/doctest.h>
#include <malloc.h>

#include <thread>

#include "http/testing.hpp"

using namespace sfu;
using namespace sfu::http;
using namespace sfu::http::testing;

namespace {

constexpr int kFinal = 0x80;  // bits of a frame's first byte (RFC 6455 5.2, RFC 7692 6)
constexpr int kCompressed = 0x40;

// So many zeros in fixed Huffman codes (RFC 1951 3.2.6), 13 bits for 258 of them, as permessage-deflate wants it.
std::string deflated_zeros(std::size_t size) {
  std::string bytes;
  int used = 8;
  const auto put = [&](unsigned bits, int count) {  // the first one is the highest
    while (count-- > 0) {
      if (used == 8) {
        bytes.push_back('\0');
        used = 0;
      }
      bytes.back() = static_cast<char>(static_cast<unsigned char>(bytes.back()) | ((bits >> count & 1) << used++));
    }
  };
  put(0b010, 3);       // not the last block; fixed codes
  put(0b00110000, 8);  // a literal 0
  for (--size; size >= 258; size -= 258) {
    put(0b11000101, 8);  // the longest match ...
    put(0, 5);           // ... of what was one before
  }
  for (; size > 0; --size) put(0b00110000, 8);
  put(0, 7);  // end of block
  put(0, 3);  // an empty block, whose length goes without saying (RFC 7692 7.2.1)
  return bytes;
}

// So many bytes in stored blocks (RFC 1951 3.2.4): a little more than before.
std::string deflated_stored(std::size_t size) {
  std::string bytes;
  while (size > 0) {
    const auto length = static_cast<std::uint16_t>(std::min<std::size_t>(60'000, size));
    const auto check = static_cast<std::uint16_t>(~length);
    for (const int byte : {0, length & 0xff, length >> 8, check & 0xff, check >> 8}) {
      bytes.push_back(static_cast<char>(byte));
    }
    bytes.append(length, 'x');
    size -= length;
  }
  return bytes + '\0';
}

}  // namespace

TEST_CASE("an upgrade may be refused with a status and an exact body") {
  Handlers handlers = echo();
  handlers.on_upgrade = [](const Request&, const Upgrade& upgrade) { upgrade.reject(401, "invalid API key"); };
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

TEST_CASE("[S-010] a message beyond the limit is answered with close code 1009, in one frame or in several") {
  for (const bool fragmented : {false, true}) {
    Echo echo;
    const auto server = serve(echo.handlers());
    Client client(server->addresses()[0].port);
    REQUIRE(client.upgrade("/rtc").status == 101);
    client.send_frame(2, std::string(2 << 20, 'x'), fragmented ? 0 : kFinal);
    if (fragmented) client.send_frame(0, {}, kFinal);
    CHECK(client.read_frame().payload.size() == 2 << 20);
    client.send_frame(2, std::string((2 << 20) + (fragmented ? 0 : 1), 'x'), fragmented ? 0 : kFinal);
    if (fragmented) client.send_frame(0, "x", kFinal);
    const auto frame = client.read_frame();
    CHECK(frame.opcode == 8);
    CHECK(frame.close_code() == 1009);
    client.send_frame(8, frame.payload);
    CHECK(echo.closed.take() == 1009);
  }
}

TEST_CASE(
    "[S-010] a small compressed message that inflates beyond the limit is closed with 1000, a large one with 1009") {
  constexpr std::size_t kLimit = 2 << 20;
  struct Case {
    std::string frame;
    std::uint16_t code;  // 0: comes back
  };
  const Case cases[] = {{deflated_zeros(kLimit), 0},        {deflated_zeros(kLimit + 1), 1000},
                        {deflated_zeros(3 * kLimit), 1000}, {deflated_zeros(100 * kLimit), 1000},
                        {deflated_stored(kLimit / 2), 0},   {deflated_stored(3 * kLimit), 1009}};
  for (const Case& one : cases) {
    CAPTURE(one.frame.size());
    Echo echo;
    const auto server = serve(echo.handlers());
    Client client(server->addresses()[0].port);
    const auto answer =
        client.upgrade("/rtc", "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n");
    REQUIRE(answer.field("Sec-WebSocket-Extensions").starts_with("permessage-deflate"));
    client.send_frame(2, one.frame, kFinal | kCompressed);
    const auto frame = client.read_frame();
    if (one.code == 0) {
      CHECK(frame.opcode == 2);
      continue;
    }
    CHECK(frame.opcode == 8);
    CHECK(frame.close_code() == one.code);
    client.send_frame(8, frame.payload);
    CHECK(echo.closed.take() == one.code);
  }
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

TEST_CASE("[S-012] the server pings, each ten seconds unless told otherwise, and does not mind a client's silence") {
  CHECK(Config().ping_interval == 10s);
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

TEST_CASE("stopping closes WebSockets with 1000, idle connections at once, and lets an answer under way finish") {
  Echo echo;
  Mailbox<Responder> asked;
  Handlers handlers = echo.handlers();
  handlers.on_request = [&](const Request& request, Responder respond) {
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

#ifndef SFU_SANITIZED  // sanitizers count allocations their own way
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
