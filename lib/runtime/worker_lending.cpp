// SPDX-License-Identifier: Apache-2.0
// Workers that seal and send for each other: the batches that go out and come back, and how busy whose thread is.
#include <utility>

#include "runtime/worker.hpp"

namespace sfu::runtime {

void Worker::prepare_lending() {
  loads_.resize(siblings_.size());
  for (const Worker* sibling : siblings_) {
    senders_.push_back(sibling->udp_ != nullptr && sibling != this ? sibling->udp_->make_sender() : nullptr);
  }
}

void Worker::flush_lent() {
  shard_->lending().flush([this](LentBatch lent) {
    load_.add_bytes(lent.batch.bytes());
    siblings_[lent.sibling]->inbox_->post(std::move(lent), true);
  });
}

// A sibling's, or one of our own that has come back.
void Worker::take_lent(LentBatch lent) {
  if (lent.home != shard_->worker()) {
    senders_[lent.home]->send(lent.batch.datagrams());
    // What has a TCP path is sealed now, and goes out where the connections are.
    const bool urgent = lent.recalls || lent.batch.has_tcp();
    return siblings_[lent.home]->inbox_->post(std::move(lent), urgent);
  }
  if (lent.batch.has_tcp() && tcp_) tcp_->send(lent.batch.datagrams(), *this);
  if (SendBatch* aside = shard_->lending().take_back(std::move(lent))) send(*aside);
}

// Right after a flush.
void Worker::balance(Instant now) {
  if (lend_above_ >= 1 || siblings_.size() < 2 || !thread_load_.due(now)) return;
  thread_load_.measure(now);
  for (std::size_t i = 0; i < loads_.size(); ++i) loads_[i] = siblings_[i]->thread_load_.of_a_core(now);
  if (udp_ == nullptr) return;
  Lending& lending = shard_->lending();
  const Lending::Counts& counts = lending.measure();
  const auto order = lending_policy_.decide({shard_->worker(), loads_, counts.kept, counts.lent});
  if (!order) return;
  if (!order->recall) return lending.lend(order->sibling, order->packets);
  if (auto last = lending.recall(order->sibling, order->packets)) {
    siblings_[last->sibling]->inbox_->post(*std::move(last), true);
  }
}

}  // namespace sfu::runtime
