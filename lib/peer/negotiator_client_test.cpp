// SPDX-License-Identifier: Apache-2.0
// The client's end, with this library's server at the other: one negotiator offers, the other answers.
#include "peer/test_sdp.hpp"

using namespace sfu;
using namespace sfu::peer;
using namespace sfu::peer::test;

namespace {

NegotiatorConfig client_config() {
  NegotiatorConfig config;
  config.client = true;
  std::erase(config.codecs, rtp::Codec::kRed);
  return config;
}

// One round: what the server's tracks are was bound before.
OfferChanges negotiate(Negotiator& client, Negotiator& server) {
  const auto offer = client.create_offer();
  REQUIRE(offer);
  REQUIRE(server.apply_offer(*offer));
  const auto answer = server.create_answer();
  REQUIRE(answer);
  auto changes = client.apply_answer(*answer);
  REQUIRE(changes);
  return *std::move(changes);
}

}  // namespace

TEST_CASE(
    "[S-025] [S-027] a section offered for receiving waits without a track, gets one, loses it, and gets another") {
  Negotiator client = make_negotiator(client_config());
  Negotiator server = make_negotiator(v1_config());
  client.add_receivers(rtp::MediaKind::kAudio, 1);
  client.add_receivers(rtp::MediaKind::kVideo, 1);
  CHECK(client.needs_negotiation());
  CHECK(negotiate(client, server).started.empty());
  CHECK(client.receive_mids().empty());
  CHECK(server.free_sections(rtp::MediaKind::kVideo) == 1);

  const std::string mid = *server.bind_sender(video("TR_v"));
  CHECK(negotiate(client, server).started == std::vector<std::string>{mid});
  const ReceiveSection* section = client.receive_section(mid);
  REQUIRE(section != nullptr);
  CHECK(section->track_id == "TR_v");
  CHECK(section->stream_id == "PA_alice|TR_v");
  CHECK(section->streams == std::vector<AnnouncedStream>{{1000, 1001}});
  REQUIRE(section->codecs.size() == 1);
  CHECK(section->codecs[0].codec == rtp::Codec::kVp8);
  CHECK(section->codecs[0].rtx_payload_type.has_value());
  CHECK(section->extensions.has(rtp::Extension::kAbsSendTime));
  CHECK(section->extensions.has(rtp::Extension::kTransportCc));
  CHECK(section->codecs[0].transport_cc);  // as browsers: a server estimates by feedback on every packet

  CHECK(negotiate(client, server).started.empty());  // nothing new
  server.unbind_sender(mid);
  CHECK(negotiate(client, server).stopped == std::vector<std::string>{mid});
  CHECK(*server.bind_sender(video("TR_w")) == mid);
  CHECK(negotiate(client, server).started == std::vector<std::string>{mid});
  CHECK(client.receive_section(mid)->track_id == "TR_w");
}

TEST_CASE("sections for receiving are not taken for sending") {
  Negotiator client = make_negotiator(client_config());
  Negotiator server = make_negotiator(v1_config());
  client.add_receivers(rtp::MediaKind::kVideo, 2);
  (void)negotiate(client, server);
  const std::string mid = *client.bind_sender(video("camera"));
  CHECK(negotiate(client, server).started.empty());
  CHECK(client.send_section(mid)->negotiated);
  const ReceiveSection* at_server = server.receive_section(mid);
  REQUIRE(at_server != nullptr);
  CHECK(at_server->track_id == "camera");
  CHECK(server.free_sections(rtp::MediaKind::kVideo) == 2);
}

TEST_CASE("a client's simulcast is offered by rid, with the extensions that carry it, and without SSRCs") {
  Negotiator client = make_negotiator(client_config());
  Negotiator server = make_negotiator(v1_config());
  SenderSpec camera = video("camera");
  camera.rids = {"q", "h", "f"};
  const std::string mid = *client.bind_sender(camera);
  (void)negotiate(client, server);
  const ReceiveSection* at_server = server.receive_section(mid);
  REQUIRE(at_server != nullptr);
  CHECK(at_server->rids == camera.rids);
  CHECK(at_server->streams.empty());
  for (const rtp::Extension extension : {rtp::Extension::kMid, rtp::Extension::kRid, rtp::Extension::kRepairedRid}) {
    CHECK(at_server->extensions.has(extension));
    CHECK(client.send_section(mid)->extensions.id(extension) == at_server->extensions.id(extension));
  }
  CHECK(client.send_section(mid)->codecs.front().rtx_payload_type.has_value());
}

TEST_CASE("an answer that does not parse changes nothing") {
  Negotiator client = make_negotiator(client_config());
  client.add_receivers(rtp::MediaKind::kAudio, 1);
  REQUIRE(client.create_offer());
  CHECK_FALSE(client.apply_answer("v=0"));
  CHECK(client.offer_outstanding());
  CHECK(client.receive_mids().empty());
}
