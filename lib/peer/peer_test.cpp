// SPDX-License-Identifier: Apache-2.0
#include "peer/peer.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "peer/test_link.hpp"
#include "rtp/rtp.hpp"

namespace sfu::peer {
namespace {

using namespace std::chrono_literals;
using test::End;
using test::Link;

SenderSpec camera() {
  SenderSpec spec;
  spec.kind = rtp::MediaKind::kVideo;
  spec.stream_id = "PA_a|TR_v";
  spec.track_id = "TR_v";
  spec.cname = "PA_a";
  spec.ssrc = 1111;
  spec.rtx_ssrc = 2222;
  PayloadCodec vp8;
  vp8.codec = rtp::Codec::kVp8;
  spec.codecs = {vp8};
  return spec;
}

// One RTP packet of 1000 bytes through the peer's own send path.
bool send_packet(Link& link, End& from, std::uint16_t sequence) {
  const ByteSpan slot = from.peer->open_rtp(link.batch());
  rtp::PacketWriter writer(slot, {.payload_type = 96, .sequence_number = sequence, .timestamp = 90, .ssrc = 1111});
  const std::vector<std::uint8_t> payload(1000, static_cast<std::uint8_t>(sequence));
  writer.payload(payload);
  const bool sent = from.peer->send_rtp(link.batch(), writer.size());
  link.flush(from);
  return sent;
}

bool send_receiver_report(Link& link, End& from) {
  const std::uint8_t report[] = {0x80, 201, 0, 1, 0, 0, 0, 7};
  const bool sent = from.peer->send_rtcp(report, link.batch());
  link.flush(from);
  return sent;
}

std::optional<ChannelOpened> opened(const End& end, std::string_view label) {
  for (const ChannelOpened& channel : end.all<ChannelOpened>()) {
    if (channel.label == label) return channel;
  }
  return std::nullopt;
}

std::vector<std::string> texts(const End& end) {
  std::vector<std::string> list;
  for (const MessageReceived& message : end.all<MessageReceived>()) list.emplace_back(as_text(message.bytes));
  return list;
}

void check_call(Link& link) {
  End& client = link.client();
  End& server = link.server();
  REQUIRE(link.connect());
  CHECK(client.peer->srtp_profile() == "SRTP_AEAD_AES_128_GCM");
  CHECK(server.peer->srtp_profile() == "SRTP_AEAD_AES_128_GCM");
  CHECK(server.all<PathLearned>().size() == 1);

  for (std::uint16_t i = 0; i < 200; ++i) {
    REQUIRE(send_packet(link, client, i));
    REQUIRE(send_packet(link, server, i));
    REQUIRE(send_receiver_report(link, client));
    REQUIRE(send_receiver_report(link, server));
    link.run_for(5ms);
  }
  link.run_for(100ms);
  for (End* end : {&client, &server}) {
    REQUIRE(end->rtp.size() > 100);
    CHECK(end->rtcp.size() > 100);
    const auto packet = rtp::PacketView::parse(end->rtp.front());
    REQUIRE(packet);
    CHECK(packet->ssrc() == 1111);
    CHECK(packet->payload().size() == 1000);
    CHECK(end->peer->stats().dropped_unprotect == 0);
  }

  REQUIRE(link.run_until([&] { return opened(client, "_reliable") && opened(server, "_reliable"); }, 120s));
  CHECK(opened(server, "_reliable")->reliable);
  CHECK_FALSE(opened(server, "_reliable")->ours);
  CHECK(opened(client, "_reliable")->ours);
  auto client_out = link.output(client);
  auto server_out = link.output(server);
  REQUIRE(client.peer->send_data(link.now(), opened(client, "_reliable")->channel, as_bytes("up"), false, client_out));
  link.flush(client);
  REQUIRE(server.peer->send_data(link.now(), opened(server, "_reliable")->channel, as_bytes("down"), true, server_out));
  link.flush(server);
  CHECK(link.run_until([&] { return texts(server) == std::vector<std::string>{"up"}; }));
  CHECK(link.run_until([&] { return texts(client) == std::vector<std::string>{"down"}; }));
  CHECK(client.all<MessageReceived>().front().binary);
}

TEST_CASE("a controlling and a lite peer connect and carry media and data both ways") {
  for (const double loss : {0.0, 0.2}) {
    for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6, 7, 8}) {
      CAPTURE(loss);
      CAPTURE(seed);
      Link link(seed, loss);
      auto out = link.output(link.client());
      REQUIRE(link.client().peer->open_channel(link.now(), {.label = "_reliable"}, out));
      REQUIRE(link.client().peer->open_channel(link.now(), {.label = "_lossy", .ordered = false, .max_retransmits = 0},
                                               out));
      REQUIRE(link.client().peer->negotiation().bind_sender(camera()));
      link.negotiate(link.client());
      check_call(link);

      CHECK_FALSE(opened(link.server(), "_lossy")->reliable);
      CHECK_FALSE(opened(link.server(), "_lossy")->ordered);
    }
  }
}

