// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_transport.hpp"

#include <doctest/doctest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <functional>

#include "net/sockaddr.hpp"

using namespace sfu;
using namespace sfu::net;
using namespace std::chrono_literals;

namespace {

using Bytes = std::vector<std::uint8_t>;
const IpAddress kLocalhost = IpAddress::v4({127, 0, 0, 1});

// The first frame says whose it is: 'h'ere, 'e'lsewhere, or nobody's.
struct Worker final : TcpSink {
  TcpClaim claim(ByteView first) override {
    using Place = TcpClaim::Place;
    return {first[0] == 'h' || adopts ? Place::kHere : first[0] == 'e' ? Place::kElsewhere : Place::kNowhere, 3};
  }
  void receive_tcp(const Path& path, ByteSpan bytes) override {
    last = path;
    received.emplace_back(bytes.begin(), bytes.end());
  }
  void tcp_closed(const Path& path) override { closed.push_back(path); }

  bool adopts = false;
  Path last;
  std::vector<Bytes> received;
  std::vector<Path> closed;
};

Bytes frame(const std::string& text) {
  Bytes bytes{static_cast<std::uint8_t>(text.size() >> 8), static_cast<std::uint8_t>(text.size())};
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}
Bytes bytes_of(const std::string& text) {
  return {text.begin(), text.end()};
}

// Another program's end of a connection.
class Caller {
 public:
  explicit Caller(const SocketAddress& to, int receive_buffer = 0)
      : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) {
      setsockopt(descriptor_.number(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    const int on = 1;
    setsockopt(descriptor_.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_storage storage{};
    const socklen_t length = to_sockaddr(to, storage);
    REQUIRE(connect(descriptor_.number(), reinterpret_cast<sockaddr*>(&storage), length) == 0);
  }
  void write(const Bytes& bytes) {
    REQUIRE(::send(descriptor_.number(), bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
            static_cast<ssize_t>(bytes.size()));
  }
  // What is there now, appended to read_; false once the other end has closed.
  bool read() {
    std::array<std::uint8_t, 65536> buffer;
    for (;;) {
      const ssize_t size = recv(descriptor_.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
      if (size <= 0) return size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
      read_.insert(read_.end(), buffer.begin(), buffer.begin() + size);
    }
  }
  std::vector<Bytes> frames() {
    std::vector<Bytes> all;
    FrameSplitter splitter;
    Bytes copy = read_;
    ByteSpan rest(copy);
    ByteSpan frame;
    while (splitter.next(rest, frame) == FrameSplitter::Step::kFrame) all.emplace_back(frame.begin(), frame.end());
    return all;
  }
  void close() { descriptor_ = Descriptor(); }

 private:
  Descriptor descriptor_;
  Bytes read_;
};

struct Fixture {
  Fixture() : tcp(*TcpTransport::create()) {
    ListenOptions options;
    options.bind_addresses = {kLocalhost};
    REQUIRE(tcp->listen(options));
    REQUIRE(tcp->candidates().size() == 1);
    address = tcp->candidates()[0];
  }
  // Turns of the transport until `condition` holds; what does not happen within two seconds of waiting does not.
  bool run_until(const std::function<bool()>& condition) {
    for (;;) {
      tcp->advance(now, worker);
      if (condition()) return true;
      pollfd waiting{tcp->poll_descriptor(), POLLIN, 0};
      if (poll(&waiting, 1, 2000) != 1) return false;
      tcp->poll(now, worker);
    }
  }
  Caller welcome(int receive_buffer = 0) {
    Caller caller(address, receive_buffer);
    caller.write(frame("here"));
    const std::size_t before = worker.received.size();
    REQUIRE(run_until([&] { return worker.received.size() == before + 1; }));
    return caller;
  }
  // False once nothing is there any more.
  static bool is_open(Caller& caller) { return caller.read(); }

  std::unique_ptr<TcpTransport> tcp;
  SocketAddress address;
  Worker worker;
  Instant now{};
};

}  // namespace

TEST_CASE_FIXTURE(Fixture, "[M-012] datagrams pass both ways, each in a frame, by the path of the connection") {
  Caller caller = welcome();
  CHECK(worker.received[0] == bytes_of("here"));
  CHECK(worker.last.protocol == TransportProtocol::kTcp);
  CHECK(worker.last.local == address);
  caller.write(frame("one"));
  Bytes two = frame("two");
  const Bytes three = frame(std::string(60000, 'x'));
  two.insert(two.end(), three.begin(), three.end());
  caller.write(two);
  REQUIRE(run_until([&] { return worker.received.size() == 4; }));
  CHECK(worker.received[1] == bytes_of("one"));
  CHECK(worker.received[3] == Bytes(60000, 'x'));

  const Bytes answer = bytes_of("answer");
  const Bytes stranger = bytes_of("not for it");
  Path udp = worker.last;
  udp.protocol = TransportProtocol::kUdp;
  const Datagram batch[] = {{worker.last, answer}, {udp, stranger}, {worker.last, answer}};
  tcp->send(batch, worker);
  while (caller.frames().size() < 2) REQUIRE(caller.read());
  CHECK(caller.frames() == std::vector<Bytes>{answer, answer});
}

TEST_CASE_FIXTURE(Fixture, "[M-011] a connection whose first frame is nobody's, or too long, is closed and counted") {
  Caller nobody(address);
  nobody.write(frame("nobody's"));
  CHECK(run_until([&] { return tcp->stats().refused == 1; }));
  Caller talkative(address);
  talkative.write(frame(std::string(513, 'h')));
  CHECK(run_until([&] { return tcp->stats().refused == 2; }));
  CHECK(worker.received.empty());
  CHECK(worker.closed.empty());
  CHECK(tcp->empty());
}

TEST_CASE_FIXTURE(Fixture, "[M-011] a connection that is not proven within 30 seconds is closed; one that is stays") {
  Caller silent(address);
  CHECK(run_until([&] { return tcp->stats().accepted == 1; }));
  Caller named = welcome();  // somebody may have seen its ufrag on the wire
  Caller proven = welcome();
  tcp->keep(worker.last);
  CHECK(tcp->deadline() == now + 30s);
  now += 30s - 1ms;
  tcp->advance(now, worker);
  CHECK(tcp->stats().refused == 0);
  now += 1ms;
  tcp->advance(now, worker);
  CHECK(tcp->stats().refused == 2);
  CHECK(worker.closed.size() == 1);
  CHECK(tcp->deadline() == kNever);
  proven.write(frame("still there"));
  CHECK(run_until([&] { return worker.received.size() == 3; }));
}

TEST_CASE_FIXTURE(Fixture, "[M-012] a connection that the client ends is told of; one that is given up ends") {
  Caller leaving = welcome();
  const Path left = worker.last;
  Caller staying = welcome();
  leaving.close();
  REQUIRE(run_until([&] { return !worker.closed.empty(); }));
  CHECK(worker.closed == std::vector<Path>{left});

  const Bytes last = bytes_of("farewell");
  const Datagram datagram{worker.last, last};
  tcp->keep(worker.last);
  tcp->send({&datagram, 1}, worker);
  tcp->close(now, worker.last);
  tcp->advance(now, worker);
  CHECK(tcp->empty());
  while (staying.read()) {
  }
  CHECK(staying.frames() == std::vector<Bytes>{last});
}

TEST_CASE_FIXTURE(Fixture, "[M-012] to a client that reads slowly media is dropped, and all else comes in order") {
  Caller slow = welcome(4096);
  Bytes media(1200, 1);
  media[0] = 0x80;
  media[1] = 96;
  std::vector<Bytes> sent;
  for (std::uint32_t i = 0; i < 4000; ++i) {
    const Datagram packet{worker.last, media};
    tcp->send({&packet, 1}, worker);
    if (i % 40 != 0) continue;
    Bytes record(200, 23);  // DTLS
    record[100] = static_cast<std::uint8_t>(sent.size());
    const Datagram data{worker.last, record};
    tcp->send({&data, 1}, worker);
    sent.push_back(record);
  }
  CHECK(tcp->stats().media_dropped > 2000);
  CHECK(worker.closed.empty());
  const auto records = [&] {
    std::vector<Bytes> all;
    for (Bytes& one : slow.frames()) {
      if (one[0] == 23) all.push_back(std::move(one));
    }
    return all;
  };
  REQUIRE(run_until([&] {
    slow.read();
    const auto read = slow.frames();
    return !read.empty() && read.back() == sent.back();
  }));
  CHECK(records() == sent);
}

TEST_CASE_FIXTURE(Fixture, "[M-012] a connection of another worker's peer goes there with all that was read of it") {
  Caller caller(address);
  Bytes both = frame("elsewhere");
  const Bytes more = frame("more");
  both.insert(both.end(), more.begin(), more.end() - 1);
  caller.write(both);
  REQUIRE(run_until([&] { return tcp->departures().size() == 1; }));
  CHECK(tcp->departures()[0].first == 3);
  CHECK(tcp->empty());
  CHECK(tcp->stats().refused == 0);

  Fixture other;
  other.worker.adopts = true;
  other.tcp->adopt(other.now, std::move(tcp->departures()[0].second), other.worker);
  tcp->departures().clear();
  CHECK(other.worker.received == std::vector<Bytes>{bytes_of("elsewhere")});
  CHECK(other.worker.last.local == address);
  caller.write({'e'});
  REQUIRE(other.run_until([&] { return other.worker.received.size() == 2; }));
  CHECK(other.worker.received[1] == bytes_of("more"));
  const Bytes answer = bytes_of("answer");
  const Datagram datagram{other.worker.last, answer};
  other.tcp->send({&datagram, 1}, other.worker);
  while (caller.frames().empty()) REQUIRE(caller.read());
  CHECK(caller.frames() == std::vector<Bytes>{answer});
}

TEST_CASE_FIXTURE(Fixture, "who connects without end loses its own connections, and nobody else's") {
  Caller other = welcome();
  tcp->keep(worker.last);
  std::vector<Caller> crowd;
  for (std::size_t i = 0; i < Newcomers::kMostOfOrigin + 5; ++i) crowd.emplace_back(address);
  CHECK(run_until([&] { return tcp->stats().refused == 5; }));
  CHECK(tcp->stats().accepted == Newcomers::kMostOfOrigin + 6);
  while (is_open(crowd[0])) {
  }
  other.write(frame("still there"));
  CHECK(run_until([&] { return worker.received.size() == 2; }));
}

TEST_CASE("a TCP port that is taken is named, with its address") {
  Fixture taken;
  const auto tcp = TcpTransport::create();
  ListenOptions options;
  options.bind_addresses = {kLocalhost};
  options.port = taken.address.port;
  const auto failed = (*tcp)->listen(options);
  REQUIRE_FALSE(failed);
  CHECK(failed.error().message.find("TCP " + taken.address.to_string()) != std::string::npos);
}
