// SPDX-License-Identifier: Apache-2.0
#include "turn/turn.hpp"

#include <doctest/doctest.h>

#include "turn/testing.hpp"

using namespace sfu;
using namespace sfu::turn;
using namespace sfu::turn::testing;

namespace {

const SocketAddress kPeer{ip("192.0.2.9"), 7882};
const SocketAddress kOtherPort{ip("192.0.2.9"), 7883};

std::string name_of(int number) {
  return "PA_" + std::to_string(number);
}

}  // namespace

TEST_CASE("a Binding request is answered with the address that it came from, whoever asks") {
  Stage stage;
  Client client(stage, "nobody", 4000);
  const Answer answer = client.ask(ice::stun::kBinding);
  CHECK(answer.error == 0);
  CHECK(answer.mapped == client.path.remote);
  CHECK(stage.server().stats().refused == 0);
}

TEST_CASE("an Allocate without a credential is asked for one, and leaves nothing behind") {
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000);
  const Answer challenge = client.ask(method::kAllocate);
  CHECK(challenge.error == 401);
  CHECK(challenge.attributes.realm == "livekit");
  CHECK(challenge.attributes.nonce.has_value());
  CHECK_FALSE(challenge.has_integrity);
  CHECK(stage.ports.bound.empty());
  CHECK(stage.server().deadline() == kNever);

  const Answer answer = client.allocate();
  CHECK(answer.error == 0);
  CHECK(answer.has_integrity);
  CHECK(answer.mapped == client.path.remote);
  CHECK(answer.relayed == SocketAddress{ip("203.0.113.7"), 30000});
  CHECK(answer.attributes.lifetime == 600U);
  CHECK(stage.ports.bound.contains({ip("10.0.0.7"), 30000}));
}

TEST_CASE("[C-089] an expired credential is refused for a new allocation, and goes on for one that is there") {
  Stage stage;
  stage.add_user("PA_1", 5min);
  Client early(stage, "PA_1", 4000);
  Client late(stage, "PA_1", 4001);
  CHECK(early.allocate().error == 0);
  stage.clock.advance(299s);
  CHECK(late.allocate().error == 0);
  CHECK(late.refresh(0).error == 0);
  stage.clock.advance(1s);
  CHECK(late.allocate().error == 400);
  CHECK(early.refresh(600).error == 0);
  CHECK(early.permit({kPeer}).error == 0);
  CHECK(early.bind(0x4000, kPeer).error == 0);
  early.send_on(0x4000, bytes_of("on"));
  CHECK(stage.peers_got().size() == 1);
}

TEST_CASE("[M-013] unknown users and wrong passwords are refused") {
  Stage stage;
  stage.add_user("PA_1");
  Client stranger(stage, "PA_2", 4000);
  CHECK(stranger.allocate().error == 400);
  Client guesser(stage, "PA_1", 4001);
  guesser.password = "guessed";
  CHECK(guesser.allocate().error == 400);
  CHECK(stage.ports.bound.empty());
  CHECK(stage.server().stats().refused == 2);
}

TEST_CASE("[M-013] the 13th allocation of one participant is refused with 486, and one that ended makes room") {
  Stage stage;
  stage.add_user("PA_1");
  stage.add_user("PA_2");
  std::deque<Client> clients;
  for (std::uint16_t i = 0; i < 13; ++i) {
    Client& client = clients.emplace_back(stage, "PA_1", static_cast<std::uint16_t>(4000 + i));
    CHECK(client.allocate().error == (i < 12 ? 0 : 486));
  }
  CHECK(Client(stage, "PA_2", 5000).allocate().error == 0);
  CHECK(clients[3].refresh(0).error == 0);
  CHECK(clients[12].allocate().error == 0);
}

TEST_CASE("[C-090] the 13th allocation of one participant is refused unless the operator sets another limit") {
  Stage stage;
  stage.add_user("PA_1");
  SUBCASE("two") {
    stage.config.allocations_per_user = 2;
    CHECK(Client(stage, "PA_1", 1).allocate().error == 0);
    CHECK(Client(stage, "PA_1", 2).allocate().error == 0);
    CHECK(Client(stage, "PA_1", 3).allocate().error == 486);
  }
  SUBCASE("none") {
    stage.config.allocations_per_user = 0;
    for (std::uint16_t i = 1; i < 40; ++i) CHECK(Client(stage, "PA_1", i).allocate().error == 0);
  }
}

