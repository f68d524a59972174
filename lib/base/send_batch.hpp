// SPDX-License-Identifier: Apache-2.0
// The datagrams that one loop turn produces. Layers write each into a slot of this arena; the worker hands the whole
// batch to the transport once a turn, which groups it by destination. The arena is reused: after warm-up no allocation.
// What was needed for one large turn is given back when none like it comes again.
//
// A datagram may be committed before it is finished: what is left is its Sealer's, SRTP's encryption, which is most of
// what a forwarded packet costs. It is done when the batch is read, by whoever reads it. So nobody sees a datagram that
// is not sealed, and a batch that is moved to another thread takes that work along.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu {

// Finishes datagrams of one peer. It is shared by the peer and by the batches that have datagrams for it, so a peer may
// go while they are on their way. seal() is for one thread at a time.
class Sealer {
 public:
  // What is known of a datagram when it is committed.
  struct Task {
    std::uint64_t index = 0;
    std::uint16_t header_size = 0;
  };

  virtual ~Sealer() = default;
  // `datagram` has its final size. False: it cannot be sent.
  virtual bool seal(ByteSpan datagram, const Task& task) = 0;

 private:
  friend class SendBatch;
  std::uint32_t place_ = 0;  // where the last batch that it was committed to keeps it
};

class SendBatch {
 public:
  // Room in a slot: a 1200-byte packet, SRTP's tag, and header growth.
  static constexpr std::size_t kSlotSize = 1536;

  // A free slot to write a datagram into. Valid until commit() or the next open(); a slot that is not committed is
  // handed out again.
  ByteSpan open();
  // Queues the first `size` bytes of the open slot for `path`.
  void commit(std::size_t size, const Path& path);
  // The same, to be sealed when the batch is read.
  void commit(std::size_t size, const Path& path, const std::shared_ptr<Sealer>& sealer, const Sealer::Task& task);
  // Copies a finished datagram in; one that is larger than a slot is dropped and false returned.
  bool add(ByteView datagram, const Path& path);

  // Seals what is not sealed yet.
  std::span<const Datagram> datagrams();
  std::size_t size() const { return queued_.size(); }
  bool empty() const { return queued_.empty(); }
  std::size_t bytes() const { return bytes_; }  // of all of them
  bool has_tcp() const { return has_tcp_; }
  void clear();

  // Has it sent and cleared while it is being filled, so that it stays in the caches. Not where it has datagrams for
  // TCP: an end of a connection is no news for those who are filling it.
  void set_drain(std::function<void()> drain) { drain_ = std::move(drain); }
  // To be called where what follows is for somebody else.
  void drain_if_full() {
    if (queued_.size() >= kFull && drain_ && !has_tcp_) drain_();
  }

 private:
  static constexpr std::size_t kFull = 128;
  static constexpr std::size_t kChunkSize = 64 * kSlotSize;
  static constexpr std::size_t kAlignment = 64;  // a line of the cache
  static constexpr unsigned kTurnsRemembered = 1024;
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  using Chunk = std::array<std::uint8_t, kChunkSize>;

  struct Unsealed {
    Sealer::Task task;
    std::uint32_t datagram = 0;
    std::uint32_t next = kNone;  // of the same sealer
  };
  struct Queue {
    std::shared_ptr<Sealer> sealer;
    std::uint32_t first = kNone;
    std::uint32_t last = kNone;
  };

  void release_unused();
  Queue& queue_of(const std::shared_ptr<Sealer>& sealer);
  void seal();

  // A slot ends where its datagram does: the next one begins there.
  std::vector<std::unique_ptr<Chunk>> chunks_;
  std::size_t chunk_ = 0;        // of the open slot
  std::size_t at_ = 0;           // within it
  std::size_t most_chunks_ = 0;  // of the last turns
  unsigned turns_ = 0;
  std::vector<Datagram> queued_;
  std::vector<Unsealed> unsealed_;
  std::vector<Queue> queues_;
  std::size_t bytes_ = 0;
  bool has_tcp_ = false;
  std::function<void()> drain_;
};

}  // namespace sfu
