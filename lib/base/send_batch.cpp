// SPDX-License-Identifier: Apache-2.0
#include "base/send_batch.hpp"

#include <cstring>

namespace sfu {

ByteSpan SendBatch::open() {
  const std::size_t slot = queued_.size();
  const std::size_t chunk = slot / kSlotsPerChunk;
  // Not value-initialised: zeroing would touch pages that an idle server never needs.
  if (chunk == chunks_.size()) chunks_.push_back(std::make_unique_for_overwrite<Chunk>());
  return {chunks_[chunk]->data() + slot % kSlotsPerChunk * kSlotSize, kSlotSize};
}

void SendBatch::commit(std::size_t size, const Path& path) {
  queued_.push_back(Datagram{path, open().first(size)});
}

bool SendBatch::add(ByteView datagram, const Path& path) {
  if (datagram.size() > kSlotSize) return false;
  const ByteSpan slot = open();
  std::memcpy(slot.data(), datagram.data(), datagram.size());
  commit(datagram.size(), path);
  return true;
}

}  // namespace sfu
