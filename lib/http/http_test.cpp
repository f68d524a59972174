// SPDX-License-Identifier: Apache-2.0
// Over real sockets.
#include <doctest/doctest.h>

#include <thread>

#include "http/testing.hpp"

using namespace sfu;
using namespace sfu::http;
using namespace sfu::http::testing;

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

TEST_CASE("[S-008] a request line near a megabyte is accepted, and one beyond it is answered 431") {
  const auto server = serve(echo());
  {
    Client client(server->addresses()[0].port);
    const auto answer = client.get("/rtc/v1?join_request=" + std::string(1'000'000, 'x'));
    CHECK(answer.status == 200);
    CHECK(answer.body.size() == std::string_view("GET /rtc/v1|join_request=").size() + 1'000'000);
  }
  {
    Client client(server->addresses()[0].port);
    CHECK(client.get("/?" + std::string(1'100'000, 'x')).status == 431);
  }
  // One field may have 64 kB, all of them a megabyte.
  Client client(server->addresses()[0].port);
  std::string fields;
  for (int i = 0; i < 15; ++i) fields += "X-" + std::to_string(i) + ": " + std::string(60'000, 'x') + "\r\n";
  CHECK(client.get("/long", fields).status == 200);
  CHECK(client.get("/too/long", "X: " + std::string(70'000, 'x') + "\r\n").status == 431);
  CHECK(Client(server->addresses()[0].port).get("/", std::string(70'000, 'n') + ": x\r\n").status == 431);
  CHECK(Client(server->addresses()[0].port).get("/").status == 200);
}

TEST_CASE("a body beyond 10 MiB is answered 413 if its length was announced; else the handler learns that it is cut") {
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
  Handlers handlers;
  handlers.on_request = [](const Request& request, const Responder& respond) {
    respond({.body = request.path + (request.body_is_cut ? " cut" : " whole") + std::to_string(request.body.size())});
  };
  const auto other = serve(std::move(handlers));
  Client client(other->addresses()[0].port);
  client.send("POST /chunks HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 11 && client.send("100000\r\n" + std::string(0x100000, 'x') + "\r\n"); ++i) {
  }
  CHECK(client.read_answer().body == "/chunks cut0");
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
  handlers.on_request = [&](const Request& request, Responder respond) {
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
  handlers.on_request = [&](const Request&, Responder respond) { asked.put(std::move(respond)); };
  handlers.on_upgrade = [&](const Request&, Upgrade upgrade) { upgrades.put(std::move(upgrade)); };
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

TEST_CASE("a port in use is refused with its address and number") {
  const auto server = serve(echo());
  Config config;
  config.addresses = server->addresses();
  const auto second = Server::create(std::move(config), echo());
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().code == Errc::kUnavailable);
  CHECK(second.error().message.find(server->addresses()[0].to_string()) != std::string::npos);
}

TEST_CASE("beyond the limit of connections, where all are in use, a new one is closed until one of them leaves") {
  Config config = on_loopback();
  config.connection_limit = 1;
  Echo echo;
  const auto server = serve(echo.handlers(), std::move(config));
  {
    Client first(server->addresses()[0].port);
    CHECK(first.upgrade("/rtc").status == 101);
    Client second(server->addresses()[0].port);
    CHECK(second.rest().empty());
  }
  echo.closed.take();
  Client third(server->addresses()[0].port);
  CHECK(third.get("/").status == 200);
}

TEST_CASE("a stranger who connects without end, and sends a request a byte at a time, does not keep others out") {
  constexpr std::uint32_t kStranger = INADDR_LOOPBACK + 1;
  Config config = on_loopback();
  config.connection_limit = 4;
  const auto server = serve(echo(), std::move(config));
  const std::uint16_t port = server->addresses()[0].port;
  Client friendly(port);
  CHECK(friendly.get("/").status == 200);
  std::deque<Client> slow;
  for (int i = 0; i < 20; ++i) REQUIRE(slow.emplace_back(port, kStranger).send("GET / HT"));
  Client another(port);
  CHECK(another.get("/").status == 200);
  CHECK(friendly.get("/").status == 200);
  for (int i = 0; i < 18; ++i) CHECK(slow[static_cast<std::size_t>(i)].rest().empty());
  for (Client& last : {std::ref(slow[18]), std::ref(slow[19])}) {
    CHECK(last.send("TP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(last.read_answer().status == 200);
  }
}

TEST_CASE("what does not come in time is not waited for: a request, its header, its body") {
  Config config = on_loopback();
  std::string begun;
  SUBCASE("no request at all") {
    config.idle_timeout = 50ms;
  }
  SUBCASE("the header") {
    config.header_timeout = 50ms;
    begun = "GET / HTTP/1.1\r\nHost: x\r\n";
  }
  SUBCASE("the header of an upgrade") {
    config.header_timeout = 50ms;
    begun = "GET /rtc HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Ver";
  }
  SUBCASE("the body") {
    config.idle_timeout = 50ms;
    begun = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123";
  }
  SUBCASE("the body in chunks") {
    config.idle_timeout = 50ms;
    begun = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
  }
  const auto server = serve(echo(), std::move(config));
  Client client(server->addresses()[0].port);
  client.send(begun);
  CHECK(client.rest().empty());
}

TEST_CASE("many clients at once on several threads are all served") {
  Echo echo;
  Config config = on_loopback();
  config.threads = 3;
  const auto server = serve(echo.handlers(), std::move(config));
  std::vector<std::thread> threads;
  threads.reserve(4);
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

TEST_CASE("bad escapes in a URL stay as they are") {
  CHECK(url_decode("%41%zz%4", false) == "A%zz%4");
  CHECK(url_decode("a+b%2B", true) == "a b+");
  CHECK(parse_query("").empty());
  CHECK(parse_query("&&a&b=").size() == 2);
}
