// SPDX-License-Identifier: Apache-2.0
// For the tests of sessions: clients' connections to a room, without sockets.
#pragma once

#include <doctest/doctest.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dtls/certificate.hpp"
#include "signal/session.hpp"

namespace sfu::signal::testing {

using namespace std::chrono_literals;
using livekit::SignalRequest;
using livekit::SignalResponse;

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

inline const dtls::Certificate& certificate() {
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
    environment.statistics = &statistics;
    environment.fallback = &fallback;
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
    client.session =
        std::make_unique<Session>(Session::Config{id, authenticator.get(), &wall, &server, &fallback}, std::move(plan));
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
    events.clear();
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
  Statistics statistics;
  SeededRandom random{1};
  CountingRegistry registry;
  std::vector<SocketAddress> candidates{{IpAddress::v4({10, 0, 0, 1}), 7882}};
  room::Environment environment;
  std::unique_ptr<Authenticator> authenticator = make_token_authenticator({{"devkey", "secret"}});
  std::unique_ptr<ClientConfigProvider> client_config = *make_client_config();
  ServerIdentity server{.version = "1.13.5",
                        .node_id = "ND_test",
                        .region = "attic",
                        .ice_servers = {},
                        .turn = {},
                        .client_config = client_config.get()};
  room::TransportFallback fallback;
  SendBatch datagrams;
  std::vector<room::SignalOut> signals;
  std::vector<room::Event> events;
  room::Output out{datagrams, signals, events};
  std::unique_ptr<room::Room> room;
  std::map<room::ConnectionId, Client> clients;
  room::ConnectionId last_connection = 0;
};

inline SignalRequest ping(std::int64_t at = 1) {
  SignalRequest request;
  request.set_ping(at);
  return request;
}

}  // namespace sfu::signal::testing
