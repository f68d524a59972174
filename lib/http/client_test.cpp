// SPDX-License-Identifier: Apache-2.0
// The client against this folder's own server, over real sockets. TLS is tried in tests/conformance.
#include "http/client.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <map>
#include <optional>
#include <thread>

#include "http/retry_after.hpp"
#include "http/testing.hpp"
#include "http/url.hpp"

using namespace sfu;
using namespace sfu::http;
using namespace sfu::http::testing;

namespace {

struct Poster {
  explicit Poster(const ClientConfig& config = {}) : client(*http::Client::create(config)) {}

  void begin(const std::string& url, std::string body = "body", Headers headers = {}) {
    client->post(url, std::move(headers), std::move(body), [this](auto result) { results.put(std::move(result)); });
  }
  Result<ClientResponse> post(const std::string& url, std::string body = "body", Headers headers = {}) {
    begin(url, std::move(body), std::move(headers));
    return results.take();
  }

  Mailbox<Result<ClientResponse>> results;
  std::unique_ptr<http::Client> client;  // first to go: it may still tell
};

std::string url_of(const Server& server, const std::string& target = "/hook") {
  return "http://127.0.0.1:" + std::to_string(server.addresses()[0].port) + target;
}

Handlers answering(std::function<Response(const Request&)> answer) {
  Handlers handlers;
  handlers.on_request = [answer = std::move(answer)](const Request& request, const Responder& respond) {
    respond(answer(request));
  };
  return handlers;
}

}  // namespace

