// SPDX-License-Identifier: Apache-2.0
#include "runtime/worker.hpp"

#include <pthread.h>
#include <time.h>

#include <algorithm>

namespace sfu::runtime {
namespace {

// A turn may produce more than the caches hold; then part of it leaves early. Enough for a frame to 40 subscribers.
constexpr std::size_t kFlushAt = 1024;
// Batches read in one turn, so that a flood of media does not hold up control.
constexpr int kReadsPerTurn = 8;

Duration processor_time_of_thread() {
  timespec spent{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &spent);
  return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

}  // namespace

Worker::Worker(const Clock& clock, std::unique_ptr<PacketTransport> transport, std::unique_ptr<Shard> shard,
               std::shared_ptr<Inbox> inbox)
    : clock_(clock),
      inbox_(std::move(inbox)),
      transport_(std::move(transport)),
      shard_(std::move(shard)),
      steering_(shard_->worker()) {}

Result<std::unique_ptr<Worker>> Worker::create(Config config) {
  SFU_TRY(auto loop, net::Loop::create());
  const auto inbox = std::make_shared<Inbox>(std::move(loop));
  config.shard.decide_later = [inbox](const std::string& room, room::QuestionId id, Verdict verdict) {
    inbox->post([=, verdict = std::move(verdict)](Instant now, Shard& shard) { shard.decide(now, room, id, verdict); });
  };
  SFU_TRY(auto shard, Shard::create(std::move(config.shard)));
  auto worker =
      std::unique_ptr<Worker>(new Worker(*config.clock, std::move(config.transport), std::move(shard), inbox));
  worker->measures_load_ = config.measures_load;
  worker->statistics_interval_ = config.statistics_interval;
  worker->asks_each_turn_ = worker->transport_->poll_descriptor() < 0;
  if (!worker->asks_each_turn_) {
    SFU_CHECK_OK(
        worker->inbox_->loop().add(worker->transport_->poll_descriptor(), [w = worker.get()] { w->readable_ = true; }));
  }
  return worker;
}

Worker::~Worker() {
  stop();
}

void Worker::start(std::vector<Worker*> siblings) {
  siblings_ = std::move(siblings);
  publish(clock_.now());
  thread_ = std::thread([this] { run(); });
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
  statistics.forward_latency = latency_.latency();
  statistics.forward_jitter = latency_.jitter();
  return statistics;
}

void Worker::publish(Instant now) {
  board_.publish({statistics(), processor_time_of_thread(), now, clock_.wall_now()});
  next_publication_ = now + statistics_interval_;
}

Duration Worker::idle_time() const {
  if (readable_) return Duration::zero();
  const Instant deadline = std::min({shard_->deadline(), load_.deadline(), next_publication_});
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

  inbox_->mailbox().take(commands_, handed_over_);
  for (Command& command : commands_) {
    if (stopping_) break;  // what came behind the farewell is dropped, as what comes later is
    command(now, *shard_);
    if (shard_->locals_crowded()) shard_->serve_locals(now);
  }
  for (DatagramBundle& bundle : handed_over_) {
    bundle.for_each([&](const Path& path, ByteSpan bytes) { shard_->receive(now, path, bytes, now); });
  }
  if (readable_) read_transport(now);
  shard_->advance(now);
  shard_->serve_locals(now);
  const bool sent = !shard_->datagrams().empty();
  flush();
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
  if (shard_->datagrams().size() >= kFlushAt) flush();
}

void Worker::flush() {
  if (shard_->datagrams().empty()) return;
  for (const Datagram& datagram : shard_->datagrams().datagrams()) load_.add_bytes(datagram.bytes.size());
  transport_->send(shard_->datagrams().datagrams());
  shard_->datagrams().clear();
}

}  // namespace sfu::runtime
