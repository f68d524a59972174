// SPDX-License-Identifier: Apache-2.0
// The engine's TURN server over real sockets: what it answers, and what it does not bear with.
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "host.hpp"
#include "ice/stun.hpp"
#include "net/sockaddr.hpp"
#include "net/tcp_connection.hpp"

using namespace sfu;
using namespace sfu::engine_test;
using Bytes = std::vector<std::uint8_t>;

namespace {

EngineOptions with_turn(Host& host) {
  EngineOptions options = host.options();
  options.turn.udp_port = free_udp_port();
  options.turn.tls_port = free_tcp_port();
  options.turn.domain = "turn.example.org";
  options.turn.external_tls = true;
  return options;
}

// A program that speaks to the TURN server.
class Caller {
 public:
  Caller(int type, std::uint16_t port) : descriptor_(socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    sockaddr_storage storage{};
    const socklen_t length = net::to_sockaddr({kLoopback, port}, storage);
    REQUIRE(connect(descriptor_.number(), reinterpret_cast<sockaddr*>(&storage), length) == 0);
  }
  void write(ByteView bytes) { (void)!::send(descriptor_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL); }
  // What comes next; empty: it was closed.
  Bytes read() {
    pollfd waiting{descriptor_.number(), POLLIN, 0};
    REQUIRE(poll(&waiting, 1, 5000) == 1);
    Bytes bytes(2000);
    const ssize_t size = recv(descriptor_.number(), bytes.data(), bytes.size(), 0);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return bytes;
  }
  bool is_answered(std::uint16_t method, int code) {
    Bytes request(100);
    ice::stun::Writer writer(request, ice::stun::Class::kRequest, method, {1, 2, 3});
    request.resize(writer.finish({}));
    write(request);
    const Bytes answer = read();
    const auto message = ice::stun::Message::parse(answer);
    return message && message->error_code == code;
  }

 private:
  net::Descriptor descriptor_;
};

constexpr std::uint16_t kAllocate = 3;

}  // namespace

TEST_CASE("[M-013] the TURN server answers over UDP and TCP, and asks for a credential") {
  Host host;
  const EngineOptions options = with_turn(host);
  host.start(options);
  Caller udp(SOCK_DGRAM, options.turn.udp_port);
  Caller tcp(SOCK_STREAM, options.turn.tls_port);
  for (Caller* caller : {&udp, &tcp}) {
    CHECK(caller->is_answered(ice::stun::kBinding, 0));
    CHECK(caller->is_answered(kAllocate, 401));
  }
}

TEST_CASE("[M-013] whoever sends what no message begins with costs its own connection alone") {
  Host host;
  const EngineOptions options = with_turn(host);
  host.start(options);
  Caller good(SOCK_STREAM, options.turn.tls_port);
  CHECK(good.is_answered(ice::stun::kBinding, 0));
  const Bytes noise[] = {{'G', 'E', 'T', ' '}, {0x50, 0, 0, 0}, {0, 1, 0xFF, 0xFC}, {0x40, 0, 0xFF, 0xFF}};
  for (const Bytes& bytes : noise) {
    Caller bad(SOCK_STREAM, options.turn.tls_port);
    CHECK(bad.is_answered(ice::stun::kBinding, 0));
    bad.write(bytes);
    CHECK(bad.read().empty());
  }
  CHECK(good.is_answered(ice::stun::kBinding, 0));
}

TEST_CASE("[M-013] of one address so many connections without an allocation stay, and the oldest go") {
  Host host;
  const EngineOptions options = with_turn(host);
  host.start(options);
  std::vector<Caller> callers;
  for (int i = 0; i < 65; ++i) {
    CHECK(callers.emplace_back(SOCK_STREAM, options.turn.tls_port).is_answered(ice::stun::kBinding, 0));
  }
  CHECK(callers.front().read().empty());
  CHECK(callers[1].is_answered(ice::stun::kBinding, 0));
  CHECK(callers.back().is_answered(ice::stun::kBinding, 0));
}

TEST_CASE("TURN options that do not fit together, or a port that is taken, are named") {
  Host host;
  const auto refused = [&](const std::function<void(EngineOptions&)>& change) {
    EngineOptions options = with_turn(host);
    change(options);
    const auto engine = Engine::create(options);
    return engine ? std::string("started") : engine.error().message;
  };
  CHECK(refused([](EngineOptions& options) { options.turn.domain.clear(); }) == "a TURN server by TLS needs a domain");
  CHECK(refused([](EngineOptions& options) { options.turn.relay_port_last = 1; }) ==
        "the range of the TURN server's relay ports ends before it begins");
  CHECK(refused([](EngineOptions& options) { options.host_driven = true; }) ==
        "an engine that its host drives has no TURN server");
  CHECK(refused([](EngineOptions& options) {
          options.turn.external_tls = false;
          options.turn.certificate_file = "/nowhere/cert.pem";
        }).starts_with("TLS certificate /nowhere/cert.pem: "));
  const EngineOptions first = with_turn(host);
  host.start(first);
  CHECK(refused([&](EngineOptions& options) {
          options.turn.udp_port = first.turn.udp_port;
        }).find(std::to_string(first.turn.udp_port)) != std::string::npos);
  CHECK(refused([&](EngineOptions& options) {
          options.turn.tls_port = first.turn.tls_port;
        }).find(std::to_string(first.turn.tls_port)) != std::string::npos);
}
