// SPDX-License-Identifier: Apache-2.0
#include "signal/session.hpp"

#include <doctest/doctest.h>
#include <google/protobuf/util/json_util.h>

#include <map>
#include <memory>
#include <string>

#include "dtls/certificate.hpp"

using namespace sfu;
using namespace sfu::signal;
using namespace std::chrono_literals;
using livekit::SignalRequest;
using livekit::SignalResponse;

namespace {

class CountingRegistry final : public room::PeerRegistry {
 public:
  Ticket add_peer(room::Room&) override {
    ++last_;
    return {last_, "server" + std::to_string(last_)};
  }
  void move_peer(room::PeerKey, room::Room&) override {}
  void add_ufrag(room::PeerKey, const std::string&) override {}
  void remove_ufrag(room::PeerKey, const std::string&) override {}
  void add_path(room::PeerKey, const Path&) override {}
  void remove_path(room::PeerKey, const Path&) override {}
  void remove_peer(room::PeerKey) override {}

 private:
  room::PeerKey last_ = 0;
};

const dtls::Certificate& certificate() {
  static const auto made = dtls::Certificate::make();
  return *made;
}

// A session as its owner sees it, with what the client received.
struct Client {
  std::unique_ptr<Session> session;
  Outbox out;
  std::vector<SignalResponse> messages;
  std::vector<bool> text;  // of each message
  std::optional<std::uint16_t> close;

  std::vector<SignalResponse::MessageCase> cases() const {
    std::vector<SignalResponse::MessageCase> all;
    for (const auto& message : messages) all.push_back(message.message_case());
    return all;
  }
  const SignalResponse* find(SignalResponse::MessageCase which) const {
    const auto found = std::ranges::find(messages, which, &SignalResponse::message_case);
    return found == messages.end() ? nullptr : &*found;
  }
};

// A room, and what a worker does for its sessions.
struct Stage {
  Stage() {
    wall = {clock.now(), clock.wall_now()};
    environment.registry = &registry;
    environment.certificate = &certificate();
    environment.candidates = candidates;
    environment.random = &random;
    environment.wall = &wall;
    room::RoomOptions options;
    options.name = "stage";
    room = std::make_unique<room::Room>(clock.now(), options, environment, out);
  }

  ConnectPlan plan_for(const std::string& identity, Duration lifetime = 1h,
                       const std::map<std::string, std::string>& query = {}) {
    Claims claims;
    claims.identity = identity;
    claims.attributes = {{"seat", "4"}};
    auto& video = claims.video.emplace();
    video.room_join = true;
    video.room = "stage";
    video.can_update_own_metadata = true;
    ConnectRequest request;
    request.path = "/rtc";
    request.query = query;
    request.query["access_token"] = authenticator->refresh(claims, clock.wall_now(), lifetime);
    request.query["protocol"] = query.contains("protocol") ? query.at("protocol") : "17";
    auto prepared = prepare(request, *authenticator, clock.wall_now());
    REQUIRE(std::holds_alternative<ConnectPlan>(prepared));
    return std::get<ConnectPlan>(std::move(prepared));
  }

  Client& open(ConnectPlan plan) {
    const auto id = ++last_connection;
    auto& client = clients[id];
    client.session = std::make_unique<Session>(
        Session::Config{id, authenticator.get(), &wall, &server, &ice_preferences}, std::move(plan));
    return client;
  }

  Client& join(const std::string& identity, Duration token_lifetime = 1h) {
    auto& client = open(plan_for(identity, token_lifetime));
    const auto joined = room->join(clock.now(), client.session->begin_join(clock.now()), out);
    REQUIRE(joined.has_value());
    deliver();
    return client;
  }

  void send(Client& client, const SignalRequest& request) {
    const auto bytes = request.SerializeAsString();
    send_frame(client, bytes, false);
  }
  void send_frame(Client& client, std::string_view frame, bool text) {
    client.session->receive(clock.now(), as_bytes(frame), text, *room, out, client.out);
    drain(client);
    deliver();
  }

