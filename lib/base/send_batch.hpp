// SPDX-License-Identifier: Apache-2.0
// The datagrams that one loop turn produces. Layers write each into a slot of this arena; the worker hands the whole
// batch to the transport once a turn, which groups it by destination. Slots are reused: after warm-up no allocation.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu {

class SendBatch {
 public:
  // Room in a slot: a 1200-byte packet, SRTP's tag, and header growth.
  static constexpr std::size_t kSlotSize = 1536;

  // A free slot to write a datagram into. Valid until commit() or the next open(); a slot that is not committed is
  // handed out again.
  ByteSpan open();
  // Queues the first `size` bytes of the open slot for `path`.
  void commit(std::size_t size, const Path& path);
  // Copies a finished datagram in; one that is larger than a slot is dropped and false returned.
  bool add(ByteView datagram, const Path& path);

  std::span<const Datagram> datagrams() const { return queued_; }
  std::size_t size() const { return queued_.size(); }
  bool empty() const { return queued_.empty(); }
  void clear() { queued_.clear(); }

 private:
  static constexpr std::size_t kSlotsPerChunk = 64;
  using Chunk = std::array<std::uint8_t, kSlotSize * kSlotsPerChunk>;

  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::vector<Datagram> queued_;
};

}  // namespace sfu