TEST_CASE("[S-020] a lite peer may offer: the first offer has the data section, and its answer connects") {
  Link link(7, 0.0);
  auto out = link.output(link.server());
  REQUIRE(link.server().peer->open_channel(link.now(), {.label = "_reliable"}, out));
  link.negotiate(link.server());
  REQUIRE(link.connect());
  REQUIRE(link.run_until([&] { return opened(link.client(), "_reliable").has_value(); }));
  CHECK_FALSE(opened(link.client(), "_reliable")->ours);
}

TEST_CASE("DTLS and media from a path that ICE has not verified are dropped and counted") {
  Link link(3, 0.0);
  link.negotiate(link.client());
  REQUIRE(link.connect());
  const Path stranger{link.server().address, {*IpAddress::parse("203.0.113.66"), 666}};
  Peer& server = *link.server().peer;
  auto out = link.output(link.server());
  std::vector<std::uint8_t> hello = {22, 254, 253, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0};
  std::vector<std::uint8_t> media(40, 0);
  media[0] = 0x80;
  CHECK(server.receive(link.now(), stranger, hello, out).kind == Peer::Received::Kind::kNone);
  CHECK(server.receive(link.now(), stranger, media, out).kind == Peer::Received::Kind::kNone);
  CHECK(server.stats().dropped_unauthenticated == 2);
  CHECK(link.batch().empty());
  CHECK(server.state() == State::kConnected);
}

TEST_CASE("before its keys a peer drops media, sends none, and counts both") {
  Link link(3, 0.0);
  link.negotiate(link.client());
  CHECK_FALSE(send_packet(link, link.server(), 1));
  CHECK(link.server().peer->stats().unsent_not_ready == 1);
  CHECK_FALSE(link.server().peer->can_send());
  REQUIRE(link.run_until([&] { return link.server().peer->ice_connected(); }));
  std::vector<std::uint8_t> media(40, 0);
  media[0] = 0x80;
  auto out = link.output(link.server());
  link.server().peer->receive(link.now(), *link.server().peer->selected_path(), media, out);
  CHECK(link.server().peer->stats().dropped_before_keys == 1);
}

TEST_CASE("media that was tampered with or replayed is dropped and counted") {
  Link link(4, 0.0);
  link.negotiate(link.client());
  REQUIRE(link.connect());
  Peer& client = *link.client().peer;
  Peer& server = *link.server().peer;
  const ByteSpan slot = client.open_rtp(link.batch());
  rtp::PacketWriter writer(slot, {.payload_type = 96, .sequence_number = 9, .ssrc = 5});
  writer.payload(as_bytes("hello"));
  REQUIRE(client.send_rtp(link.batch(), writer.size()));
  const ByteView sent = link.batch().datagrams()[0].bytes;
  std::vector<std::uint8_t> good(sent.begin(), sent.end());
  std::vector<std::uint8_t> bad = good;
  std::vector<std::uint8_t> again = good;
  bad.back() ^= 1;
  link.batch().clear();
  const Path path = *server.selected_path();
  auto out = link.output(link.server());
  CHECK(server.receive(link.now(), path, bad, out).kind == Peer::Received::Kind::kNone);
  CHECK(server.receive(link.now(), path, good, out).kind == Peer::Received::Kind::kRtp);
  CHECK(server.receive(link.now(), path, again, out).kind == Peer::Received::Kind::kNone);
  CHECK(server.stats().dropped_unprotect == 2);
}

TEST_CASE("a client whose address changes is followed") {
  Link link(5, 0.0);
  link.negotiate(link.client());
  REQUIRE(link.connect());
  const SocketAddress moved{*IpAddress::parse("192.0.2.99"), 50505};
  link.move_client(moved);
  CHECK(link.run_until([&] {
    const Path* path = link.server().peer->selected_path();
    return path != nullptr && path->remote == moved;
  }));
  CHECK(link.server().all<PathLearned>().size() == 2);
  CHECK(link.server().peer->state() == State::kConnected);
  REQUIRE(send_packet(link, link.client(), 1));
  link.run_for(100ms);
  CHECK(link.server().rtp.size() == 1);
}

