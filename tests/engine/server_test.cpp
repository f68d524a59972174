// SPDX-License-Identifier: Apache-2.0
// sfu::Server: the engine with its HTTP port.
#include "sfu/server.hpp"

#include <doctest/doctest.h>

#include <future>

#include "host.hpp"
#include "http/client.hpp"
#include "http/testing.hpp"
#include "net/udp_socket.hpp"

using namespace sfu;
using namespace sfu::engine_test;

namespace {

ServerOptions options() {
  ServerOptions options;
  options.bind_addresses = options.engine.bind_addresses = {kLoopback};
  options.port = 0;
  options.keys = {{"devkey", "secret"}};
  options.engine.udp_port_first = options.engine.udp_port_last = free_udp_port();
  return options;
}

std::string get(std::uint16_t port, const std::string& target) {
  http::testing::Client client(port);
  REQUIRE(client.send("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n"));
  const auto answer = client.read_answer();
  return std::to_string(answer.status) + ' ' + answer.body;
}

int status_at(const std::string& host, std::uint16_t port) {
  const auto client = *http::Client::create({});
  std::promise<int> status;
  client->get("http://" + host + ":" + std::to_string(port) + "/",
              [&](Result<http::ClientResponse> response) { status.set_value(response ? response->status : 0); });
  return status.get_future().get();
}

}  // namespace

TEST_CASE("a server tells the port it took, serves there, and stops twice") {
  auto server = Server::create(options());
  REQUIRE_MESSAGE(server, server.error().message);
  const std::uint16_t port = (*server)->port();
  CHECK(port != 0);
  CHECK(get(port, "/") == "200 OK");
  CHECK(get(port, "/rtc/validate?access_token=" + connect_request("hall", "alice").query["access_token"]) ==
        "200 success");
  CHECK((*server)->engine().rooms().empty());
  (*server)->stop();
  (*server)->stop();
}

TEST_CASE("a server that is bound to no address serves and is measured over IPv4 and IPv6, on the same ports") {
  ServerOptions everywhere = options();
  everywhere.bind_addresses.clear();
  const std::uint16_t metrics_port = everywhere.metrics.port = free_tcp_port();
  auto server = Server::create(std::move(everywhere));
  REQUIRE_MESSAGE(server, server.error().message);
  const bool has_v6 = net::UdpSocket::open({*IpAddress::parse("::1"), 0}).has_value();
  for (const std::uint16_t port : {(*server)->port(), metrics_port}) {
    CHECK(status_at("127.0.0.1", port) == 200);
    if (has_v6) CHECK(status_at("[::1]", port) == 200);
  }
}

TEST_CASE("[S-002][C-018] whoever asks whether a token is good, from whatever page, may read the answer") {
  auto server = Server::create(options());
  REQUIRE_MESSAGE(server, server.error().message);
  const std::string good = connect_request("hall", "alice").query["access_token"];
  http::testing::Client client((*server)->port());
  for (const std::string path : {"/rtc/validate?access_token=", "/rtc/v1/validate?join_request=EgA=&access_token="}) {
    for (const std::string& token : {good, std::string("bad")}) {
      const auto answer = client.get(path + token, "Origin: https://app.example\r\n");
      CHECK(answer.status == (token == good ? 200 : 401));
      CHECK(answer.field("Access-Control-Allow-Origin") == "*");
    }
  }
}

TEST_CASE("[C-009] a call of the room API with a large body and no token is 401, whatever the body is") {
  auto server = Server::create(options());
  REQUIRE(server);
  const auto post = [&](std::size_t size) {
    http::testing::Client client((*server)->port());
    REQUIRE(
        client.send("POST /twirp/livekit.RoomService/ListRooms HTTP/1.1\r\nHost: localhost\r\n"
                    "Content-Type: application/json\r\nContent-Length: " +
                    std::to_string(size) + "\r\n\r\n"));
    REQUIRE(client.send(std::string(size, '[')));
    return client.read_answer().status;
  };
  CHECK(post(1 << 20) == 401);
  CHECK(post(100) == 400);  // what is wrong with a small one is told as LiveKit's server does
}

