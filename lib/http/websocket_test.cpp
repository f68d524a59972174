// SPDX-License-Identifier: Apache-2.0
// Over real sockets.
#include <doctest/doctest.h>
#include <malloc.h>

#include <thread>

#include "http/testing.hpp"

using namespace sfu;
using namespace sfu::http;
using namespace sfu::http::testing;

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