TEST_CASE("a peer that falls silent is disconnected, then failed; one that comes back is connected again") {
  Link link(6, 0.0);
  link.negotiate(link.client());
  REQUIRE(link.connect());
  link.set_loss(1.0);
  REQUIRE(link.run_until([&] { return link.server().peer->state() == State::kDisconnected; }, 40s));
  CHECK_FALSE(link.server().peer->can_send());
  link.set_loss(0.0);
  REQUIRE(link.run_until([&] { return link.server().peer->state() == State::kConnected; }, 10s));
  REQUIRE(link.run_until([&] { return link.client().peer->state() == State::kConnected; }, 10s));
  link.set_loss(1.0);
  CHECK(link.run_until([&] { return link.server().peer->state() == State::kFailed; }, 120s));
}

TEST_CASE("[S-035] an ICE restart in an offer is answered with a new ufrag and media goes on") {
  Link link(8, 0.0);
  link.negotiate(link.client());
  REQUIRE(link.connect());
  const std::string before = link.server().peer->local_ufrag();
  auto out = link.output(link.client());
  link.client().peer->restart_ice(out);
  link.negotiate(link.client());
  CHECK(link.server().peer->local_ufrag() != before);
  REQUIRE(link.server().all<UfragAdded>().size() == 1);
  CHECK(link.server().all<UfragAdded>()[0].ufrag == link.server().peer->local_ufrag());
  REQUIRE(send_packet(link, link.client(), 1));
  REQUIRE(link.run_until([&] { return !link.server().all<UfragRemoved>().empty(); }));
  CHECK(link.server().all<UfragRemoved>()[0].ufrag == before);
  CHECK(link.server().rtp.size() == 1);
  CHECK(link.server().peer->state() == State::kConnected);
}

TEST_CASE("[S-035] a client that restarts ICE again and again, and sends no check, leaves two ufrags") {
  Link link(8, 0.0);
  link.negotiate(link.client());
  REQUIRE(link.connect());
  link.set_loss(1.0);
  for (int i = 0; i < 50; ++i) {
    auto out = link.output(link.client());
    link.client().peer->restart_ice(out);
    link.negotiate(link.client());
  }
  const std::size_t added = link.server().all<UfragAdded>().size();
  CHECK(added == 50);
  CHECK(link.server().all<UfragRemoved>().size() == added - 1);  // of these, and the one before, two are left
}

TEST_CASE("a certificate that the description did not announce fails the peer") {
  Link link(9, 0.0);
  const auto offer = link.client().peer->create_offer();
  std::string forged = *offer;
  const std::size_t digest = forged.find("a=fingerprint:sha-256 ") + 22;
  forged[digest] = forged[digest] == 'A' ? 'B' : 'A';
  auto out = link.output(link.server());
  REQUIRE(link.server().peer->apply_offer(link.now(), forged, out));
  const auto answer = link.server().peer->create_answer(link.now(), out);
  auto client_out = link.output(link.client());
  REQUIRE(link.client().peer->apply_answer(link.now(), *answer, client_out));
  CHECK(link.run_until([&] { return link.server().peer->state() == State::kFailed; }));
  CHECK(link.server().peer->srtp_profile().empty());
}

TEST_CASE("close says farewell, gives its paths back, and ignores what comes later") {
  Link link(10, 0.0);
  link.negotiate(link.client());
  REQUIRE(link.connect());
  auto out = link.output(link.server());
  link.server().peer->close(link.now(), out);
  CHECK_FALSE(link.batch().empty());
  link.flush(link.server());
  CHECK(link.server().all<PathLost>().size() == 1);
  CHECK(link.server().peer->state() == State::kClosed);
  CHECK(link.server().peer->deadline() == kNever);
  CHECK_FALSE(send_packet(link, link.server(), 1));
  link.run_for(1s);
  CHECK(link.client().peer->state() == State::kConnected);  // close_notify alone ends nothing (spec 2.5)
}

TEST_CASE("an mDNS candidate and an empty one are ignored, nonsense is an error") {
  Link link(11, 0.0);
  Peer& server = *link.server().peer;
  auto out = link.output(link.server());
  CHECK(server.add_remote_candidate(link.now(), "candidate:1 1 udp 2113937151 6f1b2c.local 50000 typ host", out));
  CHECK(server.add_remote_candidate(link.now(), "", out));
  CHECK_FALSE(server.add_remote_candidate(link.now(), "candidate:what", out));
}

}  // namespace
}  // namespace sfu::peer
