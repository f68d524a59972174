// SPDX-License-Identifier: Apache-2.0
// What a Shard keeps for each room and each signalling connection.
#pragma once

#include <memory>
#include <utility>

#include "runtime/shard.hpp"

namespace sfu::runtime {

struct Shard::Home {
  Home(Instant now, room::RoomOptions options, const room::Environment& environment, room::Output& out)
      : room(now, std::move(options), environment, out) {}
  HomeKey key;
  room::Room room;
  std::uint64_t last_event = 0;  // the sequence number that hosts got with it
};

struct Shard::Connection {
  Connection(const signal::Session::Config& config, signal::ConnectPlan plan, std::shared_ptr<SignalSink> to)
      : session(config, std::move(plan)), sink(std::move(to)), id(config.connection) {}
  ConnectionKey key;
  HomeKey home;
  signal::Session session;
  std::shared_ptr<SignalSink> sink;
  room::ConnectionId id;
};

struct Shard::Local {
  Local(HomeKey at, room::ConnectionId connection, bool frames, ClientObserver& observer, Random& random,
        participant::Herald::Answer answer, std::function<void()> on_news)
      : home(at), id(connection), session(frames, observer, random, std::move(answer), std::move(on_news)) {}
  LocalKey key;
  HomeKey home;
  room::ConnectionId id;
  LocalSession session;
  bool listed = false;  // among the busy ones
};

}  // namespace sfu::runtime
