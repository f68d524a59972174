// SPDX-License-Identifier: Apache-2.0
// One direction of an access to the network: how fast it takes datagrams, how long they wait for each other, what is
// lost, and what else passes there. Whoever shares a link waits in one queue: a bottleneck of several hosts is one
// Link.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "traffic_record.hpp"

namespace sfu::sim {

// What IPv4 and UDP add to each datagram.
inline constexpr std::size_t kDatagramOverhead = 28;

// Gilbert and Elliott's model: the link is good or bad, and may go over at each datagram.
struct LossBursts {
  double good_to_bad = 0;  // probability
  double bad_to_good = 0;
  double loss = 1;  // while it is bad
};

// From `at` on; what is not set stays.
struct LinkChange {
  Instant at;
  std::optional<Bitrate> rate{};
  std::optional<Duration> delay{};
  std::optional<double> loss{};
};

// Datagrams of a constant rate that nothing holds back. Without `on` they never stop.
struct ConstantFlow {
  Bitrate rate;
  Instant from{};
  Instant until = kNever;
  Duration on{};
  Duration off{};
  std::size_t size = 1200;
};

// A TCP connection as of RFC 5681: slow start, one segment more for each round trip, half the window after a loss. It
// sends as long as it lives, or objects of a size drawn from [smallest, largest) with pauses of `idle` on average.
struct TcpFlow {
  Instant from{};
  Instant until = kNever;
  Duration rtt = std::chrono::milliseconds(100);  // without the wait in this link's queue
  std::uint64_t smallest = 0;                     // bytes; 0: without end
  std::uint64_t largest = 0;
  Duration idle{};
};

struct Link {
  double loss = 0;       // probability that a datagram vanishes, each on its own
  double duplicate = 0;  // probability that it arrives twice
  Duration delay = std::chrono::milliseconds(10);
  // Each datagram takes up to so much longer, on its own: half a Gaussian of a third of this as its standard deviation
  // (RFC 8868 4.5.3). So later ones overtake, unless `in_order` has them wait for those before and leave behind them at
  // the link's rate (4.5.2).
  Duration jitter{};
  bool in_order = false;
  Bitrate rate{};  // 0: without a limit, and without a queue
  // A datagram that would wait longer than this before it is its turn is dropped, or one that finds more than so many
  // bytes waiting.
  Duration queue = std::chrono::milliseconds(300);
  std::size_t queue_bytes = 0;  // 0: any number
  LossBursts bursts{};
  // Weightless ones (LinkState::pass) are neither lost nor dropped, so that their chance is nobody else's.
  bool spare_weightless = false;
  std::vector<LinkChange> changes{};  // in the order of time
  std::vector<ConstantFlow> constant_flows{};
  std::vector<TcpFlow> tcp_flows{};
};

enum class Fate : std::uint8_t { kDelivered, kLost, kDropped };  // kDropped: the queue was full

struct Passage {
  Fate fate = Fate::kDelivered;
  Duration wait{};   // in the queue, the time to leave not counted
  Instant exit{};    // at the other end
  Instant leaves{};  // the queue
};

class CrossTraffic;

// A link at work. Its calls come in the order of time.
class LinkState {
 public:
  LinkState(Link link, std::uint64_t seed);
  ~LinkState();

  const Link& link() const { return link_; }
  bool has_queue() const { return has_queue_; }
  // `chance` is of the way that the datagram takes. One that is `weightless` waits as others do, but nobody
  // for it, and it is in no record.
  Passage pass(Instant now, std::size_t size, SeededRandom& chance, bool weightless);
  // What is not of the simulated hosts; `size` with all overhead. When it has left, or nothing if it was dropped.
  std::optional<Passage> enqueue(Instant now, std::size_t size, bool weightless = false);
  double loss(Instant now) const;
  // 0 where there is no limit.
  Bitrate rate(Instant now) const;

  const TrafficRecord& record() const { return record_; }
  const TrafficRecord& cross_record() const { return cross_record_; }

 private:
  friend class CrossTraffic;
  std::size_t change_index(Instant now) const;
  Duration delay(Instant now) const;
  // When `bits` that begin to leave at `from` have left, whatever the rate does meanwhile.
  Instant leave(Instant from, double bits) const;
  double backlog_bits(Instant now) const;
  bool lost(Instant now, SeededRandom& chance, bool weightless);
  Duration jitter(SeededRandom& chance) const;

  Link link_;
  bool has_queue_;
  // The values from each instant on, those at the beginning first.
  struct Phase {
    Instant from;
    Bitrate rate;
    Duration delay;
    double loss;
  };
  std::vector<Phase> phases_;
  Instant busy_until_{};
  Instant last_exit_{};
  bool bad_[2] = {};  // of weightless ones apart
  std::unique_ptr<CrossTraffic> cross_;
  TrafficRecord record_;
  TrafficRecord cross_record_;
};

}  // namespace sfu::sim
