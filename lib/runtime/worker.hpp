// SPDX-License-Identifier: Apache-2.0
// One worker: a thread with an event loop, a transport, and the Shard that does the work. The shard knows neither
// threads nor sockets; this is the shell that reads the clock once a turn, feeds it and sends what it produced. Where
// the host has an event loop of its own the thread is the host's, which takes turns when it is told to
// (worker_driven.cpp). Workers with UDP sockets of ours seal and send for each other (worker_lending.cpp).
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "net/tcp_transport.hpp"
#include "net/udp_transport.hpp"
#include "runtime/latency_meter.hpp"
#include "runtime/lending_policy.hpp"
#include "runtime/mailbox.hpp"
#include "runtime/node_load.hpp"
#include "runtime/shard.hpp"
#include "runtime/statistics_board.hpp"
#include "runtime/steering.hpp"
#include "runtime/thread_load.hpp"

namespace sfu::runtime {

class Worker final : private PacketSink, private net::TcpSink {
 public:
  struct Config {
    const Clock* clock = nullptr;
    std::unique_ptr<PacketTransport> transport;
    std::unique_ptr<net::TcpTransport> tcp;  // null: UDP alone
    const net::UdpTransport* udp = nullptr;  // `transport`, if siblings may send through it
    double lend_above = 1;                   // how busy it is when it lends, as a part of a core; 1: never
    std::optional<int> cpu{};                // the one that its thread runs on
    ShardConfig shard;
    bool measures_load = false;
    Duration statistics_interval = std::chrono::seconds(2);
  };
  // Errors: kUnavailable.
  static Result<std::unique_ptr<Worker>> create(Config config);
  ~Worker() override;

  // `siblings` are all workers of the engine, this one among them, by number; they live until all have stopped.
  void start(std::vector<Worker*> siblings);
  // Runs `command` on the thread; after stop() it is dropped instead. Any thread.
  void post(Command command) { inbox_->post(std::move(command)); }
  // For those who post and may outlive the worker.
  const std::shared_ptr<Inbox>& inbox() const { return inbox_; }
  // Says farewell to all, then ends the thread and joins it; a driven worker does so on the caller's. Any thread but
  // this one.
  void stop();

  // In place of start(): no thread is started, the host takes the turns. The thread that does so is the driver; until
  // the first turn, the one that calls this.
  void start_driven();
  // One turn, without waiting. Nothing within a turn, and after stop().
  void run_once();
  // What was posted is done before it returns, if this is the driver's thread, between two turns; else nothing.
  void run_posted_if_driver();
  // Polls readable when a turn has something to do.
  int poll_descriptor() const { return inbox_->loop().descriptor(); }
  // How long nothing is due; Duration::max() after stop().
  Duration poll_timeout();

  // On its thread; of a driven worker, within a turn.
  bool on_this_thread() const { return thread_id_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }
  // Runs `function(now, shard)` at once. On this thread.
  template <typename Function>
  auto run_here(Function function) {
    return function(now_, *shard_);
  }
  // Of the shard, without what came here for another worker: that counts it. On this thread.
  Statistics statistics() const;
  // The same, as it was at most Config::statistics_interval ago if the worker lives. Any thread.
  StatisticsBoard::Reading published() const { return board_.read(); }
  // Measured only if Config::measures_load says so. Any thread.
  const NodeLoad& load() const { return load_; }

 private:
  // A turn may produce more than the caches hold; then part of it leaves early. Enough for a frame to 40 subscribers.
  static constexpr std::size_t kFlushAt = 1024;

  Worker(Config& config, std::unique_ptr<Shard> shard, std::shared_ptr<Inbox> inbox);
  void run();
  Duration idle_time() const;  // until something is due
  void wait(Duration most);
  void turn();
  void read_transport(Instant now);
  void driven_turn();
  void stop_driven();
  void receive(Instant arrived, const Path& path, std::span<std::uint8_t> bytes) override;
  // --- worker_tcp.cpp
  net::TcpClaim claim(ByteView first) override;
  void receive_tcp(const Path& path, ByteSpan bytes) override;
  void tcp_closed(const Path& path) override { shard_->path_lost(now_, path); }
  void read_tcp(Instant now);
  void settle_tcp(Instant now);

  bool is_batch_full() { return shard_->datagrams().size() + shard_->lending().waiting() >= kFlushAt; }
  void flush();
  void flush_own();
  void send(SendBatch& batch);
  void publish(Instant now);
  // --- worker_lending.cpp
  void prepare_lending();
  void flush_lent();
  void take_lent(LentBatch lent);
  void balance(Instant now);

  const Clock& clock_;
  std::shared_ptr<Inbox> inbox_;
  std::unique_ptr<PacketTransport> transport_;
  std::unique_ptr<net::TcpTransport> tcp_;
  std::unique_ptr<Shard> shard_;
  Steering steering_;
  std::vector<Command> commands_;
  std::vector<DatagramBundle> handed_over_;
  std::vector<LentBatch> lent_;
  std::vector<Worker*> siblings_;
  Instant now_{};                // of this turn
  bool asks_each_turn_ = false;  // a transport without a descriptor
  bool readable_ = false;
  bool tcp_readable_ = false;
  bool stopping_ = false;
  NodeLoad load_;
  bool measures_load_ = false;
  std::optional<int> cpu_;
  const net::UdpTransport* udp_;  // transport_, or null
  double lend_above_;
  LendingPolicy lending_policy_;
  ThreadLoad thread_load_;
  std::vector<std::unique_ptr<net::UdpSender>> senders_;  // by worker: through its sockets; null: nobody sends for it
  std::vector<double> loads_;                             // by worker, as last looked at
  LatencyMeter latency_;
  StatisticsBoard board_;
  Duration statistics_interval_{};
  Instant next_publication_{};
  std::atomic<std::thread::id> thread_id_;  // of thread_, which must not be looked at while stop() joins it
  std::thread thread_;

  // --- a driven worker
  bool driven_ = false;
  std::mutex driving_;  // held for a turn: stop() may come from another thread than the driver's
  std::atomic<std::thread::id> driver_;
};

}  // namespace sfu::runtime