  void deliver() {
    for (const auto& signal : std::exchange(signals, {})) {
      const auto found = clients.find(signal.connection);
      if (found == clients.end()) continue;
      found->second.session->send(clock.now(), signal, found->second.out);
      drain(found->second);
    }
    for (const auto& event : std::exchange(events, {})) {
      if (event.type != room::Event::Type::kParticipantUpdated) continue;
      const auto found = clients.find(event.connection);
      if (found == clients.end()) continue;
      found->second.session->participant_updated(clock.now(), event.participant, found->second.out);
      drain(found->second);
    }
  }

  void drain(Client& client) {
    for (const auto& frame : std::exchange(client.out.frames, {})) {
      auto& message = client.messages.emplace_back();
      client.text.push_back(frame.text);
      if (frame.text) {
        REQUIRE(google::protobuf::util::JsonStringToMessage(frame.bytes, &message).ok());
      } else {
        REQUIRE(message.ParseFromString(frame.bytes));
      }
    }
    if (client.out.close) client.close = client.out.close;
  }

  void advance(Duration by) {
    clock.advance(by);
    wall = {clock.now(), clock.wall_now()};
    room->advance(clock.now(), out);
    deliver();
    for (auto& [id, client] : clients) {
      if (client.session->deadline() <= clock.now()) client.session->advance(clock.now(), client.out);
      drain(client);
    }
  }

  ManualClock clock;
  WallAnchor wall;
  SeededRandom random{1};
  CountingRegistry registry;
  std::vector<SocketAddress> candidates{{IpAddress::v4({10, 0, 0, 1}), 7882}};
  room::Environment environment;
  std::unique_ptr<Authenticator> authenticator = make_token_authenticator({{"devkey", "secret"}});
  ServerIdentity server{.version = "1.13.5", .node_id = "ND_test", .region = "attic"};
  IcePreferences ice_preferences;
  SendBatch datagrams;
  std::vector<room::SignalOut> signals;
  std::vector<room::Event> events;
  room::Output out{datagrams, signals, events};
  std::unique_ptr<room::Room> room;
  std::map<room::ConnectionId, Client> clients;
  room::ConnectionId last_connection = 0;
};

SignalRequest ping(std::int64_t at = 1) {
  SignalRequest request;
  request.set_ping(at);
  return request;
}

}  // namespace

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

TEST_CASE("[S-018] a token is sent after join, lives ten minutes at least and can be used to join again") {
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
}

TEST_CASE("garbage and messages over 2 MiB end the connection with code 1000, and nothing is heard of after") {
  const std::string garbage = "\xff\xff\xff";
  const std::string huge(kMaxMessageSize + 1, '\0');
  const std::string not_json = "{\"ping\":";
  const std::string not_utf8 = "\x7a\x06\x0a\x04\xff\xff\xff\xff";  // update_metadata{metadata}
  for (const auto& [frame, text] : {std::pair(garbage, false), std::pair(huge, false), std::pair(not_json, true),
                                    std::pair(garbage, true), std::pair(not_utf8, false)}) {
    Stage stage;
    auto& alice = stage.join("alice");
    auto& bob = stage.join("bob");
    stage.send_frame(alice, frame, text);
    CHECK(alice.close == kCloseNormal);
    CHECK(alice.session->closed());
    CHECK(alice.session->deadline() == kNever);
    const auto heard = alice.messages.size();
    stage.send(alice, ping());
    CHECK(alice.messages.size() == heard);
    // Nobody else notices.
    stage.send(bob, ping());
    CHECK(bob.messages.back().message_case() == SignalResponse::kPong);
    CHECK_FALSE(bob.close.has_value());
  }
}

TEST_CASE("empty and unknown requests are ignored") {
  Stage stage;
  auto& alice = stage.join("alice");
  const auto heard = alice.messages.size();
  stage.send_frame(alice, "", false);
  stage.send_frame(alice, "\xba\x3e\x01x", false);  // field 999
  stage.send_frame(alice, "{}", true);
  CHECK(alice.messages.size() == heard);
  CHECK_FALSE(alice.close.has_value());
}

