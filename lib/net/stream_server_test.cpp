// SPDX-License-Identifier: Apache-2.0
#include "net/stream_server.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <functional>
#include <string>

#include "net/sockaddr.hpp"

using namespace sfu;
using namespace sfu::net;
using namespace std::chrono_literals;

namespace {

const IpAddress kLocalhost = IpAddress::v4({127, 0, 0, 1});

struct Sink final : StreamSink {
  bool stream_received(const Path& path, ByteSpan bytes) override {
    last = path;
    received += as_text(bytes);
    return received.find("bad") == std::string::npos;
  }
  void stream_closed(const Path& path) override { closed.push_back(path); }

  Path last;
  std::string received;
  std::vector<Path> closed;
};

// Another program's end of a connection.
class Caller {
 public:
  explicit Caller(std::uint16_t port, int receive_buffer = 0) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
    if (receive_buffer > 0) {
      setsockopt(descriptor_.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_storage storage{};
    const socklen_t length = to_sockaddr({kLocalhost, port}, storage);
    REQUIRE(connect(descriptor_.number(), reinterpret_cast<sockaddr*>(&storage), length) == 0);
  }
  void write(std::string_view text) { (void)!::send(descriptor_.number(), text.data(), text.size(), MSG_NOSIGNAL); }
  // All that has come; and whether the other end has closed.
  std::string read() {
    std::string text;
    char buffer[65536];
    for (;;) {
      const ssize_t size = recv(descriptor_.number(), buffer, sizeof buffer, MSG_DONTWAIT);
      if (size > 0) {
        text.append(buffer, static_cast<std::size_t>(size));
        continue;
      }
      closed = size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
      return text;
    }
  }
  bool closed = false;

 private:
  Descriptor descriptor_;
};

ListenOptions on_localhost(std::uint16_t port) {
  ListenOptions options;
  options.bind_addresses = {kLocalhost};
  options.port = port;
  return options;
}

struct Stage {
  Stage() : port(free_port()), server(*StreamServer::listen(on_localhost(port))) {}

  // The kernel's choice, of a listener that is gone again.
  static std::uint16_t free_port() {
    const Descriptor probe(socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_storage storage{};
    socklen_t length = to_sockaddr({kLocalhost, 0}, storage);
    REQUIRE(bind(probe.number(), reinterpret_cast<sockaddr*>(&storage), length) == 0);
    getsockname(probe.number(), reinterpret_cast<sockaddr*>(&storage), &length);
    return from_sockaddr(storage).port;
  }
  // Turns, until it is so.
  bool run(const std::function<bool()>& done) {
    for (int i = 0; i < 500; ++i) {
      pollfd waiting{server->poll_descriptor(), POLLIN, 0};
      poll(&waiting, 1, 10);
      server->poll(now, sink);
      server->advance(now, sink);
      if (done()) return true;
    }
    return false;
  }

  std::uint16_t port;
  std::unique_ptr<StreamServer> server;
  Sink sink;
  Instant now{1000s};
};

}  // namespace

TEST_CASE("bytes go both ways, and both ends hear that the other has closed") {
  Stage stage;
  {
    Caller caller(stage.port);
    caller.write("hello");
    REQUIRE(stage.run([&] { return stage.sink.received == "hello"; }));
    stage.server->send(stage.sink.last, as_bytes("world"));
    std::string heard;
    CHECK(stage.run([&] { return (heard += caller.read()) == "world"; }));
    CHECK(stage.sink.closed.empty());
  }
  CHECK(stage.run([&] { return stage.sink.closed.size() == 1; }));
  CHECK(stage.server->size() == 0);
}

TEST_CASE("a connection whose bytes the sink refuses is closed, others are not") {
  Stage stage;
  Caller good(stage.port);
  good.write("good");
  REQUIRE(stage.run([&] { return stage.sink.received == "good"; }));
  Caller bad(stage.port);
  bad.write("bad");
  CHECK(stage.run([&] { return (void)bad.read(), bad.closed; }));
  stage.sink.received.clear();
  good.write("still");
  CHECK(stage.run([&] { return stage.sink.received == "still"; }));
}

TEST_CASE("a connection that is of no use after 30 s is closed, one that is kept is not") {
  Stage stage;
  Caller idle(stage.port);
  Caller kept(stage.port);
  kept.write("kept");
  REQUIRE(stage.run([&] { return stage.sink.received == "kept" && stage.server->size() == 2; }));
  const Path path = stage.sink.last;
  stage.server->keep(path);
  CHECK(stage.server->deadline() == stage.now + 30s);
  stage.now += 30s;
  CHECK(stage.run([&] { return (void)idle.read(), idle.closed; }));
  CHECK(stage.server->size() == 1);
  CHECK(stage.server->deadline() == kNever);
  stage.server->release(stage.now, path);
  CHECK(stage.server->deadline() == stage.now + 30s);
  stage.now += 30s;
  CHECK(stage.run([&] { return (void)kept.read(), kept.closed; }));
}

TEST_CASE("what a slow reader has waiting is counted, is read in the end, and has a bound") {
  Stage stage;
  Caller slow(stage.port, 4096);
  slow.write("slow");
  REQUIRE(stage.run([&] { return stage.sink.received == "slow"; }));
  const Path path = stage.sink.last;
  const std::vector<std::uint8_t> block(64 << 10, 'x');
  std::size_t sent = 0;
  while (stage.server->backlog(path) < (512 << 10)) {
    stage.server->send(path, block);
    sent += block.size();
    stage.server->advance(stage.now, stage.sink);
  }
  std::size_t heard = 0;
  CHECK(stage.run([&] { return (heard += slow.read().size()) == sent; }));
  CHECK(stage.server->backlog(path) == 0);

  for (int i = 0; i < 200 && stage.sink.closed.empty(); ++i) {
    stage.server->send(path, block);
    stage.server->advance(stage.now, stage.sink);
  }
  CHECK(stage.sink.closed == std::vector{path});
}

TEST_CASE("a port that is taken is named") {
  Stage stage;
  const auto second = StreamServer::listen(on_localhost(stage.port));
  REQUIRE_FALSE(second);
  CHECK(second.error().message.find("127.0.0.1:" + std::to_string(stage.port)) != std::string::npos);
}
