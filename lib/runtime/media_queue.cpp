// SPDX-License-Identifier: Apache-2.0
#include "runtime/media_queue.hpp"

namespace sfu::runtime {

bool MediaQueue::add(std::string_view cid, const Head& head, ByteView bytes) {
  const std::lock_guard lock(mutex_);
  const bool is_first = std::exchange(closed_, false);
  if (is_first) waiting_.push_back(std::exchange(spare_, {}));
  Batch& batch = waiting_.back();
  batch.entries.push_back({head, cid.size(), bytes.size()});
  batch.bytes.insert(batch.bytes.end(), cid.begin(), cid.end());
  batch.bytes.insert(batch.bytes.end(), bytes.begin(), bytes.end());
  return is_first;
}

void MediaQueue::part() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
}

MediaQueue::Batch MediaQueue::begin_take() {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return {};
  Batch batch = std::move(waiting_.front());
  waiting_.pop_front();
  closed_ = closed_ || waiting_.empty();
  return batch;
}

void MediaQueue::end_take(Batch batch) {
  batch.entries.clear();
  batch.bytes.clear();
  const std::lock_guard lock(mutex_);
  spare_ = std::move(batch);
}

}  // namespace sfu::runtime