TEST_CASE("requests reach the room as the participant who sent them") {
  Stage stage;
  auto& alice = stage.join("alice");
  SignalRequest request;
  request.mutable_add_track()->set_cid("camera");
  request.mutable_add_track()->set_type(livekit::VIDEO);
  request.mutable_add_track()->set_source(livekit::CAMERA);
  stage.send(alice, request);
  const auto* published = alice.find(SignalResponse::kTrackPublished);
  REQUIRE(published != nullptr);
  CHECK(published->track_published().cid() == "camera");

  request.mutable_mute()->set_sid("TR_unknown");
  alice.messages.clear();
  stage.send(alice, request);
  const auto* response = alice.find(SignalResponse::kRequestResponse);
  REQUIRE(response != nullptr);
  CHECK(response->request_response().reason() == livekit::RequestResponse::NOT_FOUND);
  CHECK(response->request_response().mute().sid() == "TR_unknown");
}

TEST_CASE("requests for data tracks and blobs reach the room") {
  Stage stage;
  auto& alice = stage.join("alice");
  auto& bob = stage.join("bob");
  SignalRequest request;
  request.mutable_publish_data_track_request()->set_pub_handle(7);
  request.mutable_publish_data_track_request()->set_name("telemetry");
  stage.send(alice, request);
  const auto* published = alice.find(SignalResponse::kPublishDataTrackResponse);
  REQUIRE(published != nullptr);
  const auto sid = published->publish_data_track_response().info().sid();

  auto* wish = request.mutable_update_data_subscription()->add_updates();
  wish->set_track_sid(sid);
  wish->set_subscribe(true);
  stage.send(bob, request);
  const auto* handles = bob.find(SignalResponse::kDataTrackSubscriberHandles);
  REQUIRE(handles != nullptr);
  REQUIRE(handles->data_track_subscriber_handles().sub_handles_size() == 1);
  CHECK(handles->data_track_subscriber_handles().sub_handles().begin()->second.track_sid() == sid);

  request.mutable_unpublish_data_track_request()->set_pub_handle(7);
  stage.send(alice, request);
  CHECK(alice.find(SignalResponse::kUnpublishDataTrackResponse) != nullptr);
  request.mutable_store_data_blob_request()->set_request_id(9);
  stage.send(alice, request);
  CHECK(alice.messages.back().request_response().request_id() == 9);
  CHECK(alice.messages.back().request_response().reason() == livekit::RequestResponse::NOT_ALLOWED);
  request.mutable_get_data_blob_request()->set_request_id(10);
  stage.send(alice, request);
  CHECK(alice.messages.back().request_response().request_id() == 10);
}

TEST_CASE("a client that floods is closed with 1008, and nothing is heard of it after") {
  Stage stage;
  auto& alice = stage.join("alice");
  alice.session->refuse_flood(alice.out);
  stage.drain(alice);
  CHECK(alice.close == kClosePolicy);
  const auto heard = alice.messages.size();
  stage.send(alice, ping());
  CHECK(alice.messages.size() == heard);
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

TEST_CASE("[S-016] Safari and Firefox on Linux are told which codecs are off") {
  Stage stage;
  const auto configuration = [&](const std::string& browser, const std::string& version, const std::string& os) {
    auto& client =
        stage.open(stage.plan_for(browser, 1h, {{"browser", browser}, {"browser_version", version}, {"os", os}}));
    return client.session->begin_join(stage.clock.now()).response.client_configuration();
  };
  const auto safari = configuration("Safari", "18.4", "Mac OS X").disabled_codecs();
  REQUIRE(safari.codecs_size() == 1);
  CHECK(safari.codecs(0).mime() == "video/AV1");
  REQUIRE(safari.publish_size() == 1);
  CHECK(safari.publish(0).mime() == "video/VP9");
  CHECK(configuration("Safari", "18.3", "Mac OS X").disabled_codecs().publish_size() == 0);
  const auto firefox = configuration("Firefox", "140.0", "Linux").disabled_codecs();
  REQUIRE(firefox.publish_size() == 1);
  CHECK(firefox.publish(0).mime() == "video/H264");
}
