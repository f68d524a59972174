// SPDX-License-Identifier: Apache-2.0
// What an Engine consists of: workers, and who is where.
#pragma once

#include <atomic>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/log.hpp"
#include "base/time.hpp"
#include "runtime/message_budgets.hpp"
#include "runtime/placement.hpp"
#include "runtime/revocations.hpp"
#include "runtime/shard.hpp"
#include "runtime/turn_service.hpp"
#include "runtime/worker.hpp"
#include "sfu/engine.hpp"
#include "sfu/local_participant.hpp"

namespace sfu {

class Engine::Impl final : private EventSink {
 public:
  static Result<std::unique_ptr<Impl>> create(EngineOptions options);
  ~Impl() override;

  std::unique_ptr<SignalSession> connect(const ConnectRequest& request, std::shared_ptr<SignalSink> sink);
  Verdict validate(const ConnectRequest& request);
  void stop();
  std::uint64_t drain(std::function<void()> done);
  EngineStatistics statistics() const;

  Result<RoomInfo> create_room(const std::string& name, RoomConfiguration configuration, const std::string& preset);
  // Runs `operation` where the room `from` lives; `near` tells whether `to` lives there too, as a new one does.
  using RoomOperation = std::function<Result<void>(Instant now, runtime::Shard& shard, room::Room& from, bool near)>;
  Result<void> with_both(const std::string& from, const std::string& to, RoomOperation operation);

  // Where the participant is, and its number there.
  Result<std::pair<runtime::Worker*, room::ConnectionId>> join_local(const std::string& room,
                                                                     LocalParticipantOptions options,
                                                                     ClientObserver& observer);
  void revoke_tokens(const std::string& room, const std::string& identity, WallTime before, WallTime expiry) {
    revocations_.revoke(clock_.wall_now(), room, identity, before, expiry);
  }
  Result<void> check_revoked(const Claims& claims) const { return revocations_.check(clock_.wall_now(), claims); }

  runtime::Worker& worker(unsigned index) { return *workers_[index]; }
  std::size_t worker_count() const { return workers_.size(); }
  const runtime::Placement& placement() const { return *placement_; }

  // Null unless the host drives the engine.
  runtime::Worker* driven() const { return options_.host_driven ? workers_.front().get() : nullptr; }

  // Runs `function(now, shard)` on a worker and waits for what it returns, a Result. Errors of its own: kClosed when
  // the engine has stopped, kFailedPrecondition on a worker's thread, which would wait for itself.
  template <typename Function>
  auto call(unsigned index, Function function) -> decltype(function(Instant{}, std::declval<runtime::Shard&>())) {
    using Returned = decltype(function(Instant{}, std::declval<runtime::Shard&>()));
    for (const auto& worker : workers_) {
      if (worker->on_this_thread()) return fail(Errc::kFailedPrecondition, "this call may not come from a worker");
    }
    std::promise<Returned> promise;
    std::future<Returned> future = promise.get_future();
    workers_[index]->post([function = std::move(function), promise = std::move(promise)](
                              Instant now, runtime::Shard& shard) mutable { promise.set_value(function(now, shard)); });
    workers_[index]->run_posted_if_driver();
    try {
      return future.get();
    } catch (const std::future_error&) {  // the command was dropped
      return fail(Errc::kClosed, "the engine has stopped");
    }
  }

  // The same, but on the worker's own thread there and then. `function` must bear with an operation that is under way.
  template <typename Function>
  auto call_or_run(unsigned index, Function function)
      -> decltype(function(Instant{}, std::declval<runtime::Shard&>())) {
    if (workers_[index]->on_this_thread()) return workers_[index]->run_here(std::move(function));
    return call(index, std::move(function));
  }

 private:
  explicit Impl(EngineOptions options);
  Result<void> open_turn();
  Result<void> make_workers();
  Result<void> make_transport(unsigned index, unsigned count, runtime::Worker::Config& config);
  Result<std::unique_ptr<net::TcpTransport>> make_tcp(unsigned index);
  void on_event(const Event& event) override;
  void participants_changed(std::int64_t by);
  void tell_if_drained();
  void arrived(unsigned index, const std::string& room);
  signal::JoinRules join_rules() const;
  std::optional<signal::Rejection> ask_worker(signal::ConnectPlan& plan);
  // What all rooms hold has reached a limit.
  bool is_full() const;

  EngineOptions options_;
  SystemClock system_clock_;
  const Clock& clock_;
  Log log_;
  const WallTime started_at_;
  std::atomic<std::uint64_t> validation_failed_ = 0;
  std::unique_ptr<ClientConfigProvider> known_clients_;  // unless the host has its own
  signal::ServerIdentity identity_;
  std::unique_ptr<runtime::Placement> placement_;
  std::unique_ptr<runtime::TurnService> turn_;  // null: there is none
  std::vector<std::unique_ptr<runtime::Worker>> workers_;
  std::atomic<std::uint64_t> next_connection_ = 1;
  runtime::Revocations revocations_;
  runtime::MessageBudgets budgets_;
  std::mutex stopping_;

  std::atomic<std::int64_t> participants_ = 0;
  std::mutex draining_;
  std::function<void()> drained_;  // under draining_; what waits for the last one to leave
};

}  // namespace sfu
