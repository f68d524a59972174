// SPDX-License-Identifier: Apache-2.0
// Keeps a subscriber's timestamps on one line while the source changes (media spec 3.2). The first layer forwarded is
// the reference: another layer's time is told in its clock by both layers' sender reports. What comes out is checked
// against the wall clock, and never goes back.
#pragma once

#include <cstdint>
#include <optional>

#include "base/time.hpp"
#include "media/encodings.hpp"
#include "media/incoming_packet.hpp"

namespace sfu::media {

class TimestampAligner {
 public:
  static constexpr Duration kMaxBehind = std::chrono::milliseconds(50);  // of a switch while the picture runs
  static constexpr Duration kMaxBehindResuming = std::chrono::milliseconds(200);
  static constexpr Duration kMaxAhead = std::chrono::seconds(2);
  static constexpr Duration kWaitForReport = std::chrono::seconds(3);

  // What to add to the timestamps of the line that begins with `packet`. `seamless`: another layer is being shown, so
  // nullopt (no sender report yet, or too far behind) is an answer: stay there.
  std::optional<std::int64_t> offset_for(Instant now, const IncomingPacket& packet, const Encodings& encodings,
                                         bool seamless);
  // Whether a switch to that layer can be mapped, so that its key frame is worth asking for.
  bool can_map(Instant now, std::uint8_t layer, const Encodings& encodings) const;
  // The reference is another track's: the next line is placed by the wall clock.
  void forget_reference() { reference_layer_ = kNoLayer; }
  // Goes on behind `timestamp`, sent at `at`. `clock`, if known, is of a sender whose reports, on this line of
  // timestamps, are on the same clock as those of the next line: that is placed by it.
  void resume(Instant at, std::int64_t timestamp, const SenderClock& clock);
  void sent(Instant now, std::int64_t timestamp) {
    if (timestamp <= last_timestamp_ && started_) return;
    last_timestamp_ = timestamp;
    last_sent_ = now;
    started_ = true;
  }
  bool started() const { return started_; }
  std::int64_t last_timestamp() const { return last_timestamp_; }
  Instant last_sent() const { return last_sent_; }

 private:
  std::optional<std::int64_t> in_reference_clock(const IncomingPacket& packet, const Encodings& encodings) const;
  std::int64_t refer_to(const IncomingPacket& packet, std::int64_t offset);

  bool started_ = false;
  std::uint8_t reference_layer_ = 0;
  std::uint8_t reference_generation_ = 0;
  std::int64_t reference_offset_ = 0;
  std::int64_t last_timestamp_ = 0;
  Instant last_sent_{};
  SenderClock resumed_;  // while there is no reference
};

}  // namespace sfu::media