TEST_CASE("[M-013] private, loopback and link-local peers are refused with 403 unless they are allowed") {
  const char* const inside[] = {"10.1.2.3",    "127.0.0.1", "169.254.169.254", "172.16.0.1",
                                "192.168.1.1", "0.0.0.0",   "224.0.0.1",       "100.64.0.1"};
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000);
  SUBCASE("by default") {
    REQUIRE(client.allocate().error == 0);
    for (const char* address : inside) {
      CAPTURE(address);
      CHECK(client.permit({{ip(address), 5000}}).error == 403);
      CHECK(client.permit({kPeer, {ip(address), 5000}}).error == 403);
      CHECK(client.bind(0x4000, {ip(address), 5000}).error == 403);
      client.send_to({ip(address), 5000}, bytes_of("x"));
    }
    client.send_to(kPeer, bytes_of("x"));  // refused together with the others
    CHECK(stage.peers_got().empty());
  }
  SUBCASE("allowed") {
    stage.config.peers = PeerPolicy({*IpNetwork::parse("0.0.0.0/0")}, {});
    REQUIRE(client.allocate().error == 0);
    for (const char* address : inside) CHECK(client.permit({{ip(address), 5000}}).error == 0);
  }
}

TEST_CASE("[C-090] a private peer is denied by default, an allowed one is not, and what is denied wins") {
  Stage stage;
  stage.add_user("PA_1");
  stage.config.peers = PeerPolicy({*IpNetwork::parse("10.0.0.0/8")},
                                  {*IpNetwork::parse("10.9.0.0/16"), *IpNetwork::parse("192.0.2.77/32")});
  stage.server().set_own_media({{ip("10.9.0.1"), 7882}});
  Client client(stage, "PA_1", 4000);
  REQUIRE(client.allocate().error == 0);
  CHECK(client.permit({{ip("192.168.0.1"), 1}}).error == 403);
  CHECK(client.permit({{ip("10.8.0.1"), 1}}).error == 0);
  CHECK(client.permit({{ip("10.9.0.1"), 7882}}).error == 403);
  CHECK(client.permit({{ip("192.0.2.77"), 1}}).error == 403);
  CHECK(client.bind(0x4000, {ip("10.9.0.1"), 7882}).error == 403);
  CHECK(client.permit({kPeer}).error == 0);
}

TEST_CASE("this server's media is reached wherever it is, and no other port beside it") {
  Stage stage;
  stage.add_user("PA_1");
  const SocketAddress media{ip("127.0.0.1"), 7882};
  const SocketAddress beside{ip("127.0.0.1"), 6379};
  stage.server().set_own_media({media});
  Client client(stage, "PA_1", 4000);
  REQUIRE(client.allocate().error == 0);
  CHECK(client.permit({media}).error == 0);  // a permission is for the address
  client.send_to(media, bytes_of("to media"));
  client.send_to(beside, bytes_of("to others"));
  CHECK(client.bind(0x4001, beside).error == 403);
  const auto got = stage.peers_got();
  REQUIRE(got.size() == 1);
  CHECK(got[0].path.remote == media);
  stage.server().receive_from_peer(stage.clock.now(), {ip("10.0.0.7"), 30000}, beside, bytes_of("no"), stage.out);
  CHECK(stage.clients_got().empty());
}

TEST_CASE("data goes both ways once there is a permission: as indications, or over a channel") {
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000);
  REQUIRE(client.allocate().error == 0);
  const SocketAddress relay{ip("10.0.0.7"), 30000};
  const auto from_peer = [&](const SocketAddress& peer, std::string_view text) {
    stage.server().receive_from_peer(stage.clock.now(), relay, peer, bytes_of(text), stage.out);
    return stage.clients_got();
  };
  client.send_to(kPeer, bytes_of("too early"));
  CHECK(stage.peers_got().empty());
  CHECK(from_peer(kPeer, "too early").empty());

  CHECK(client.permit({kPeer}).error == 0);
  client.send_to(kPeer, bytes_of("there"));
  auto sent = stage.peers_got();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].path == Path{relay, kPeer, TransportProtocol::kUdp});
  CHECK(sent[0].bytes == bytes_of("there"));
  auto got = from_peer(kOtherPort, "back");  // any port of a permitted address
  REQUIRE(got.size() == 1);
  const auto message = ice::stun::Message::parse(got[0].bytes);
  REQUIRE(message);
  CHECK(message->message_class == Class::kIndication);
  CHECK(message->method == method::kData);
  const Attributes attributes = Attributes::read(*message);
  CHECK(attributes.peers()[0] == kOtherPort);
  CHECK(as_text(*attributes.data) == "back");

  CHECK(client.bind(0x4000, kPeer).error == 0);
  client.send_on(0x4000, bytes_of("there"));
  sent = stage.peers_got();
  REQUIRE(sent.size() == 1);
  CHECK(sent[0].bytes == bytes_of("there"));
  got = from_peer(kPeer, "hello");
  REQUIRE(got.size() == 1);
  CHECK(got[0].path == client.path);
  CHECK(got[0].bytes == Bytes{0x40, 0, 0, 5, 'h', 'e', 'l', 'l', 'o'});
  CHECK(stage.server().stats().to_peers.packets == 2);
  CHECK(stage.server().stats().to_clients.bytes == 9);
}

