// SPDX-License-Identifier: Apache-2.0
// The client against this folder's own server, over real sockets. TLS is tried in tests/conformance.
#include "http/websocket_client.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>

#include "http/testing.hpp"

using namespace sfu;
using namespace sfu::http;
using namespace sfu::http::testing;

namespace {

struct Heard {
  enum class What { kOpen, kMessage, kClose, kFailed } what;
  std::string text;
  int number = 0;
};

struct Listener {
  Mailbox<Heard> heard;

  WebSocketClientCallbacks callbacks() {
    return {
        .on_open = [this] { heard.put({Heard::What::kOpen, {}}); },
        .on_message = [this](std::string_view message,
                             bool binary) { heard.put({Heard::What::kMessage, std::string(message), binary}); },
        .on_close = [this](std::uint16_t code) { heard.put({Heard::What::kClose, {}, code}); },
        .on_failed = [this](int status,
                            std::string_view body) { heard.put({Heard::What::kFailed, std::string(body), status}); }};
  }
};

std::string url_of(const Server& server, const std::string& target) {
  return "ws://127.0.0.1:" + std::to_string(server.addresses()[0].port) + target;
}

std::unique_ptr<WebSocketClient> make_client(const WebSocketClientConfig& config = {}) {
  auto client = WebSocketClient::create(config);
  REQUIRE(client);
  return *std::move(client);
}

}  // namespace

TEST_CASE("messages of any size go both ways, with the headers and the query that were asked for") {
  Echo echo;
  const auto server = serve(echo.handlers());
  Listener listener;
  const auto client = make_client();
  const std::string large_query(20'000, 'q');
  const ClientSocket socket =
      client->open(url_of(*server, "/rtc?x=" + large_query), {{"Authorization", "Bearer t"}}, listener.callbacks());
  CHECK(listener.heard.take().what == Heard::What::kOpen);
  const Accepted accepted = echo.accepted.take();
  CHECK(*accepted.request.header("authorization") == "Bearer t");
  CHECK(*accepted.request.parameter("x") == large_query);
  for (const std::size_t size : {0U, 1U, 70'000U, 1'000'000U}) {
    socket.send_binary(std::string(size, 'm'));
    const Heard message = listener.heard.take();
    CHECK(message.what == Heard::What::kMessage);
    CHECK(message.number == 1);
    CHECK(message.text.size() == size);
  }
  socket.send_binary("last");
  socket.close();
  CHECK(echo.closed.take() == 1000);
}

TEST_CASE("what is sent before the connection stands waits for it") {
  Echo echo;
  const auto server = serve(echo.handlers());
  Listener listener;
  const auto client = make_client();
  const ClientSocket socket = client->open(url_of(*server, "/rtc"), {}, listener.callbacks());
  socket.send_binary("one");
  socket.send_binary("two");
  CHECK(listener.heard.take().what == Heard::What::kOpen);
  CHECK(listener.heard.take().text == "one");
  CHECK(listener.heard.take().text == "two");
}

TEST_CASE("a refusal comes with its status and body; what cannot be reached with 0") {
  Handlers handlers = echo();
  handlers.on_upgrade = [](const Request&, const Upgrade& upgrade) { upgrade.reject(401, "invalid API key"); };
  auto server = serve(std::move(handlers));
  const std::string url = url_of(*server, "/rtc");
  Listener listener;
  const auto client = make_client();
  const ClientSocket socket = client->open(url, {}, listener.callbacks());
  const Heard refused = listener.heard.take();
  CHECK(refused.what == Heard::What::kFailed);
  CHECK(refused.number == 401);
  CHECK(refused.text == "invalid API key");

  server.reset();
  for (const std::string& bad : {url, std::string("http://x"), std::string("ws://"), std::string("ws://h:port/")}) {
    CAPTURE(bad);
    (void)client->open(bad, {}, listener.callbacks());
    const Heard failed = listener.heard.take();
    CHECK(failed.what == Heard::What::kFailed);
    CHECK(failed.number == 0);
  }
}

TEST_CASE("the code of the server's close is told") {
  Echo echo;
  const auto server = serve(echo.handlers());
  Listener listener;
  const auto client = make_client();
  (void)client->open(url_of(*server, "/rtc"), {}, listener.callbacks());
  CHECK(listener.heard.take().what == Heard::What::kOpen);
  echo.accepted.take().socket.close(1000);
  const Heard closed = listener.heard.take();
  CHECK(closed.what == Heard::What::kClose);
  CHECK(closed.number == 1000);
}

TEST_CASE("after close() and after the client has gone no callback comes") {
  Echo echo;
  const auto server = serve(echo.handlers());
  std::atomic<int> calls = 0;
  {
    const auto client = make_client();
    WebSocketClientCallbacks callbacks;
    callbacks.on_message = [&](std::string_view, bool) { ++calls; };
    callbacks.on_close = [&](std::uint16_t) { ++calls; };
    const ClientSocket socket = client->open(url_of(*server, "/rtc"), {}, callbacks);
    const Accepted accepted = echo.accepted.take();
    socket.close();
    accepted.socket.send_text("too late");
  }
  CHECK(calls == 0);
}

TEST_CASE("a handle may outlive its connection and its client, which does not wait for one that was refused") {
  Handlers handlers = echo();
  handlers.on_upgrade = [](const Request&, const Upgrade& upgrade) { upgrade.reject(401, "no"); };
  const auto server = serve(std::move(handlers));
  Listener listener;
  ClientSocket socket;
  const auto begin = std::chrono::steady_clock::now();
  {
    const auto client = make_client();
    socket = client->open(url_of(*server, "/rtc"), {}, listener.callbacks());
    CHECK(listener.heard.take().number == 401);
  }
  CHECK(std::chrono::steady_clock::now() - begin < 5s);  // far less than the 15 s that opening may take
  socket.send_binary("to nobody");
  socket.close();
}
