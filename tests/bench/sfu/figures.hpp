// SPDX-License-Identifier: Apache-2.0
// What the generator counts: plain numbers of one thread, which are added up when somebody asks.
#pragma once

#include <cstdint>

#include "latency_histogram.hpp"

namespace sfu::load {

// One way, from clients to the server or back.
struct Traffic {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;     // of RTP, headers included
  std::uint64_t repeated = 0;  // those of them that came by RTX
  std::uint64_t expected = 0;  // by sequence numbers
  std::uint64_t lost = 0;      // of these, and never repeated
  LatencyHistogram latency;    // from writing a packet until this machine has it back

  Traffic& operator+=(const Traffic& other) {
    packets += other.packets;
    bytes += other.bytes;
    repeated += other.repeated;
    expected += other.expected;
    lost += other.lost;
    latency += other.latency;
    return *this;
  }
};

struct Joining {
  std::uint64_t begun = 0;
  std::uint64_t ready = 0;      // media and data may flow
  std::uint64_t left = 0;       // as was wanted
  std::uint64_t failed = 0;     // refused, or ended by the server
  std::uint64_t recovered = 0;  // had to reconnect
  LatencyHistogram to_ready;
  LatencyHistogram to_first_packet;  // of media, both since the join began

  Joining& operator+=(const Joining& other) {
    begun += other.begun;
    ready += other.ready;
    left += other.left;
    failed += other.failed;
    recovered += other.recovered;
    to_ready += other.to_ready;
    to_first_packet += other.to_first_packet;
    return *this;
  }
};

struct Figures {
  Traffic up;
  Traffic down;
  Traffic data_up;
  Traffic data_down;
  Joining joining;
  std::uint64_t streams = 0;   // that packets came of
  std::uint64_t not_sent = 0;  // datagrams that the system would not take
  Duration longest_turn{};     // of a thread: how late it may have read or written

  Figures& operator+=(const Figures& other) {
    up += other.up;
    down += other.down;
    data_up += other.data_up;
    data_down += other.data_down;
    joining += other.joining;
    streams += other.streams;
    not_sent += other.not_sent;
    longest_turn = longest_turn > other.longest_turn ? longest_turn : other.longest_turn;
    return *this;
  }
};

}  // namespace sfu::load