TEST_CASE("over a stream ChannelData is padded to four bytes") {
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000, TransportProtocol::kTcp);
  REQUIRE(client.allocate().error == 0);
  REQUIRE(client.bind(0x4000, kPeer).error == 0);
  stage.server().receive_from_peer(stage.clock.now(), {ip("10.0.0.7"), 30000}, kPeer, bytes_of("hello"), stage.out);
  CHECK(stage.clients_got()[0].bytes == Bytes{0x40, 0, 0, 5, 'h', 'e', 'l', 'l', 'o', 0, 0, 0});
  client.send(Bytes{0x40, 0, 0, 5, 'h', 'e', 'l', 'l', 'o', 0, 0, 0});
  CHECK(stage.peers_got()[0].bytes == bytes_of("hello"));
}

TEST_CASE("[M-095] what is relayed grows by the four bytes of a channel, and is not cut") {
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000);
  REQUIRE(client.allocate().error == 0);
  REQUIRE(client.bind(0x4000, kPeer).error == 0);
  const Bytes largest(1200 + 16, 0xAB);  // with SRTP's tag
  stage.server().receive_from_peer(stage.clock.now(), {ip("10.0.0.7"), 30000}, kPeer, largest, stage.out);
  const auto got = stage.clients_got();
  REQUIRE(got.size() == 1);
  CHECK(got[0].bytes.size() == largest.size() + 4);
  client.send_on(0x4000, largest);
  CHECK(stage.peers_got()[0].bytes == largest);
}

TEST_CASE("permissions last five minutes and channels ten, unless they are asked for again") {
  Stage stage;
  stage.add_user("PA_1", 24h);
  Client client(stage, "PA_1", 4000);
  REQUIRE(client.allocate().error == 0);
  REQUIRE(client.refresh(3600).error == 0);
  REQUIRE(client.bind(0x4000, kPeer).error == 0);
  const auto arrives = [&] {
    client.send_on(0x4000, bytes_of("x"));
    return stage.peers_got().size() == 1;
  };
  stage.clock.advance(299s);
  CHECK(arrives());
  stage.clock.advance(1s);
  CHECK_FALSE(arrives());
  CHECK(client.permit({kPeer}).error == 0);
  CHECK(arrives());
  stage.clock.advance(299s);
  CHECK(client.permit({kPeer}).error == 0);
  CHECK(arrives());
  stage.clock.advance(1s);
  CHECK_FALSE(arrives());  // the permission is there, the channel is not
  CHECK(client.bind(0x4000, kPeer).error == 0);
  CHECK(arrives());
}

TEST_CASE("a channel is one peer's, and a peer has one channel") {
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000);
  REQUIRE(client.allocate().error == 0);
  CHECK(client.bind(0x4000, kPeer).error == 0);
  CHECK(client.bind(0x4000, kPeer).error == 0);
  CHECK(client.bind(0x4000, kOtherPort).error == 400);
  CHECK(client.bind(0x4001, kPeer).error == 400);
  CHECK(client.bind(0x4001, kOtherPort).error == 0);
  CHECK(client.bind(0x3FFF, kPeer).error == 400);
  CHECK(client.bind(0x5000, kPeer).error == 400);
}