TEST_CASE("a post carries its target, headers and body, and brings back status, headers and body") {
  Mailbox<Request> requests;
  const auto server = serve(answering([&](const Request& request) {
    requests.put(request);
    return Response{.status = 418, .body = "short", .headers = {{"Retry-After", "7"}}};
  }));
  Poster poster;
  const auto answer = poster.post(url_of(*server, "/hook?a=1#part"), std::string(100'000, 'b'),
                                  {{"Authorization", "token"}, {"Content-Type", "application/webhook+json"}});
  REQUIRE(answer);
  CHECK(answer->status == 418);
  CHECK(answer->body == "short");
  CHECK(answer->whole);
  REQUIRE(answer->header("retry-after") != nullptr);
  CHECK(*answer->header("retry-after") == "7");
  const Request request = requests.take();
  CHECK(request.method == "POST");
  CHECK(request.target == "/hook?a=1");
  CHECK(request.body == std::string(100'000, 'b'));
  CHECK(*request.header("authorization") == "token");
  CHECK(*request.header("content-type") == "application/webhook+json");
  CHECK(*request.header("host") == "127.0.0.1:" + std::to_string(server->addresses()[0].port));
}

TEST_CASE("one connection serves requests that follow each other, and no more are made than there may be") {
  Mailbox<std::pair<Request, Responder>> requests;
  Handlers handlers;
  handlers.on_request = [&](Request request, Responder respond) {
    requests.put({std::move(request), std::move(respond)});
  };
  const auto server = serve(std::move(handlers));
  Poster poster({.connections_per_origin = 2});
  std::map<std::uint16_t, int> ports;
  for (int i = 0; i < 6; ++i) poster.begin(url_of(*server), std::to_string(i));
  for (int i = 0; i < 6; ++i) {
    auto [request, respond] = requests.take();
    ++ports[request.remote.port];
    respond({});
    CHECK(poster.results.take()->status == 200);
  }
  CHECK(ports.size() == 2);
  CHECK(server->connections() == 2);
}

TEST_CASE("a connection that the server has closed meanwhile is not used again") {
  auto config = on_loopback();
  config.idle_timeout = 50ms;
  Mailbox<std::uint16_t> ports;
  const auto server = serve(answering([&](const Request& request) {
                              ports.put(request.remote.port);
                              return Response{};
                            }),
                            config);
  Poster poster;
  REQUIRE(poster.post(url_of(*server)));
  for (int i = 0; i < 1000 && server->connections() > 0; ++i) std::this_thread::sleep_for(10ms);
  REQUIRE(server->connections() == 0);
  REQUIRE(poster.post(url_of(*server)));
  CHECK(ports.take() != ports.take());
}

TEST_CASE("a redirect is an answer, and of a body that is too long the beginning comes") {
  const auto server = serve(answering([](const Request& request) {
    if (request.path == "/long") return Response{.body = std::string(200'000, 'x')};
    return Response{.status = 307, .headers = {{"Location", "/long"}}};
  }));
  Poster poster({.response_limit = 1000});
  CHECK(poster.post(url_of(*server))->status == 307);
  const auto answer = poster.post(url_of(*server, "/long"));
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK_FALSE(answer->whole);
  CHECK(answer->body.size() <= 1000);
}

TEST_CASE("what cannot be reached, does not answer in time, or is no URL is an error that says so") {
  Mailbox<Responder> silent;
  Handlers handlers;
  handlers.on_request = [&](const Request&, Responder respond) { silent.put(std::move(respond)); };
  auto server = serve(std::move(handlers));
  const std::string url = url_of(*server);
  Poster poster({.timeout = 200ms});
  const auto late = poster.post(url);
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Errc::kTimeout);
  server.reset();
  const auto refused = poster.post(url);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kUnavailable);
  CHECK(refused.error().message.find("cannot connect to 127.0.0.1:") != std::string::npos);
  for (const char* bad : {"ws://x", "http://", "http://user:word@x/", "http://x y/", "x"}) {
    CAPTURE(bad);
    CHECK(poster.post(bad).error().code == Errc::kInvalidArgument);
  }
}

TEST_CASE("a server that breaks off gives an error for each request, and the next one is served") {
  Handlers handlers;
  handlers.on_request = [&](const Request&, const Responder& respond) { respond({}); };
  const auto server = serve(std::move(handlers));
  // One that hangs up on everything.
  const auto rude = serve({.on_request = {}, .on_upgrade = {}}, [] {
    auto config = on_loopback();
    config.connection_limit = 0;
    return config;
  }());
  Poster poster;
  const auto broken = poster.post(url_of(*rude));
  REQUIRE_FALSE(broken);
  CHECK(broken.error().code == Errc::kUnavailable);
  CHECK(poster.post(url_of(*server))->status == 200);
}

TEST_CASE("a client that goes drops what is under way without a word") {
  Mailbox<Responder> silent;
  Handlers handlers;
  handlers.on_request = [&](const Request&, Responder respond) { silent.put(std::move(respond)); };
  const auto server = serve(std::move(handlers));
  std::atomic<int> calls = 0;
  std::optional<Responder> responder;  // one that is dropped answers
  {
    const auto client = *http::Client::create({});
    client->post(url_of(*server), {}, "body", [&](const auto&) { ++calls; });
    responder = silent.take();
  }
  CHECK(calls == 0);
}

TEST_CASE("URLs are taken apart") {
  const auto parse = [](std::string_view text) { return Url::parse(text, "http", "https"); };
  const auto plain = parse("http://host/path?x=1#fragment");
  REQUIRE(plain);
  CHECK_FALSE(plain->tls);
  CHECK(plain->host == "host");
  CHECK(plain->port == "80");
  CHECK(plain->target == "/path?x=1");
  CHECK(plain->authority() == "host");
  const auto tls = parse("https://[::1]:8443?q");
  REQUIRE(tls);
  CHECK(tls->tls);
  CHECK(tls->host == "::1");
  CHECK(tls->target == "/?q");
  CHECK(tls->authority() == "[::1]:8443");
  for (const char* bad : {"", "http", "http:/x", "httpx://h", "http://", "http://:80", "http://h:", "http://h:8o",
                          "http://[::1", "http://a@h", "http://h/a b", "http://h/\r\nX: y", "ftp://h"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse(bad));
  }
}

TEST_CASE("Retry-After is a number of seconds, or a date") {
  using namespace std::chrono;
  const WallTime now = sys_days(year(1994) / November / 6) + 8h + 49min + 7s;
  CHECK(parse_retry_after("0", now) == 0s);
  CHECK(parse_retry_after("120", now) == 120s);
  CHECK(parse_retry_after("99999999999999999999", now) == kMaxRetryAfter);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now) == 30s);
  CHECK(parse_retry_after("Sun, 06 Nov 1994 08:48:37 GMT", now) == 0s);
  for (const char* bad : {"", "soon", "-1", "1.5", "Sun, 06 Nov 1994", "Sun, 99 Nov 1994 08:49:37 GMT",
                          "Sun, 06 Foo 1994 08:49:37 GMT"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_retry_after(bad, now));
  }
}

TEST_CASE("a get brings back the body, and sends none") {
  Mailbox<Request> requests;
  const auto server = serve(answering([&](const Request& request) {
    requests.put(request);
    return Response{.status = 200, .body = "figures"};
  }));
  Mailbox<Result<ClientResponse>> results;
  const auto client = *http::Client::create({});
  client->get(url_of(*server, "/metrics"), [&](auto result) { results.put(std::move(result)); });
  const auto answer = results.take();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->body == "figures");
  const Request request = requests.take();
  CHECK(request.method == "GET");
  CHECK(request.target == "/metrics");
  CHECK(request.body.empty());
}