TEST_CASE("a server on a port in use is refused with its name, and the first serves on") {
  const std::uint16_t udp_port = free_udp_port();
  ServerOptions first = options();
  first.engine.udp_port_first = first.engine.udp_port_last = udp_port;
  auto server = Server::create(std::move(first));
  REQUIRE(server);
  const std::uint16_t port = (*server)->port();

  ServerOptions second = options();
  std::string name;
  SUBCASE("TCP") {
    second.port = port;
    name = "TCP 127.0.0.1:" + std::to_string(port);
  }
  SUBCASE("UDP") {
    second.engine.udp_port_first = second.engine.udp_port_last = udp_port;
    name = "UDP 127.0.0.1:" + std::to_string(udp_port);
  }
  const auto refused = Server::create(std::move(second));
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::kUnavailable);
  CHECK(refused.error().message.find(name) != std::string::npos);
  CHECK(get(port, "/") == "200 OK");
}

TEST_CASE("a server that lacks what it needs is refused") {
  ServerOptions wrong = options();
  Errc code{};
  std::string missing;
  SUBCASE("keys") {
    wrong.keys.clear();
    code = Errc::kInvalidArgument;
    missing = "API keys";
  }
  SUBCASE("the folder of its page") {
    wrong.meet_directory = missing = "/nowhere/meet";
    code = Errc::kNotFound;
  }
  SUBCASE("the folder of its console") {
    wrong.console_directory = missing = "/nowhere/console";
    code = Errc::kNotFound;
  }
  const auto server = Server::create(std::move(wrong));
  REQUIRE_FALSE(server);
  CHECK(server.error().code == code);
  CHECK(server.error().message.find(missing) != std::string::npos);
}

TEST_CASE("a server behind a proxy on its own machine takes media from everywhere all the same") {
  const std::string keys = "keys: {key: 0123456789abcdef0123456789abcdef}\n";
  const auto proxied =
      load_options({.yaml = keys + "bind_addresses: [127.0.0.1]\nrtc: {interfaces: {excludes: [docker0]}}"});
  REQUIRE_MESSAGE(proxied, proxied.error().message);
  CHECK(proxied->options.bind_addresses.size() == 1);
  const EngineOptions& media = proxied->options.engine;
  CHECK(media.bind_addresses.empty());
  CHECK(media.interfaces.loopback);
  CHECK(media.interfaces.excluded_interfaces == std::vector<std::string>{"docker0"});
  const auto open = load_options({.yaml = keys});
  REQUIRE(open);
  CHECK_FALSE(open->options.engine.interfaces.loopback);
  // Tried out at home, it shows itself nowhere else.
  const auto tried = load_options({.development = true});
  REQUIRE(tried);
  CHECK(tried->options.engine.bind_addresses.size() == 2);
}

TEST_CASE("what a configuration file says of rooms reaches the engine") {
  const auto loaded = load_options({.yaml = R"(
keys: {key: 0123456789abcdef0123456789abcdef}
rtc: {reconnect_on_publication_error: true}
video: {codec_regression_threshold: 9}
audio: {update_interval: 100}
limit:
  subscription_limit_video: 4
  subscription_limit_audio: 8
  max_data_blob_key_length: 16
  max_data_blobs_size: 1000
  max_data_track_custom_encoding_length: 3
)"});
  REQUIRE_MESSAGE(loaded, loaded.error().message);
  CHECK(loaded->warnings.empty());
  const RoomOptions& rooms = loaded->options.engine.room_defaults;
  CHECK(rooms.reconnect_on_publication_error);
  CHECK(rooms.codec_regression_threshold == 9);
  CHECK(rooms.speakers.interval == std::chrono::milliseconds(100));
  CHECK(rooms.subscription_limit_video == 4);
  CHECK(rooms.subscription_limit_audio == 8);
  CHECK(rooms.max_data_blob_key_length == 16);
  CHECK(rooms.max_data_blobs_size == 1000);
  CHECK(rooms.max_data_track_custom_encoding_length == 3);
}