TEST_CASE("an allocation lasts ten minutes, an hour at most, and ends when it is refreshed with 0") {
  Stage stage;
  stage.add_user("PA_1", 24h);
  Client client(stage, "PA_1", 4000);
  const auto asks = [](std::uint32_t lifetime) {
    return [=](auto& writer) { Client::write_u32(writer, attribute::kLifetime, lifetime); };
  };
  CHECK(client.allocate(asks(7200)).attributes.lifetime == 3600U);
  CHECK(client.refresh(60).attributes.lifetime == 600U);
  stage.clock.advance(599s);
  stage.server().advance(stage.clock.now(), stage.out);
  CHECK(stage.ports.bound.size() == 1);
  CHECK(stage.server().deadline() == stage.clock.now() + 1s);
  stage.clock.advance(1s);
  stage.server().advance(stage.clock.now(), stage.out);
  CHECK(stage.ports.bound.empty());
  CHECK(client.refresh(600).error == 437);
  CHECK(client.permit({kPeer}).error == 437);

  CHECK(client.allocate().error == 0);
  CHECK(client.refresh(0).attributes.lifetime == 0U);
  CHECK(stage.ports.bound.empty());
  REQUIRE(stage.events.size() == 4);
  CHECK(stage.events[3].kind == Event::Kind::kEnded);
  CHECK(stage.events[3].client == client.path);
}

TEST_CASE("an Allocate that is sent again gets the same answer; another one on the same 5-tuple gets 437") {
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000);
  client.take_nonce(client.ask(method::kAllocate));
  client.fixed_transaction = ice::stun::TransactionId{1, 2, 3};
  const Answer first = client.allocate();
  const Answer again = client.allocate();
  CHECK(first.error == 0);
  CHECK(again.relayed == first.relayed);
  CHECK(again.error == 0);
  client.fixed_transaction.reset();
  CHECK(client.allocate().error == 437);
  CHECK(stage.ports.bound.size() == 1);
}

TEST_CASE("a nonce is good for an hour, for the client that it was made for") {
  Stage stage;
  stage.add_user("PA_1", 24h);
  Client client(stage, "PA_1", 4000);
  REQUIRE(client.allocate().error == 0);
  REQUIRE(client.refresh(3600).error == 0);
  Client thief(stage, "PA_1", 4001);
  thief.nonce = client.nonce;
  const Answer stale = thief.allocate();
  CHECK(stale.error == 438);
  CHECK(stale.attributes.realm == "livekit");
  thief.take_nonce(stale);
  CHECK(thief.allocate().error == 0);

  stage.clock.advance(30min);
  CHECK(client.refresh(3600).error == 0);
  stage.clock.advance(30min + 1s);
  const Answer late = client.refresh(3600);
  CHECK(late.error == 438);
  client.take_nonce(late);
  CHECK(client.refresh(3600).error == 0);
  client.nonce = std::string(48, '0');
  CHECK(client.refresh(3600).error == 438);
}

TEST_CASE("an allocation is its owner's: another user on the same 5-tuple gets 441") {
  Stage stage;
  stage.add_user("PA_1");
  stage.add_user("PA_2");
  Client client(stage, "PA_1", 4000);
  REQUIRE(client.allocate().error == 0);
  Client other(stage, "PA_2", 4000);
  other.nonce = client.nonce;
  CHECK(other.refresh(0).error == 441);
  CHECK(other.permit({kPeer}).error == 441);
  CHECK(other.bind(0x4000, kPeer).error == 441);
  CHECK(client.permit({kPeer}).error == 0);
}

