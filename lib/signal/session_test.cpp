// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "signal/session.hpp"
#include "signal/testing.hpp"

using namespace sfu;
using namespace sfu::signal;
using namespace sfu::signal::testing;

TEST_CASE("the JoinResponse comes first, in binary, with what the server says of itself; then a token") {
  Stage stage;
  auto& alice = stage.join("alice");
  REQUIRE(alice.messages.size() >= 2);
  REQUIRE(alice.messages[0].has_join());
  CHECK_FALSE(alice.text[0]);
  const auto& join = alice.messages[0].join();
  CHECK(join.server_info().version() == "1.13.5");
  CHECK(join.server_info().protocol() == 17);
  CHECK(join.server_info().node_id() == "ND_test");
  CHECK(join.server_version() == "1.13.5");
  CHECK(join.server_region() == "attic");
  CHECK(join.participant().identity() == "alice");
  CHECK_FALSE(join.has_client_configuration());
  CHECK(alice.messages[1].message_case() == SignalResponse::kRefreshToken);
}

TEST_CASE("[S-009] replies follow the encoding of the client's last frame") {
  Stage stage;
  auto& alice = stage.join("alice");
  stage.send_frame(alice, R"({"ping":"5","later":{"a":[1]}})", true);
  REQUIRE(alice.messages.back().message_case() == SignalResponse::kPong);
  CHECK(alice.text.back());
  stage.send_frame(alice, R"({"pingReq":{"timestamp":"7"}})", true);
  CHECK(alice.messages.back().pong_resp().last_ping_timestamp() == 7);
  CHECK(alice.text.back());
  stage.send(alice, ping());
  CHECK(alice.messages.back().message_case() == SignalResponse::kPong);
  CHECK_FALSE(alice.text.back());
}

TEST_CASE("[S-011] pings are answered with the server's milliseconds, before any peer connection stands") {
  Stage stage;
  auto& alice = stage.join("alice");
  stage.advance(1500ms);
  const auto wall =
      std::chrono::duration_cast<std::chrono::milliseconds>(stage.clock.wall_now().time_since_epoch()).count();
  stage.send(alice, ping(12));
  CHECK(alice.messages.back().pong() == wall);

  SignalRequest request;
  request.mutable_ping_req()->set_timestamp(1234);
  request.mutable_ping_req()->set_rtt(INT64_MAX);
  stage.send(alice, request);
  REQUIRE(alice.messages.back().has_pong_resp());
  CHECK(alice.messages.back().pong_resp().last_ping_timestamp() == 1234);
  CHECK(alice.messages.back().pong_resp().timestamp() == wall);
}

TEST_CASE("[S-017] nothing precedes the JoinResponse, and updates that came meanwhile follow it") {
  Stage stage;
  auto& alice = stage.open(stage.plan_for("alice"));
  const auto give = [&](const SignalResponse& message) {
    alice.session->send(stage.clock.now(), {1, message, false}, alice.out);
    stage.drain(alice);
  };
  SignalResponse update;
  update.mutable_update()->add_participants()->set_sid("PA_1");
  give(update);
  update.mutable_update()->mutable_participants(0)->set_sid("PA_2");
  give(update);
  SignalResponse speakers;
  speakers.mutable_speakers_changed();
  give(speakers);
  stage.send(alice, ping());
  CHECK(alice.messages.empty());

  SignalResponse join;
  join.mutable_join();
  give(join);
  REQUIRE(alice.messages.size() == 4);
  CHECK(alice.messages[0].has_join());
  CHECK(alice.messages[1].update().participants(0).sid() == "PA_1");
  CHECK(alice.messages[2].update().participants(0).sid() == "PA_2");
  CHECK(alice.messages[3].message_case() == SignalResponse::kRefreshToken);
  give(speakers);
  CHECK(alice.messages.back().has_speakers_changed());
}

TEST_CASE("[S-018][C-016] a token is sent after join, lives ten minutes at least and can be used to join again") {
  Stage stage;
  auto& alice = stage.join("alice", 1min);
  const auto* refresh = alice.find(SignalResponse::kRefreshToken);
  REQUIRE(refresh != nullptr);
  const auto claims = stage.authenticator->authenticate(refresh->refresh_token(), stage.clock.wall_now());
  REQUIRE(claims.has_value());
  CHECK(claims->identity == "alice");
  CHECK(claims->attributes.at("seat") == "4");
  CHECK(claims->expires_at >= stage.clock.wall_now() + 10min);
  ConnectRequest again;
  again.path = "/rtc";
  again.query["access_token"] = refresh->refresh_token();
  CHECK(std::holds_alternative<ConnectPlan>(prepare(again, *stage.authenticator, stage.clock.wall_now() + 9min)));

  // One that was to live longer keeps its end.
  const auto later = stage.authenticator->authenticate(
      stage.join("bob", 2h).find(SignalResponse::kRefreshToken)->refresh_token(), stage.clock.wall_now());
  CHECK(later->expires_at >= stage.clock.wall_now() + 2h - 1s);
}

