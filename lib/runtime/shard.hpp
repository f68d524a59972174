// SPDX-License-Identifier: Apache-2.0
// The rooms that are homed on one worker, with their signalling sessions and peers: everything of the SFU that one
// thread owns, and still sans-IO. A Worker drives it with real sockets and clocks, tests/sim with simulated ones.
// A turn: begin_turn(), then any number of receive() and signalling calls, advance(); afterwards datagrams() holds what
// is to be sent. Messages for clients and events for the host leave within each call, in order.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/log.hpp"
#include "base/random.hpp"
#include "base/send_batch.hpp"
#include "base/slot_map.hpp"
#include "base/time.hpp"
#include "base/timer_queue.hpp"
#include "dtls/certificate.hpp"
#include "room/neighbours.hpp"
#include "room/output.hpp"
#include "room/room.hpp"
#include "room/transport_fallback.hpp"
#include "runtime/local_session.hpp"
#include "runtime/peer_directory.hpp"
#include "runtime/policy_desk.hpp"
#include "sfu/event_sink.hpp"
#include "sfu/room_options.hpp"
#include "sfu/signal_session.hpp"
#include "sfu/statistics.hpp"
#include "signal/connect.hpp"
#include "signal/session.hpp"

namespace sfu::runtime {

struct ShardConfig {
  unsigned worker = 0;
  unsigned workers = 1;  // of the engine
  std::vector<SocketAddress> candidates;
  std::vector<SocketAddress> tcp_candidates{};
  bool tcp_fallback = true;  // from UDP to TCP and to TLS
  signal::ServerIdentity identity;
  room::RoomOptions room_defaults;
  RoomPresets room_presets;
  bool auto_create_rooms = true;
  std::size_t signal_message_size_limit = signal::kMaxMessageSize;
  const Authenticator* authenticator = nullptr;  // borrowed, as are those below
  EventSink* events = nullptr;
  Logger* logger = nullptr;
  PolicyHook* policy = nullptr;
  Duration policy_timeout{};
  PolicyDesk::Later decide_later{};  // brings what it is called with to Shard::decide(), on the worker's thread
  std::unique_ptr<Random> random;    // null: the system's
  // More of them, before anybody is told so; or less, after a turn in which that happened.
  std::function<void(std::int64_t by)> participants_changed{};
};

class Shard final : private room::Neighbours {
 public:
  // Errors: kInternal, when no certificate can be made.
  static Result<std::unique_ptr<Shard>> create(ShardConfig config);
  ~Shard() override;

  unsigned worker() const { return config_.worker; }
  void begin_turn(WallAnchor now) { wall_ = now; }

  // One datagram, and when it reached this machine. False if it belongs to no peer here.
  bool receive(Instant now, const Path& path, ByteSpan datagram, Instant arrived);
  // Between these, media may wait for what is received after it.
  void begin_reading() { reading_ = true; }
  void end_reading(Instant now);
  // TCP connections (RFC 6544): whether a peer of that ufrag is here, what is to become of connections, and that one
  // has ended.
  bool has_ufrag(std::string_view ufrag) const { return peers_.has_ufrag(ufrag); }
  std::vector<TcpPathNews>& tcp_news() { return peers_.tcp_news(); }
  void path_lost(Instant now, const Path& path);
  void advance(Instant now);
  // At the end of a turn.
  void tell_participants();
  Instant deadline() const {
    return std::min(
        {room_timers_.deadline(), session_timers_.deadline(), newcomer_deadline(), local_timers_.deadline()});
  }
  SendBatch& datagrams() { return datagrams_; }
  // What of it siblings seal and send.
  Lending& lending() { return lending_; }

