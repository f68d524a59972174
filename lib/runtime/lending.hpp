// SPDX-License-Identifier: Apache-2.0
// What a worker lends to its siblings. A room lives on one worker, but most of what a packet costs there is sealing and
// sending it; so a worker that has too much to do lets another one do that for some of its peers. Their packets are
// built in a batch of that sibling's, which goes to it whole at each flush and comes back empty.
//
// A peer's packets must be sealed by one thread at a time, and leave in their order. A peer that is lent begins to be
// so after a flush, when nothing of it is waiting here. One that is recalled has its packets set aside until the
// sibling has sent all that it was given before.
//
// The batches and who has them is all that is here: when to lend is LendingPolicy's, mailboxes and sockets are the
// Worker's.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/outlet.hpp"
#include "base/send_batch.hpp"
#include "room/ids.hpp"

namespace sfu::runtime {

// On its way to the sibling, and back again.
struct LentBatch {
  SendBatch batch{};
  std::size_t size = 0;  // datagrams, when it was posted
  unsigned home = 0;
  unsigned sibling = 0;
  bool recalls = false;  // it is empty, and behind all that the sibling was given
};

class Lending {
 public:
  // What a sibling may have at once. It is more than it does in a turn; when that is reached it cannot keep up, and
  // what follows is dropped, as by a network that is too slow.
  static constexpr std::size_t kMostDatagrams = 4096;
  static constexpr std::size_t kMostBatches = 64;

  // Numbers of workers: this one's, and how many there are.
  Lending(unsigned self, unsigned workers) : self_(self), lanes_(workers) {}
  Lending(const Lending&) = delete;
  Lending& operator=(const Lending&) = delete;

  // A peer begins here; its outlet lives as long as this. And it ends.
  Outlet* add(room::PeerKey peer);
  void remove(room::PeerKey peer);

  // Packets since the last call: sealed here, and by each sibling. lend() and recall() go by the same time.
  struct Counts {
    std::uint64_t kept = 0;
    std::vector<std::uint64_t> lent;  // by worker
  };
  const Counts& measure();
  // Peers that had so many packets, or a few more. To be called when nothing waits in the worker's own batch.
  void lend(unsigned sibling, std::uint64_t packets);
  // The same, back again; or nothing, while others are on their way back from there. The batch that is to be posted
  // then, behind all that was before.
  std::optional<LentBatch> recall(unsigned sibling, std::uint64_t packets);

  std::size_t waiting() const;  // datagrams that flush() would post
  // post(LentBatch) for each sibling that something waits for.
  template <typename Post>
  void flush(Post&& post) {
    for (const unsigned sibling : lent_to_) {
      if (auto batch = take(sibling)) post(std::move(*batch));
    }
  }
  // A batch has come back. What was set aside for it, if that is so, is to be sent at once; it is in the same place
  // until the next call.
  SendBatch* take_back(LentBatch returned);

  std::uint64_t lent() const { return lent_; }        // datagrams, ever
  std::uint64_t dropped() const { return dropped_; }  // the same, that a sibling was too busy to take

 private:
  struct Lane {
    SendBatch batch;              // for the sibling
    SendBatch aside;              // of peers that are recalled
    std::vector<SendBatch> idle;  // came back
    std::size_t datagrams_out = 0;
    std::size_t batches_out = 0;
    bool recalling = false;
  };
  struct Place {
    Outlet outlet;
    std::uint64_t recent = 0;  // packets, when last measured
  };

  std::optional<LentBatch> take(unsigned sibling);
  void drop(SendBatch& batch);
  std::uint64_t redirect(const SendBatch* from, SendBatch* to, std::uint64_t packets);

  unsigned self_;
  std::deque<Lane> lanes_;         // by worker; that of this one is not used
  std::vector<unsigned> lent_to_;  // ever
  std::deque<Place> places_;       // by peer
  Counts counts_;
  std::uint64_t lent_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace sfu::runtime
