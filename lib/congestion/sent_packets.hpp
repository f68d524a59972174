// SPDX-License-Identifier: Apache-2.0
// What was sent to one receiver under transport-wide sequence numbers, and what its feedback says became of it
// (draft-holmer-rmcat-transport-wide-cc-extensions-01). A packet's fate is told once: received, or lost, and a packet
// that was told lost may still turn out to be late.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/time.hpp"
#include "rtcp/transport_feedback.hpp"

namespace sfu::congestion {

using ProbeId = std::uint8_t;
inline constexpr ProbeId kNoProbe = 0;

struct PacketResult {
  Instant sent{};
  Instant arrival{};  // on the receiver's clock: only differences mean something
  std::uint32_t size = 0;
  ProbeId probe = kNoProbe;
  bool received = false;
  bool was_lost = false;  // it was told lost before
};

class SentPackets {
 public:
  static constexpr std::size_t kMost = 16384;    // packets remembered
  static constexpr std::size_t kMostLost = 512;  // told at a time

  // The number that the next packet is to carry.
  std::uint16_t next() const { return static_cast<std::uint16_t>(next_); }
  void add(Instant now, std::size_t size, ProbeId probe);

  // The packets that this feedback tells news of, in the order of sending. Valid until the next call. Numbers that were
  // never sent, or so long ago that they are forgotten, are left out.
  std::span<const PacketResult> take_feedback(Instant now, const rtcp::TransportFeedback& feedback);

  // Those that the last feedback told lost, for the first time, and then those that it did not get to although they
  // were sent before `overdue`: what was sent last is told of with what follows it, and that may take a frame's time.
  // The latter may be told more than once. kMostLost at most, in no order. Valid until the next feedback.
  std::span<const std::uint16_t> lost_of_late(Instant overdue);

  std::int64_t count() const { return next_; }
  // Of the newest packet that feedback told of: from its sending until the feedback came.
  Duration feedback_delay() const { return feedback_delay_; }

 private:
  enum class Fate : std::uint8_t { kUnknown, kReceived, kLost };
  struct Entry {
    Instant sent{};
    std::uint32_t size = 0;
    ProbeId probe = kNoProbe;
    Fate fate = Fate::kUnknown;
  };
  static constexpr std::size_t kFirst = 64;
  static constexpr Duration kHorizon = std::chrono::seconds(2);  // feedback is not expected later

  Entry& at(std::int64_t sequence) { return entries_[static_cast<std::uint64_t>(sequence) & (entries_.size() - 1)]; }
  void make_room();
  Instant on_line(Duration arrival);

  std::vector<Entry> entries_;  // by number; a power of two
  std::vector<PacketResult> results_;
  std::vector<std::uint16_t> lost_;
  std::int64_t told_ = 0;  // of all before this number
  std::int64_t next_ = 0;
  std::int64_t oldest_ = 0;
  Duration feedback_delay_{};
  bool has_arrival_ = false;
  Duration last_arrival_{};  // as told, within its cycle
  Instant last_on_line_{};
};

}  // namespace sfu::congestion