  // A validated wish to join or to resume. The sink is told whether it is accepted, at once or when the host's policy
  // has decided; then `settled` is called, also where the client did not wait for it.
  void connect(Instant now, room::ConnectionId id, signal::ConnectPlan plan, std::shared_ptr<SignalSink> sink,
               std::function<void()> settled = {});
  // What stands in the way of a join that is fine by itself, as far as it can be told at once.
  std::optional<signal::Rejection> check_join(signal::ConnectPlan& plan);
  // What the host's policy has left open, of a join or in a room.
  void decide(Instant now, const std::string& room, room::QuestionId id, const Verdict& verdict);
  void receive_signal(Instant now, room::ConnectionId id, ByteView message, bool text);
  // The client sends more than any may: its connection is closed, and counts as lost.
  void cut_flood(Instant now, room::ConnectionId id);
  void disconnected(Instant now, room::ConnectionId id);

  // Null if there is none.
  room::Room* find_room(std::string_view name) override;
  // The room of that name: made, if there is none, with the defaults and over them what is wanted.
  RoomInfo create_room(Instant now, const std::string& name, const RoomConfiguration& configuration);
  // Those of these names, or all if none is given, in the order of their names: `most` of them, after the name `last`.
  std::vector<room::Room*> rooms(const std::vector<std::string>& names, const std::optional<std::string>& last,
                                 std::size_t most);
  // Of the token that this participant came with; long ago if that is not known any more.
  WallTime token_expiry(const room::Room& room, room::ParticipantId id);
  std::size_t room_count() const { return homes_by_name_.size(); }
  // Published and subscribed ones.
  std::size_t track_count() const;
  // Runs `operation` on the room, and delivers what comes of it.
  void with_room(Instant now, room::Room& room, const std::function<void(room::Room&, room::Output&)>& operation);

  // `done` is called with the result, unless this fails.
  using RpcDone = std::function<void(RpcResult)>;
  Result<void> perform_rpc(Instant now, room::Room& room, room::ParticipantId id, const RpcRequest& request,
                           RpcDone done);

  // As of Room, by the names that the host has. The destination is made if there is none, but for send_away(), which is
  // for rooms of other workers.
  Result<void> move_participant(Instant now, room::Room& from, std::string_view identity,
                                const std::string& destination);
  Result<void> send_away(Instant now, room::Room& from, std::string_view identity, const std::string& destination);
  Result<void> forward_participant(Instant now, room::Room& from, std::string_view identity,
                                   const std::string& destination);

  // A participant of the host's own joins, by a plan as of signal::plan_of(). Errors: those of Room::join(), and
  // kNotFound (no such preset).
  Result<void> join_local(Instant now, room::ConnectionId id, signal::ConnectPlan plan, bool frames,
                          ClientObserver& observer, participant::Herald::Answer answer);
  // Runs `operation` where it is, and delivers what comes of it. Nothing happens if it has left.
  // False: it is not there, or has left its room.
  bool with_local(Instant now, room::ConnectionId id,
                  const std::function<void(LocalSession& session, const LocalSession::Place& place)>& operation);
  // What it wrote.
  void write_media(Instant now, room::ConnectionId id, MediaQueue& media);
  // Hands those participants what came for them. At least once a turn, before what they send in answer goes out; their
  // observers are called from here.
  void serve_locals(Instant now);
  // It should not wait for the end of the turn.
  bool locals_crowded() const { return locals_crowded_; }
  void forget_local(room::ConnectionId id);

  // SERVER_SHUTDOWN to everybody.
  void close(Instant now);

  // What is counted here; the Worker adds what only it knows.
  Statistics& statistics();

 private:
  Shard(ShardConfig config, dtls::Certificate certificate);

  struct Home;  // a room and its place here
  struct Connection;
  struct Local;
  // A join that the host's policy has yet to decide.
  struct Newcomer {
    room::ConnectionId id = 0;
    signal::ConnectPlan plan;
    std::shared_ptr<SignalSink> sink;
    std::function<void()> settled;
    Instant deadline = kNever;
  };
  using HomeKey = Handle<Home>;
  using ConnectionKey = Handle<Connection>;
  using LocalKey = Handle<Local>;