TEST_CASE("a token is sent again every five minutes") {
  Stage stage;
  auto& alice = stage.open(stage.plan_for("alice"));
  SignalResponse join;
  join.mutable_join();
  alice.session->send(stage.clock.now(), {1, join, false}, alice.out);
  const auto tokens = [&] { return std::ranges::count(alice.cases(), SignalResponse::kRefreshToken); };
  stage.advance(5min - 1ms);
  CHECK(tokens() == 1);
  stage.advance(1ms);
  CHECK(tokens() == 2);
  stage.advance(5min);
  CHECK(tokens() == 3);
}

TEST_CASE("[S-019] a change of metadata brings a token that carries it") {
  Stage stage;
  auto& alice = stage.join("alice");
  SignalRequest request;
  request.mutable_update_metadata()->set_metadata("new");
  request.mutable_update_metadata()->set_name("Alice");
  request.mutable_update_metadata()->set_request_id(7);
  alice.messages.clear();
  stage.send(alice, request);
  stage.advance(0s);
  const auto* refresh = alice.find(SignalResponse::kRefreshToken);
  REQUIRE(refresh != nullptr);
  const auto claims = stage.authenticator->authenticate(refresh->refresh_token(), stage.clock.wall_now());
  REQUIRE(claims.has_value());
  CHECK(claims->metadata == "new");
  CHECK(claims->name == "Alice");
  CHECK(claims->video->room == "stage");
  CHECK(claims->video->may_update_own_metadata());
  // [S-067] The answer comes when all is done.
  std::vector<SignalResponse::MessageCase> order;
  for (const auto& message : alice.messages) order.push_back(message.message_case());
  CHECK(order == std::vector{SignalResponse::kUpdate, SignalResponse::kRefreshToken, SignalResponse::kRequestResponse});
}

TEST_CASE("a client's leave is answered with a leave, then the connection is closed with 1000") {
  Stage stage;
  auto& alice = stage.join("alice");
  SignalRequest request;
  request.mutable_leave()->set_reason(livekit::CLIENT_INITIATED);
  stage.send(alice, request);
  REQUIRE(alice.messages.back().has_leave());
  CHECK(alice.messages.back().leave().reason() == livekit::CLIENT_INITIATED);
  CHECK(alice.messages.back().leave().action() == livekit::LeaveRequest::DISCONNECT);
  CHECK(alice.close == kCloseNormal);
}

TEST_CASE("a resume of nobody is told to join anew, in words that its version knows") {
  Stage stage;
  for (const auto& [protocol, action] : {std::pair("17", true), std::pair("12", false)}) {
    auto& client = stage.open(stage.plan_for("ghost", 1h, {{"reconnect", "1"}, {"protocol", protocol}}));
    CHECK(client.session->plan().resume);
    CHECK_FALSE(
        stage.room->resume(stage.clock.now(), client.session->begin_resume(stage.clock.now(), "PA_resumed"), stage.out)
            .has_value());
    client.session->refuse_resume(client.out);
    stage.drain(client);
    REQUIRE(client.messages.size() == 1);
    const auto& leave = client.messages[0].leave();
    CHECK(leave.reason() == livekit::STATE_MISMATCH);
    CHECK((leave.action() == livekit::LeaveRequest::RECONNECT) == action);
    CHECK(leave.can_reconnect() == !action);
    CHECK(client.close == kCloseNormal);
  }
}

TEST_CASE("a resumed session begins with reconnect and ends the turn with a token; the old one is closed") {
  Stage stage;
  auto& old = stage.join("alice");
  auto& client = stage.open(stage.plan_for("alice", 1h, {{"reconnect", "1"}}));
  REQUIRE(
      stage.room->resume(stage.clock.now(), client.session->begin_resume(stage.clock.now(), "PA_resumed"), stage.out)
          .has_value());
  stage.deliver();
  client.session->finish_resume(stage.clock.now(), *stage.room, stage.out);
  stage.deliver();
  stage.advance(0s);
  CHECK(old.close == kCloseNormal);
  const auto cases = client.cases();
  REQUIRE(cases.size() >= 2);
  CHECK(cases.front() == SignalResponse::kReconnect);
  CHECK(cases.back() == SignalResponse::kRefreshToken);
  CHECK(client.messages[0].reconnect().server_info().version() == "1.13.5");
}

