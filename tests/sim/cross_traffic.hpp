// SPDX-License-Identifier: Apache-2.0
// What else passes a link. It is worked out up to a moment when a datagram of the simulation comes, so it costs the
// simulation no steps of its own.
#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "link.hpp"

namespace sfu::sim {

class CrossTraffic {
 public:
  CrossTraffic(LinkState& link, std::uint64_t seed);

  // Sends what is to be sent by `now`.
  void advance(Instant now);

 private:
  struct Constant {
    ConstantFlow flow;
    Instant next;
  };
  // Enough of TCP to take what a long-lived connection takes: the window grows by a segment for each one acknowledged
  // up to the threshold, then by one a round trip; a drop is noticed when the segments behind it are acknowledged, and
  // halves the window once a round trip. Nothing times out, so the window is never below two segments.
  struct Tcp {
    TcpFlow flow;
    double window = 10;  // segments (RFC 6928)
    double threshold = 1e9;
    std::uint32_t in_flight = 0;
    std::uint64_t left = 0;  // segments of the object that are still to be sent
    Instant halved{};        // losses of what was sent before are of the same round trip
  };
  enum class What : std::uint8_t { kBegin, kAcknowledged, kMissed };
  struct Event {
    Instant at;
    std::uint64_t order;
    std::size_t flow;
    What what;
    Instant sent;  // the segment
    friend bool operator>(const Event& a, const Event& b) { return a.at != b.at ? a.at > b.at : a.order > b.order; }
  };
  void send_constant(Constant& source);
  void handle(const Event& event);
  void begin_object(Tcp& tcp, std::size_t index, Instant now);
  void send_window(Tcp& tcp, std::size_t index, Instant now);
  void push(Instant at, std::size_t flow, What what, Instant sent) { events_.push({at, order_++, flow, what, sent}); }
  // When it has left; kNever if it was lost or dropped.
  Instant put(Instant now, std::size_t bytes);

  LinkState& link_;
  SeededRandom random_;
  std::vector<Constant> constants_;
  std::vector<Tcp> tcps_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t order_ = 0;
};

}  // namespace sfu::sim
