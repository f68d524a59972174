// SPDX-License-Identifier: Apache-2.0
#include "runtime/shard.hpp"

#include <set>
#include <utility>

#include "runtime/event_log.hpp"
#include "runtime/infos.hpp"
#include "runtime/shard_parts.hpp"
#include "signal/room_settings.hpp"

namespace sfu::runtime {
namespace {

// Of a time that another thread read, and the turn's, which may have begun before.
double milliseconds_between(Instant from, Instant to) {
  return std::chrono::duration<double, std::milli>(std::max(to, from) - from).count();
}

}  // namespace

Result<std::unique_ptr<Shard>> Shard::create(ShardConfig config) {
  SFU_TRY(auto certificate, dtls::Certificate::make());
  return std::unique_ptr<Shard>(new Shard(std::move(config), std::move(certificate)));
}

Shard::Shard(ShardConfig config, dtls::Certificate certificate)
    : config_(std::move(config)),
      random_(config_.random ? std::move(config_.random) : std::make_unique<SystemRandom>()),
      certificate_(std::make_unique<dtls::Certificate>(std::move(certificate))),
      log_(config_.logger),
      lending_(config_.worker, config_.workers),
      peers_(config_.worker, *random_, lending_),
      fallback_({config_.tcp_fallback, !config_.tcp_candidates.empty(),
                 signal::has_tls_relay(config_.identity.ice_servers, config_.identity.turn)}) {
  if (config_.policy != nullptr) policy_.emplace(*config_.policy, config_.policy_timeout, config_.decide_later);
}

Shard::~Shard() = default;

bool Shard::receive(Instant now, const Path& path, ByteSpan datagram, Instant arrived) {
  ++statistics_.datagrams_received;
  const PeerDirectory::Owner owner = peers_.route(path, datagram);
  if (owner.room == nullptr) return false;
  room::Output out = output();
  const bool gathered = owner.room->has_gathered();
  owner.room->receive(now, owner.key, path, datagram, arrived, out);
  Home& home = *home_of(*owner.room);
  if (!gathered && owner.room->has_gathered()) gathering_.push_back(home.key);
  settle(now, home);
  return true;
}

void Shard::end_reading(Instant now) {
  reading_ = false;
  for (const HomeKey key : gathering_) {
    Home* home = home_at(key);
    if (home == nullptr) continue;
    room::Output out = output();
    home->room.end_reading(now, out);
    settle(now, *home);
  }
  gathering_.clear();
}

void Shard::path_lost(Instant now, const Path& path) {
  const PeerDirectory::Owner owner = peers_.owner_of(path);
  if (owner.room == nullptr) return;
  room::Output out = output();
  owner.room->path_lost(now, owner.key, path, out);
  settle(now, *home_of(*owner.room));
}

void Shard::advance(Instant now) {
  deny_overdue(now);
  std::uint32_t index = 0;
  while (room_timers_.pop_due(now, index)) {
    Home* home = home_at(index);
    if (home == nullptr) continue;
    room::Output out = output();
    home->room.advance(now, out);
    settle(now, *home);
  }
  while (session_timers_.pop_due(now, index)) {
    Connection* connection = connection_at(index);
    if (connection == nullptr) continue;
    connection->session.advance(now, outbox_);
    write(*connection, outbox_);
  }
}

void Shard::enter(Instant now, room::ConnectionId id, signal::ConnectPlan plan, std::shared_ptr<SignalSink> sink) {
  Home* home = nullptr;
  if (const auto found = homes_by_name_.find(plan.room); found != homes_by_name_.end()) {
    home = homes_.find(found->second)->get();
  } else if (!plan.resume) {
    if (!config_.auto_create_rooms && !plan.may_create_room) {
      return reject(plan, *sink, signal::room_not_found());
    }
    auto options = signal::room_options(plan, config_.room_defaults, config_.room_presets);
    if (!options) {
      return reject(plan, *sink, signal::session_failed(options.error()));
    }
    home = open_home(now, *std::move(options));
  }
  const signal::Session::Config config{
      id, config_.authenticator, &wall_, &config_.identity, &fallback_, config_.signal_message_size_limit};
  const ConnectionKey key =
      connections_.emplace(std::make_unique<Connection>(config, std::move(plan), std::move(sink)));
  Connection& connection = **connections_.find(key);
  connection.key = key;
  connections_by_id_[id] = key;
  if (home != nullptr) connection.home = home->key;
  if (connection.session.plan().resume) {
    resume(now, connection, home);
  } else {
    join(now, connection, *home);
  }
}

void Shard::reject(const signal::ConnectPlan& plan, SignalSink& sink, const signal::Rejection& rejection) {
  ++statistics_.joins.signal_failed;
  log_.info("join refused", {{"room", plan.room}, {"participant", plan.claims.identity}, {"error", rejection.body}});
  sink.rejected(rejection.status, rejection.body);
}

void Shard::join(Instant now, Connection& connection, Home& home) {
  room::Output out = output();
  const Instant asked_at = connection.session.plan().asked_at;
  const int protocol = connection.session.plan().join.client.protocol();
  const auto joined = home.room.join(now, connection.session.begin_join(now), out);
  if (joined) {
    ++statistics_.joins.signal_connected;
    statistics_.join_ms[protocol].observe(milliseconds_between(asked_at, now));
    connection.sink->accepted();
  } else {
    reject(connection.session.plan(), *connection.sink, signal::session_failed(joined.error()));
    forget(connection.id);
  }
  settle(now, home);
}

void Shard::resume(Instant now, Connection& connection, Home* home) {
  const std::string& identity = connection.session.plan().claims.identity;
  const auto sid = home != nullptr ? home->room.participant_info(home->room.find(identity)).sid() : std::string();
  room::Output out = output();
  const auto resumed = home != nullptr ? home->room.resume(now, connection.session.begin_resume(now, sid), out)
                                       : fail(Errc::kNotFound, "no such room");
  if (!resumed && resumed.error().code == Errc::kUnavailable) {
    reject(connection.session.plan(), *connection.sink, signal::session_failed(resumed.error()));
    return forget(connection.id);
  }
  ++statistics_.joins.signal_connected;
  connection.sink->accepted();
  if (!resumed) {
    connection.session.refuse_resume(outbox_);
    return write(connection, outbox_);
  }
  const room::ConnectionId id = connection.id;
  deliver(now);  // may free the connection
  if (Connection* still = connection_of(id)) still->session.finish_resume(now, home->room, out);
  settle(now, *home);
}

void Shard::receive_signal(Instant now, room::ConnectionId id, ByteView message, bool text) {
  Connection* connection = connection_of(id);
  if (connection == nullptr) return;
  Home* home = home_at(connection->home);
  if (home == nullptr) return;
  room::Output out = output();
  connection->session.receive(now, message, text, home->room, out, outbox_);
  const bool closed = outbox_.close.has_value();
  ++(closed ? statistics_.signal.bad_requests : statistics_.signal.requests);
  write(*connection, outbox_);  // may free the connection
  if (closed) home->room.connection_closed(now, id, out);
  settle(now, *home);
}

void Shard::cut_flood(Instant now, room::ConnectionId id) {
  Connection* connection = connection_of(id);
  if (connection == nullptr) return;
  Home* home = home_at(connection->home);
  log_.warn("a signalling connection sent too much and is closed",
            {{"room", connection->session.plan().room}, {"participant", connection->session.plan().claims.identity}});
  connection->session.refuse_flood(outbox_);
  write(*connection, outbox_);  // frees the connection
  if (home == nullptr) return;
  room::Output out = output();
  home->room.connection_closed(now, id, out);
  settle(now, *home);
}

void Shard::disconnected(Instant now, room::ConnectionId id) {
  const Connection* connection = connection_of(id);
  if (connection == nullptr) return forget_newcomer(id);
  Home* home = home_at(connection->home);
  forget(id);
  if (home == nullptr) return;
  room::Output out = output();
  home->room.connection_closed(now, id, out);
  settle(now, *home);
}

room::Room* Shard::find_room(std::string_view name) {
  const auto found = homes_by_name_.find(name);
  return found == homes_by_name_.end() ? nullptr : &(*homes_.find(found->second))->room;
}

std::vector<room::Room*> Shard::rooms(const std::vector<std::string>& names, const std::optional<std::string>& last,
                                      std::size_t most) {
  std::vector<room::Room*> found;
  if (names.empty()) {
    auto next = last ? homes_by_name_.upper_bound(*last) : homes_by_name_.begin();
    for (; next != homes_by_name_.end() && found.size() < most; ++next) found.push_back(&home_at(next->second)->room);
    return found;
  }
  const std::set<std::string> wanted(names.begin(), names.end());
  auto next = last ? wanted.upper_bound(*last) : wanted.begin();
  for (; next != wanted.end() && found.size() < most; ++next) {
    if (room::Room* room = find_room(*next)) found.push_back(room);
  }
  return found;
}

void Shard::with_room(Instant now, room::Room& room, const std::function<void(room::Room&, room::Output&)>& operation) {
  room::Output out = output();
  operation(room, out);
  settle(now, *home_of(room));
}

void Shard::close(Instant now) {
  turn_newcomers_away();
  // Room by room: the end of one may end another.
  while (!homes_by_name_.empty()) {
    Home& home = **homes_.find(homes_by_name_.begin()->second);
    room::Output out = output();
    home.room.close(now, livekit::SERVER_SHUTDOWN, out);
    settle(now, home);
  }
}

std::size_t Shard::track_count() const {
  std::size_t count = 0;
  for (const auto& [room, key] : homes_by_room_) count += room->track_count();
  return count;
}

Statistics& Shard::statistics() {
  const ice::Demux::Counters& demux = peers_.counters();
  statistics_.dropped_unknown_source = demux.unknown_path + demux.unknown_ufrag;
  statistics_.dropped_malformed = demux.malformed;
  return statistics_;
}

Shard::Home* Shard::open_home(Instant now, room::RoomOptions options) {
  const std::string name = options.name;
  options.agent_dispatches = signal::read_agent_dispatches(options.agents);
  room::Environment environment;
  environment.registry = &peers_;
  environment.certificate = certificate_.get();
  environment.candidates = config_.candidates;
  environment.tcp_candidates = config_.tcp_candidates;
  environment.fallback = &fallback_;
  environment.random = random_.get();
  environment.wall = &wall_;
  environment.neighbours = this;
  environment.policy = policy_ ? &*policy_ : nullptr;
  environment.statistics = &statistics_;
  environment.log = log_.with("room", name);
  room::Output out = output();
  const HomeKey key = homes_.emplace(std::make_unique<Home>(now, std::move(options), environment, out));
  Home* home = homes_.find(key)->get();
  home->key = key;
  homes_by_name_[name] = key;
  homes_by_room_[&home->room] = key;
  return home;
}

Shard::Home* Shard::home_of(const room::Room& room) {
  return home_at(homes_by_room_.at(&room));
}

Shard::Home* Shard::home_at(HomeKey key) {
  auto* home = homes_.find(key);
  return home != nullptr ? home->get() : nullptr;
}

Shard::Home* Shard::home_at(std::uint32_t index) {
  auto* home = homes_.at(index);
  return home != nullptr ? home->get() : nullptr;
}

Shard::Connection* Shard::connection_of(room::ConnectionId id) {
  const auto found = connections_by_id_.find(id);
  return found == connections_by_id_.end() ? nullptr : connections_.find(found->second)->get();
}

Shard::Connection* Shard::connection_at(std::uint32_t index) {
  auto* connection = connections_.at(index);
  return connection != nullptr ? connection->get() : nullptr;
}

void Shard::forget(room::ConnectionId id) {
  const auto found = connections_by_id_.find(id);
  if (found == connections_by_id_.end()) return;
  session_timers_.cancel(found->second.index);
  connections_.erase(found->second);
  connections_by_id_.erase(found);
}

void Shard::settle(Instant now, Home& home) {
  settle_one(now, home);
  if (!touched_.empty()) settle_touched(now);
}

void Shard::settle_one(Instant now, Home& home) {
  if (!signals_.empty() || !events_.empty()) deliver(now);
  if (home.room.any_rpc_ended()) answer_rpcs(home.room);
  room_timers_.schedule(home.key.index, home.room.deadline());
  if (home.room.finished()) close_home(home);
}

void Shard::close_home(Home& home) {
  const HomeKey key = home.key;
  room_timers_.cancel(key.index);
  homes_by_room_.erase(&home.room);
  homes_by_name_.erase(home.room.name());
  homes_.erase(key);
}

void Shard::tell_participants() {
  const std::uint64_t participants = statistics_.participants;
  if (participants == told_participants_ || !config_.participants_changed) return;
  config_.participants_changed(static_cast<std::int64_t>(participants - told_participants_));
  told_participants_ = participants;
}

void Shard::deliver(Instant now) {
  if (statistics_.participants > told_participants_) tell_participants();
  for (room::SignalOut& signal : signals_) {
    if (Local* local = local_of(signal.connection)) {
      const LocalSession::Moment at{now, wall_.wall_time(now)};
      local->session.on_signal(at, signal.content());
      if (signal.close) local->session.on_closed(at);
      serve_later(*local);
      continue;
    }
    Connection* connection = connection_of(signal.connection);
    if (connection == nullptr) continue;
    connection->session.send(now, signal, outbox_);
    write(*connection, outbox_);
  }
  signals_.clear();
  for (room::Event& event : events_) deliver(now, event);
  events_.clear();
}

void Shard::deliver(Instant now, room::Event& event) {
  log_event(log_, event);
  if (config_.events == nullptr) return;
  // The room of an event is still here: it goes after its last one.
  const auto home = homes_by_name_.find(event.room.name());
  if (home == homes_by_name_.end()) return;
  Home& of_event = *home_at(home->second);
  auto news = to_event(std::move(event), of_event.room.options(), wall_.wall_time(now));
  if (!news) return;
  news->id = make_sid(*random_, "EV_");
  news->sequence = ++of_event.last_event;
  config_.events->on_event(*news);
}

void Shard::write(Connection& connection, signal::Outbox& outbox) {
  statistics_.signal.responses += outbox.frames.size();
  for (const signal::Frame& frame : outbox.frames) connection.sink->send(as_bytes(frame.bytes), frame.text);
  outbox.frames.clear();
  const auto close = std::exchange(outbox.close, std::nullopt);
  if (close) {
    connection.sink->close(*close);
    forget(connection.id);
  } else {
    session_timers_.schedule(connection.key.index, connection.session.deadline());
  }
}

}  // namespace sfu::runtime
