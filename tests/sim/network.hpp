// SPDX-License-Identifier: Apache-2.0
// A network in virtual time: datagrams between addresses, over links that lose, delay, reorder and repeat them. All
// chance comes from one seed, so a run repeats exactly.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <queue>
#include <tuple>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/time.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::sim {

// One direction of one host's access to the network.
struct Link {
  double loss = 0;       // probability that a datagram vanishes
  double duplicate = 0;  // probability that it arrives twice
  Duration delay = std::chrono::milliseconds(10);
  // Each datagram waits for a time drawn uniformly from [0, jitter) more, on its own: so later ones overtake.
  Duration jitter{};
};

class Network {
 public:
  explicit Network(std::uint64_t seed) : seed_(seed) {}

  // Both directions of the host at `address`; datagrams between two hosts pass the sender's up-link, then the
  // receiver's down-link. A host that was never set has perfect links of no delay.
  void set_links(const SocketAddress& address, Link up, Link down);

  void send(Instant now, const SocketAddress& from, const SocketAddress& to, ByteView bytes);

  struct Arrival {
    Instant at{};
    Path path;  // as the receiver sees it: local is its own address
    std::vector<std::uint8_t> bytes;
  };
  Instant next_arrival() const;  // kNever: nothing is on its way
  std::optional<Arrival> pop_due(Instant now);

  std::uint64_t sent() const { return sent_; }
  std::uint64_t lost() const { return lost_; }
  // A hash over when and where datagrams arrived: equal for equal runs. Not over their bytes, which DTLS makes from
  // randomness of its own.
  std::uint64_t trace() const { return trace_; }

 private:
  struct Host {
    Link up{.delay = Duration{}};
    Link down{.delay = Duration{}};
  };
  struct Pending {
    Instant at;
    std::uint64_t order;  // of sending; settles ties
    Path path;
    std::vector<std::uint8_t> bytes;
    friend bool operator>(const Pending& a, const Pending& b) {
      return std::pair(a.at, a.order) > std::pair(b.at, b.order);
    }
  };
  const Host& host(const SocketAddress& address) const;
  // When it leaves the link at the other end; nothing if it is lost.
  static std::optional<Duration> pass(const Link& link, SeededRandom& random);
  // Chance is drawn apart for each way and kind of packet: SCTP, whose heartbeats usrsctp times by randomness of its
  // own, so has no say in what becomes of media.
  SeededRandom& random(const SocketAddress& from, const SocketAddress& to, ByteView bytes);

  std::uint64_t seed_;
  std::map<std::tuple<SocketAddress, SocketAddress, bool>, SeededRandom> random_;
  std::map<SocketAddress, Host> hosts_;
  std::priority_queue<Pending, std::vector<Pending>, std::greater<>> pending_;
  std::uint64_t sent_ = 0;
  std::uint64_t lost_ = 0;
  std::uint64_t trace_ = 0xcbf29ce484222325;
};

}  // namespace sfu::sim
