// SPDX-License-Identifier: Apache-2.0
#include "base/send_batch.hpp"

#include <algorithm>
#include <cstring>

namespace sfu {

ByteSpan SendBatch::open() {
  if (at_ + kSlotSize > kChunkSize) {
    ++chunk_;
    at_ = 0;
  }
  // Not value-initialised: zeroing would touch pages that an idle server never needs.
  if (chunk_ == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
  return {chunks_[chunk_]->data() + at_, kSlotSize};
}

void SendBatch::commit(std::size_t size, const Path& path) {
  queued_.push_back(Datagram{path, open().first(size)});
  at_ += (size + kAlignment - 1) / kAlignment * kAlignment;
  bytes_ += size;
  has_tcp_ |= path.protocol == TransportProtocol::kTcp;
}

void SendBatch::commit(std::size_t size, const Path& path, const std::shared_ptr<Sealer>& sealer,
                       const Sealer::Task& task) {
  const auto index = static_cast<std::uint32_t>(unsealed_.size());
  Queue& queue = queue_of(sealer);
  (queue.first == kNone ? queue.first : unsealed_[queue.last].next) = index;
  queue.last = index;
  unsealed_.push_back({task, static_cast<std::uint32_t>(queued_.size())});
  commit(size, path);
}

SendBatch::Queue& SendBatch::queue_of(const std::shared_ptr<Sealer>& sealer) {
  if (sealer->place_ >= queues_.size() || queues_[sealer->place_].sealer != sealer) {
    sealer->place_ = static_cast<std::uint32_t>(queues_.size());
    queues_.push_back({sealer});
  }
  return queues_[sealer->place_];
}

bool SendBatch::add(ByteView datagram, const Path& path) {
  if (datagram.size() > kSlotSize) return false;
  const ByteSpan slot = open();
  std::memcpy(slot.data(), datagram.data(), datagram.size());
  commit(datagram.size(), path);
  return true;
}

std::span<const Datagram> SendBatch::datagrams() {
  if (!unsealed_.empty()) seal();
  return queued_;
}

// One peer after the other, so that its key stays in the cache.
void SendBatch::seal() {
  bool failed = false;
  for (const Queue& queue : queues_) {
    for (std::uint32_t at = queue.first; at != kNone; at = unsealed_[at].next) {
      ByteView& bytes = queued_[unsealed_[at].datagram].bytes;
      // It is in a slot of ours.
      if (queue.sealer->seal({const_cast<std::uint8_t*>(bytes.data()), bytes.size()}, unsealed_[at].task)) continue;
      bytes = {};
      failed = true;
    }
  }
  unsealed_.clear();
  queues_.clear();
  if (failed) std::erase_if(queued_, [](const Datagram& datagram) { return datagram.bytes.empty(); });
}

void SendBatch::release_unused() {
  most_chunks_ = std::max(most_chunks_, chunk_ + 1);
  if (++turns_ < kTurnsRemembered) return;
  if (most_chunks_ < chunks_.size()) chunks_.resize(most_chunks_);
  most_chunks_ = 0;
  turns_ = 0;
}

void SendBatch::clear() {
  release_unused();
  queued_.clear();
  unsealed_.clear();
  queues_.clear();
  chunk_ = 0;
  at_ = 0;
  bytes_ = 0;
  has_tcp_ = false;
}

}  // namespace sfu