TEST_CASE("what a request asks for and there is not, is told by its code") {
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000);
  client.take_nonce(client.ask(method::kAllocate));
  CHECK(client.ask(method::kAllocate).error == 400);  // without REQUESTED-TRANSPORT
  CHECK(client
            .ask(method::kAllocate,
                 [](auto& writer) {
                   const std::uint8_t tcp[4] = {6};
                   writer.attribute(attribute::kRequestedTransport, tcp);
                 })
            .error == 442);
  CHECK(client
            .allocate([](auto& writer) {
              const std::uint8_t six[4] = {kFamilyV6};
              writer.attribute(attribute::kRequestedAddressFamily, six);
            })
            .error == 440);
  CHECK(client.allocate([](auto& writer) { writer.attribute(0x001A, {}); }).error == 420);  // DONT-FRAGMENT
  const auto even_port = [](ice::stun::Writer& writer, std::uint8_t reserves) {
    writer.attribute(attribute::kEvenPort, ByteView(&reserves, 1));
  };
  const auto token = [](ice::stun::Writer& writer) {
    const std::uint8_t value[8] = {};
    writer.attribute(attribute::kReservationToken, value);
  };
  CHECK(client.allocate([&](auto& writer) { even_port(writer, 0x80); }).error == 508);
  CHECK(client.allocate([&](auto& writer) { token(writer); }).error == 508);
  CHECK(client.allocate([&](auto& writer) { even_port(writer, 0), token(writer); }).error == 400);
  Client even(stage, "PA_1", 4001);
  stage.ports.next = 30001;
  CHECK(even.allocate([&](auto& writer) { even_port(writer, 0); }).relayed->port == 30002);
  CHECK(client
            .allocate([](auto& writer) {  // ADDITIONAL-ADDRESS-FAMILY may be passed over
              const std::uint8_t six[4] = {kFamilyV6};
              writer.attribute(0x8000, six);
            })
            .error == 0);
  CHECK(client.permit({{ip("2001:db8::1"), 5000}}).error == 443);
  CHECK(client.permit({}).error == 400);
  CHECK(client.ask(0x00A).error == 400);  // Connect, of RFC 6062
}

TEST_CASE("without a free port an Allocate gets 508") {
  Stage stage;
  stage.add_user("PA_1");
  stage.ports.most = 1;
  CHECK(Client(stage, "PA_1", 4000).allocate().error == 0);
  CHECK(Client(stage, "PA_1", 4001).allocate().error == 508);
}

TEST_CASE("where there is an IPv6 address too, the client chooses the family") {
  Stage stage;
  stage.add_user("PA_1");
  stage.config.relays.push_back({ip("2001:db8::7"), ip("2001:db8::7")});
  Client client(stage, "PA_1", 4000);
  const Answer answer = client.allocate([](auto& writer) {
    const std::uint8_t six[4] = {kFamilyV6};
    writer.attribute(attribute::kRequestedAddressFamily, six);
  });
  CHECK(answer.relayed->ip == ip("2001:db8::7"));
  const SocketAddress peer{ip("2001:db8::1"), 5000};
  CHECK(client.permit({peer}).error == 0);
  CHECK(client.permit({kPeer}).error == 443);
  CHECK(client.permit({{ip("fd00::1"), 5000}}).error == 403);
  CHECK(client.permit({{ip("::1"), 5000}}).error == 403);
}

TEST_CASE("a stream that ends takes its allocation along") {
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000, TransportProtocol::kTcp);
  REQUIRE(client.allocate().error == 0);
  stage.server().disconnected(client.path, stage.out);
  CHECK(stage.ports.bound.empty());
  CHECK(stage.server().stats().allocations == 0);
  CHECK(stage.server().deadline() == kNever);
}

TEST_CASE("one allocation has so many permissions and channels, and no more") {
  Stage stage;
  stage.add_user("PA_1");
  Client client(stage, "PA_1", 4000);
  REQUIRE(client.allocate().error == 0);
  for (std::uint8_t i = 0; i < 64; ++i) CHECK(client.permit({{IpAddress::v4({192, 0, 2, i}), 1}}).error == 0);
  CHECK(client.permit({{ip("198.51.100.9"), 1}}).error == 508);
  stage.clock.advance(5min);
  CHECK(client.permit({{ip("198.51.100.9"), 1}}).error == 0);
}

TEST_CASE("noise is dropped: other protocols, responses, channels that are not there, lengths that lie") {
  Stage stage;
  stage.add_user(name_of(1));
  Client client(stage, name_of(1), 4000);
  REQUIRE(client.allocate().error == 0);
  REQUIRE(client.bind(0x4000, kPeer).error == 0);
  const Bytes noise[] = {{},
                         {1},
                         {22, 254, 253, 0, 0},
                         {0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
                         {0x40, 1, 0, 1, 'x'},
                         {0x40, 0, 0, 9, 'x'},
                         {0x50, 0, 0, 1, 'x'}};
  for (const Bytes& bytes : noise) client.send(bytes);
  std::uint8_t buffer[100];
  ice::stun::Writer writer(buffer, Class::kSuccess, ice::stun::kBinding, {});
  client.send({buffer, writer.finish({})});
  CHECK(stage.clients_got().empty());
  CHECK(stage.peers_got().empty());
  CHECK(stage.server().stats().dropped == std::size(noise) + 1);
}
