// SPDX-License-Identifier: Apache-2.0
// How other threads speak to a worker: small commands, media handed over from another worker, and batches that are lent
// or come back. Each is apart, so that media, which is dropped when its side is full, never holds up control.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "base/bytes.hpp"
#include "net/loop.hpp"
#include "runtime/lending.hpp"
#include "runtime/shard.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::runtime {

// Runs on the worker's thread, once.
using Command = std::move_only_function<void(Instant now, Shard& shard)>;

// Datagrams copied out of one worker's batch for another. Immutable once posted.
class DatagramBundle {
 public:
  void add(const Path& path, ByteView bytes);
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }
  // The worker that takes the bundle owns its bytes, and may decrypt them in place.
  template <typename Visit>
  void for_each(Visit&& visit) {
    for (const Entry& entry : entries_) visit(entry.path, ByteSpan(bytes_).subspan(entry.offset, entry.size));
  }

 private:
  struct Entry {
    Path path;
    std::size_t offset;
    std::size_t size;
  };
  std::vector<Entry> entries_;
  std::vector<std::uint8_t> bytes_;
};

class Mailbox {
 public:
  // Datagrams waiting at most; more are dropped and counted.
  static constexpr std::size_t kMediaLimit = 4096;

  // All return true if the worker must be woken, which nobody has done since it took what waited. After close() nothing
  // is taken: post() drops the command, whose destructor tells its sender.
  bool post(Command command);
  bool post(DatagramBundle bundle);
  // As many wait as Lending lets out. One may wait for a turn that comes anyhow: then nobody is woken.
  bool post(LentBatch batch, bool urgent);

  // Takes all that waits. The vectors are swapped, so their capacity is used again.
  void take(std::vector<Command>& commands, std::vector<DatagramBundle>& media, std::vector<LentBatch>& batches);
  void close();
  std::uint64_t media_dropped() const;

 private:
  mutable std::mutex mutex_;
  std::vector<Command> commands_;
  std::vector<DatagramBundle> media_;
  std::vector<LentBatch> batches_;
  std::size_t media_waiting_ = 0;
  std::uint64_t media_dropped_ = 0;
  bool closed_ = false;
  bool woken_ = false;  // since it took what waited
};

// A worker's mailbox with the loop that is woken for it. Shared with the sessions that post there, since a host may
// keep those for longer than the engine. Any thread.
class Inbox {
 public:
  explicit Inbox(std::unique_ptr<net::Loop> loop) : loop_(std::move(loop)) {}

  void post(Command command) {
    if (mailbox_.post(std::move(command))) loop_->wake();
  }
  void post(DatagramBundle bundle) {
    if (mailbox_.post(std::move(bundle))) loop_->wake();
  }
  void post(LentBatch batch, bool urgent) {
    if (mailbox_.post(std::move(batch), urgent)) loop_->wake();
  }

  // For the worker alone.
  Mailbox& mailbox() { return mailbox_; }
  net::Loop& loop() { return *loop_; }

 private:
  std::unique_ptr<net::Loop> loop_;
  Mailbox mailbox_;
};

}  // namespace sfu::runtime