  Home* home_of(const room::Room& room);
  Home* home_at(HomeKey key);
  Home* home_at(std::uint32_t index);
  room::Room& find_or_open_room(Instant now, const std::string& name, const RoomConfiguration& configuration);
  Home* open_home(Instant now, room::RoomOptions options);
  void close_home(Home& home);
  Connection* connection_of(room::ConnectionId id);
  Connection* connection_at(std::uint32_t index);
  Local* local_of(room::ConnectionId id);
  void serve_later(Local& local);
  void serve(Instant now, Local& local);
  // --- shard_admission.cpp
  room::Policy::Answer ask_policy(const signal::ConnectPlan& plan, bool checking);
  std::optional<signal::Rejection> check_room(const signal::ConnectPlan& plan);
  void admit(Instant now, Newcomer newcomer, const Verdict& verdict);
  Instant newcomer_deadline() const { return newcomers_.empty() ? kNever : newcomers_.begin()->second.deadline; }
  void deny_overdue(Instant now);
  void forget_newcomer(room::ConnectionId id);
  void turn_newcomers_away();

  void enter(Instant now, room::ConnectionId id, signal::ConnectPlan plan, std::shared_ptr<SignalSink> sink);
  void reject(const signal::ConnectPlan& plan, SignalSink& sink, const signal::Rejection& rejection);
  void join(Instant now, Connection& connection, Home& home);
  void resume(Instant now, Connection& connection, Home* home);
  void forget(room::ConnectionId id);
  // After any operation on a room: its messages and events go out, its next deadline is noted, and a finished one goes.
  void settle(Instant now, Home& home);
  void settle_one(Instant now, Home& home);
  void settle_both(Instant now, const room::Room& first, const room::Room& second);
  void answer_rpcs(room::Room& room);
  void touched(room::Room& room) override;
  void settle_touched(Instant now);
  void deliver(Instant now);
  void deliver(Instant now, room::Event& event);
  void write(Connection& connection, signal::Outbox& outbox);
  room::Output output() { return {datagrams_, signals_, events_, reading_}; }

  ShardConfig config_;
  std::unique_ptr<Random> random_;
  std::unique_ptr<dtls::Certificate> certificate_;
  WallAnchor wall_;
  Log log_;
  Lending lending_;
  PeerDirectory peers_;
  room::TransportFallback fallback_;
  SendBatch datagrams_;
  bool reading_ = false;
  std::vector<HomeKey> gathering_;  // rooms that have something to go on with
  std::vector<room::SignalOut> signals_;
  std::vector<room::Event> events_;
  signal::Outbox outbox_;
  std::optional<PolicyDesk> policy_;
  std::map<room::QuestionId, Newcomer> newcomers_;  // in the order in which they were asked about
  SlotMap<std::unique_ptr<Home>, Home> homes_;
  std::map<std::string, HomeKey, std::less<>> homes_by_name_;
  std::unordered_map<const room::Room*, HomeKey> homes_by_room_;
  SlotMap<std::unique_ptr<Connection>, Connection> connections_;
  std::unordered_map<room::ConnectionId, ConnectionKey> connections_by_id_;
  std::vector<HomeKey> touched_;                       // rooms that another room's operation changed
  std::unordered_map<room::RpcCallId, RpcDone> rpcs_;  // calls that have not ended
  room::RpcCallId next_rpc_ = 1;
  SlotMap<std::unique_ptr<Local>, Local> locals_;
  std::unordered_map<room::ConnectionId, LocalKey> locals_by_id_;
  std::vector<LocalKey> busy_locals_;  // to be served
  bool locals_crowded_ = false;
  TimerQueue room_timers_;
  TimerQueue session_timers_;
  TimerQueue local_timers_;
  Statistics statistics_;
  std::uint64_t told_participants_ = 0;
};

}  // namespace sfu::runtime
