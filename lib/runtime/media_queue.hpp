// SPDX-License-Identifier: Apache-2.0
// Packets and frames that a participant of the host's own writes, on their way to its worker: what is written in one go
// travels together, in memory that is used again. Any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"

namespace sfu::runtime {

class MediaQueue {
 public:
  struct Head {
    std::size_t layer = 0;
    bool is_frame = false;  // else an RTP packet
    std::uint32_t timestamp = 0;
    bool is_keyframe = false;
  };
  struct Item : Head {
    std::string_view cid;
    ByteSpan bytes;
  };

  // True: nobody has been asked yet to take what waits, of which this is the first.
  bool add(std::string_view cid, const Head& head, ByteView bytes);
  // Something else was asked of the worker: what is added from now on is not to be taken before that.
  void part();

  // Takes what was added up to the next part(), and calls `visit(items)` for some at a time, in order.
  template <typename Visit>
  void take(Visit&& visit) {
    constexpr std::size_t kAtOnce = 32;
    Batch batch = begin_take();
    std::vector<Item> items;
    std::size_t at = 0;
    for (const Entry& entry : batch.entries) {
      const auto* cid = reinterpret_cast<const char*>(batch.bytes.data() + at);
      items.push_back({entry.head, {cid, entry.cid_size}, {batch.bytes.data() + at + entry.cid_size, entry.size}});
      at += entry.cid_size + entry.size;
      if (items.size() < kAtOnce) continue;
      visit(items);
      items.clear();
    }
    if (!items.empty()) visit(items);
    end_take(std::move(batch));
  }

  // Goes with the command that is to take what waits: where that is dropped, so is what it was for.
  class Ticket {
   public:
    explicit Ticket(std::shared_ptr<MediaQueue> queue) : queue_(std::move(queue)) {}
    Ticket(Ticket&&) = default;
    ~Ticket() {
      if (queue_) queue_->drop();
    }
    // Once.
    std::shared_ptr<MediaQueue> use() { return std::move(queue_); }

   private:
    std::shared_ptr<MediaQueue> queue_;
  };

 private:
  struct Entry {
    Head head;
    std::size_t cid_size = 0;
    std::size_t size = 0;
  };
  struct Batch {
    std::vector<Entry> entries;
    std::vector<std::uint8_t> bytes;  // of each entry, its cid and what was written
  };

  Batch begin_take();
  void end_take(Batch batch);

  // A worker that has stopped takes nothing any more.
  void drop() {
    take([](const std::vector<Item>&) {});
  }

  std::mutex mutex_;
  std::deque<Batch> waiting_;  // the last one grows, unless it is closed
  bool closed_ = true;
  Batch spare_;
};

}  // namespace sfu::runtime
