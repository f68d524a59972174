// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker.hpp"

#include <pthread.h>
#include <sched.h>

#include <algorithm>

namespace sfu::runtime {
namespace {

// Batches read in one turn, so that a flood of media does not hold up control.
constexpr int kReadsPerTurn = 8;

void pin(std::thread& thread, int cpu) {
  cpu_set_t only;
  CPU_ZERO(&only);
  CPU_SET(cpu, &only);
  pthread_setaffinity_np(thread.native_handle(), sizeof only, &only);
}

}  // namespace

Worker::Worker(Config& config, std::unique_ptr<Shard> shard, std::shared_ptr<Inbox> inbox)
    : clock_(*config.clock),
      inbox_(std::move(inbox)),
      transport_(std::move(config.transport)),
      tcp_(std::move(config.tcp)),
      shard_(std::move(shard)),
      steering_(shard_->worker()),
      cpu_(config.cpu),
      udp_(config.udp),
      lend_above_(config.lend_above),
      lending_policy_(config.lend_above) {}

Result<std::unique_ptr<Worker>> Worker::create(Config config) {
  SFU_TRY(auto loop, net::Loop::create());
  const auto inbox = std::make_shared<Inbox>(std::move(loop));
  config.shard.decide_later = [inbox](const std::string& room, room::QuestionId id, Verdict verdict) {
    inbox->post([=, verdict = std::move(verdict)](Instant now, Shard& shard) { shard.decide(now, room, id, verdict); });
  };
  SFU_TRY(auto shard, Shard::create(std::move(config.shard)));
  auto worker = std::unique_ptr<Worker>(new Worker(config, std::move(shard), inbox));
  worker->shard_->datagrams().set_drain([w = worker.get()] { w->flush_own(); });
  worker->measures_load_ = config.measures_load;
  worker->statistics_interval_ = config.statistics_interval;
  worker->asks_each_turn_ = worker->transport_->poll_descriptor() < 0;
  if (!worker->asks_each_turn_) {
    SFU_CHECK_OK(
        worker->inbox_->loop().add(worker->transport_->poll_descriptor(), [w = worker.get()] { w->readable_ = true; }));
  }
  if (worker->tcp_) {
    SFU_CHECK_OK(
        worker->inbox_->loop().add(worker->tcp_->poll_descriptor(), [w = worker.get()] { w->tcp_readable_ = true; }));
  }
  return worker;
}

Worker::~Worker() {
  stop();
}

void Worker::start(std::vector<Worker*> siblings) {
  siblings_ = std::move(siblings);
  prepare_lending();
  publish(clock_.now());
  thread_ = std::thread([this] { run(); });
  if (cpu_) pin(thread_, *cpu_);
  pthread_setname_np(thread_.native_handle(), ("sfu-worker-" + std::to_string(shard_->worker())).c_str());
}

void Worker::stop() {
  if (driven_) return stop_driven();
  if (!thread_.joinable()) return;
  post([this](Instant now, Shard& shard) {
    shard.close(now);
    stopping_ = true;
  });
  thread_.join();
  inbox_->mailbox().close();
}

Statistics Worker::statistics() const {
  Statistics statistics = shard_->statistics();
  statistics.datagrams_received -= steering_.taken();
  statistics.dropped_unknown_source -= steering_.taken();
  statistics.dropped_between_workers = inbox_->mailbox().media_dropped();
  if (tcp_) {
    statistics.tcp_refused = tcp_->stats().refused;
    statistics.tcp_media_dropped = tcp_->stats().media_dropped;
  }
  statistics.datagrams_lent = shard_->lending().lent();
  statistics.dropped_lent = shard_->lending().dropped();
  statistics.forward_latency = latency_.latency();
  statistics.forward_jitter = latency_.jitter();
  return statistics;
}

void Worker::publish(Instant now) {
  board_.publish({statistics(), processor_time_of_thread(), now, clock_.wall_now()});
  next_publication_ = now + statistics_interval_;
}

Duration Worker::idle_time() const {
  if (readable_ || tcp_readable_) return Duration::zero();
  Instant deadline = std::min({shard_->deadline(), load_.deadline(), next_publication_});
  if (tcp_) deadline = std::min(deadline, tcp_->deadline());
  return std::max(deadline - clock_.now(), Duration::zero());
}

void Worker::wait(Duration most) {
  inbox_->loop().wait(most);
  readable_ = readable_ || asks_each_turn_;
}

void Worker::run() {
  thread_id_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  while (!stopping_) {
    wait(idle_time());
    turn();
  }
}

void Worker::turn() {
  const Instant now = now_ = clock_.now();
  shard_->begin_turn({now, clock_.wall_now()});

  inbox_->mailbox().take(commands_, handed_over_, lent_);
  for (Command& command : commands_) {
    if (stopping_) break;  // what came behind the farewell is dropped, as what comes later is
    command(now, *shard_);
    if (shard_->locals_crowded()) shard_->serve_locals(now);
  }
  shard_->begin_reading();
  for (DatagramBundle& bundle : handed_over_) {
    bundle.for_each([&](const Path& path, ByteSpan bytes) { shard_->receive(now, path, bytes, now); });
  }
  for (LentBatch& lent : lent_) take_lent(std::move(lent));
  if (readable_) read_transport(now);
  if (tcp_readable_) read_tcp(now);
  shard_->end_reading(now);
  shard_->advance(now);
  shard_->serve_locals(now);
  const bool sent = !shard_->datagrams().empty();
  flush();
  balance(now);
  if (tcp_) settle_tcp(now);
  if (sent && latency_.wants_sample(now)) latency_.sample(clock_.now(), shard_->statistics().forward_ns);
  latency_.end_turn();
  if (!steering_.empty()) {
    steering_.hand_over(
        [this](unsigned worker, DatagramBundle bundle) { siblings_[worker]->inbox_->post(std::move(bundle)); });
  }
  commands_.clear();
  shard_->tell_participants();
  if (now >= next_publication_) publish(now);
  if (!measures_load_) return;
  load_.touch(now);
  if (load_.due(now)) load_.measure(now, shard_->track_count());
}

void Worker::read_transport(Instant now) {
  bool more = true;
  for (int i = 0; i < kReadsPerTurn && more; ++i) more = transport_->receive(now, *this);
  readable_ = more && asks_each_turn_;  // else its descriptor tells
}

void Worker::receive(Instant arrived, const Path& path, std::span<std::uint8_t> bytes) {
  load_.add_bytes(bytes.size());
  latency_.arrived(arrived);
  if (!shard_->receive(now_, path, bytes, arrived)) {
    (void)steering_.take(path, bytes, static_cast<unsigned>(siblings_.size()));
  }
  if (shard_->locals_crowded()) shard_->serve_locals(now_);
  if (is_batch_full()) flush();
}

// What siblings do first, so that they begin.
void Worker::flush() {
  flush_lent();
  if (!shard_->datagrams().empty()) flush_own();
}

void Worker::flush_own() {
  load_.add_bytes(shard_->datagrams().bytes());
  send(shard_->datagrams());
}

void Worker::send(SendBatch& batch) {
  const auto datagrams = batch.datagrams();
  if (tcp_ && !tcp_->empty()) tcp_->send(datagrams, *this);
  transport_->send(datagrams);
  batch.clear();
}

}  // namespace sfu::runtime