TEST_CASE("who is moved gets a token for its new room, in words that its version knows") {
  Stage stage;
  for (const bool knows_moves : {true, false}) {
    CAPTURE(knows_moves);
    auto& client = stage.open(stage.plan_for("alice", 1h, {{"protocol", knows_moves ? "16" : "15"}}));
    const auto joined = stage.room->join(stage.clock.now(), client.session->begin_join(stage.clock.now()), stage.out);
    stage.deliver();
    client.messages.clear();
    REQUIRE(stage.room->send_away(stage.clock.now(), *joined, "hall", stage.out).has_value());
    stage.deliver();
    REQUIRE(client.messages.size() == 2);
    REQUIRE(client.messages[0].has_room_moved() == knows_moves);
    const auto& token = knows_moves ? client.messages[0].room_moved().token() : client.messages[0].refresh_token();
    const auto claims = stage.authenticator->authenticate(token, stage.clock.wall_now());
    REQUIRE(claims.has_value());
    CHECK(claims->identity == "alice");
    CHECK(claims->video->room == "hall");
    CHECK(client.messages[1].leave().action() == livekit::LeaveRequest::RECONNECT);
    CHECK(client.close == kCloseNormal);
  }
}

TEST_CASE("[S-016][C-070][C-071] Safari and Firefox on Linux are told which codecs are off") {
  Stage stage;
  const auto configuration = [&](const std::string& browser, const std::string& version, const std::string& os) {
    auto& client =
        stage.open(stage.plan_for(browser, 1h, {{"browser", browser}, {"browser_version", version}, {"os", os}}));
    return client.session->begin_join(stage.clock.now()).response.client_configuration();
  };
  CHECK_FALSE(configuration("Chrome", "140.0", "Linux").has_disabled_codecs());
  const auto safari = configuration("Safari", "18.4", "Mac OS X").disabled_codecs();
  REQUIRE(safari.codecs_size() == 1);
  CHECK(safari.codecs(0).mime() == "video/AV1");
  REQUIRE(safari.publish_size() == 1);
  CHECK(safari.publish(0).mime() == "video/VP9");
  CHECK(configuration("Safari", "18.3", "Mac OS X").disabled_codecs().publish_size() == 0);
  const auto firefox = configuration("Firefox", "140.0", "Linux").disabled_codecs();
  REQUIRE(firefox.publish_size() == 1);
  CHECK(firefox.publish(0).mime() == "video/H264");
  CHECK(firefox.codecs_size() == 0);
}

TEST_CASE("[M-098] who failed over UDP joins with TCP alone, and who failed over TCP is sent to the relay by TLS") {
  Stage stage;
  stage.fallback = room::TransportFallback({.enabled = true, .tcp = true, .tls = true});
  TurnServer relay;
  relay.host = "relay.test";
  stage.server.ice_servers.turn.push_back(relay);
  relay.port = 443;
  relay.protocol = TurnServer::Protocol::kTls;
  stage.server.ice_servers.turn.push_back(relay);
  const auto fail_twice = [&] {
    for (int i = 0; i < 2; ++i) stage.fallback.failed(stage.clock.now(), "stage", "alice", {});
  };
  CHECK_FALSE(stage.open(stage.plan_for("alice")).session->begin_join(stage.clock.now()).tcp_only);
  fail_twice();
  const auto over_tcp = stage.open(stage.plan_for("alice")).session->begin_join(stage.clock.now());
  CHECK(over_tcp.tcp_only);
  CHECK_FALSE(over_tcp.response.has_client_configuration());
  CHECK_FALSE(stage.open(stage.plan_for("bob")).session->begin_join(stage.clock.now()).tcp_only);

  fail_twice();
  auto& relayed = stage.join("alice");
  const auto& join = relayed.messages.front().join();
  CHECK(join.client_configuration().force_relay() == livekit::ENABLED);
  REQUIRE(join.ice_servers_size() == 1);
  CHECK(join.ice_servers(0).urls(0) == "turns:relay.test:443?transport=tcp");
  CHECK_FALSE(join.fast_publish());
}

TEST_CASE("[M-098] pings are signs of life: with them signalling is not silent") {
  Stage stage;
  stage.fallback = room::TransportFallback({.enabled = true, .tcp = true, .tls = false});
  for (const bool pings : {false, true}) {
    CAPTURE(pings);
    auto& alice = stage.join("alice");
    for (int i = 0; i < 4; ++i) {
      stage.advance(5s);
      if (pings) stage.send(alice, ping());
    }
    SignalRequest leave;  // after 20 s in which no connection stood
    leave.mutable_leave();
    if (!pings) {
      stage.room->connection_closed(stage.clock.now(), stage.last_connection, stage.out);
    } else {
      stage.send(alice, leave);
    }
    stage.deliver();
  }
  // The first one failed in silence, so this is the first failure that counts.
  CHECK(stage.fallback.find(stage.clock.now(), "stage", "alice") == livekit::UDP);
  CHECK(stage.fallback.failed(stage.clock.now(), "stage", "alice", {}) == livekit::TCP);
}
