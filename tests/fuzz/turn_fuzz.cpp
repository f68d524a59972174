// SPDX-License-Identifier: Apache-2.0
// layers: turn
// A TURN server and one client that knows its credential: noise, signed requests with attributes of the fuzzer's,
// streams, data of peers, and time. What must hold whatever comes: nobody is relayed to an address inside, nobody has
// more allocations than the limit, and every relay's port is closed in the end.
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <set>
#include <vector>

#include "turn/stream_splitter.hpp"
#include "turn/turn.hpp"

namespace {

using namespace sfu;
using namespace std::chrono_literals;

constexpr std::string_view kUser = "user";

struct OneUser final : turn::Credentials {
  std::optional<turn::User> find(std::string_view username) const override {
    if (username != kUser) return std::nullopt;
    return turn::User{"PA_1", "password", WallTime(2h)};
  }
};

struct Ports final : turn::RelayPorts {
  std::set<SocketAddress> bound;
  std::uint16_t next = 1;
  std::optional<SocketAddress> open(const IpAddress& ip, bool) override { return *bound.insert({ip, next++}).first; }
  void close(const SocketAddress& relay) override {
    if (bound.erase(relay) != 1) std::abort();
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const IpAddress relay_ip = IpAddress::v4({192, 0, 2, 1});
  const Path udp{{relay_ip, 3478}, {IpAddress::v4({192, 0, 2, 2}), 5000}, TransportProtocol::kUdp};
  Path stream = udp;
  stream.protocol = TransportProtocol::kTcp;
  std::array<std::uint8_t, 16> key{};
  EVP_Digest("user:livekit:password", 21, key.data(), nullptr, EVP_md5(), nullptr);

  const OneUser user;
  Ports ports;
  turn::Config config;
  config.relays = {{relay_ip, relay_ip}};
  config.allocations_per_user = 2;
  const turn::Nonces nonces(config.nonce_key);
  turn::Server server(config, user, ports);
  turn::StreamSplitter splitter;
  WallAnchor now{Instant(1000s), WallTime(1h)};
  SendBatch to_clients;
  SendBatch to_peers;
  std::vector<turn::Event> events;
  turn::Output out{to_clients, to_peers, events};

  ByteReader input(ByteView(data, size));
  while (input.remaining() >= 2) {
    const std::uint8_t kind = input.u8();
    const ByteView chunk = input.bytes(std::min<std::size_t>(input.u8(), input.remaining()));
    const Path& client = (kind & 0x80) != 0 ? stream : udp;
    switch (kind & 7) {
      case 0: server.receive(now, client, chunk, out); break;
      case 1: {  // a request of the method in the upper bits, whose attributes are the chunk
        std::uint8_t buffer[600];
        ice::stun::Writer writer(buffer, ice::stun::Class::kRequest, (kind >> 3) & 0xF, {1, kind});
        ByteReader attributes(chunk);
        while (attributes.remaining() >= 3) {
          const std::uint16_t type = attributes.u16();
          writer.attribute(type, attributes.bytes(std::min<std::size_t>(attributes.u8(), attributes.remaining())));
        }
        const auto nonce = nonces.make(now.at, client.remote);
        writer.username(kUser);
        writer.attribute(turn::attribute::kRealm, as_bytes(turn::kRealm));
        writer.attribute(turn::attribute::kNonce, as_bytes({nonce.data(), nonce.size()}));
        server.receive(now, client, {buffer, writer.finish(as_text(key))}, out);
        break;
      }
      case 2: {
        std::vector<std::uint8_t> copy(chunk.begin(), chunk.end());
        ByteSpan rest(copy);
        ByteSpan message;
        while (splitter.next(rest, message) == turn::StreamSplitter::Step::kMessage) {
          server.receive(now, stream, message, out);
        }
        break;
      }
      case 3:
        if (!ports.bound.empty()) {
          server.receive_from_peer(now.at, *ports.bound.begin(), {IpAddress::v4({192, 0, 2, 3}), 7882}, chunk, out);
        }
        break;
      case 4:
        now.at += std::chrono::seconds(chunk.size());
        now.wall += std::chrono::seconds(chunk.size());
        server.advance(now.at, out);
        break;
      case 5: server.disconnected(client, out); break;
      default: break;
    }
    for (const Datagram& datagram : to_peers.datagrams()) {
      if (datagram.path.remote.ip.is_loopback() || datagram.path.remote.port == 0) std::abort();
    }
    if (ports.bound.size() > 2 || server.stats().allocations != ports.bound.size()) std::abort();
    to_clients.clear();
    to_peers.clear();
    events.clear();
  }
  server.advance(now.at + turn::Server::kMaxLifetime, out);
  if (!ports.bound.empty()) std::abort();
  return 0;
}
