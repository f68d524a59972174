// SPDX-License-Identifier: Apache-2.0
// Transport-wide congestion control feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01 3.1): which packets
// arrived, and when, in steps of 250 us.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "base/time.hpp"

namespace sfu::rtcp {

class TransportFeedback {
 public:
  // One packet that the feedback covers.
  struct Status {
    std::uint16_t sequence = 0;
    bool received = false;
    bool has_time = false;  // received, but the time may be unknown (symbol 3)
    // On the receiver's clock: reference time and the deltas up to here. Only differences mean something, and it wraps
    // every 2^24 * 64 ms.
    Duration arrival{};
  };

  // `body` is what follows the two SSRCs. Checked in full, so that for_each() cannot fail.
  static Result<TransportFeedback> parse(std::uint32_t sender, std::uint32_t media, ByteView body);

  std::uint32_t sender() const { return sender_; }
  std::uint32_t media() const { return media_; }
  std::uint16_t base_sequence() const { return load_be16(body_.data()); }
  std::uint16_t status_count() const { return load_be16(body_.data() + 2); }
  std::int32_t reference_time() const;  // 64 ms units, signed 24 bits
  std::uint8_t feedback_count() const { return body_[7]; }

  // visit(const Status&) for each packet from base_sequence() on.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    Cursor cursor(*this);
    Status status;
    while (cursor.next(status)) visit(static_cast<const Status&>(status));
  }

 private:
  class Cursor {
   public:
    explicit Cursor(const TransportFeedback& feedback);
    bool next(Status& out);

   private:
    unsigned next_symbol();

    ByteReader chunks_;
    ByteReader deltas_;
    std::uint32_t left_;
    std::uint16_t sequence_;
    std::int64_t ticks_;  // 250 us
    std::uint16_t chunk_ = 0;
    unsigned chunk_left_ = 0;
  };

  std::uint32_t sender_ = 0;
  std::uint32_t media_ = 0;
  ByteView body_;
  std::size_t chunks_size_ = 0;
};

// A packet that has arrived; `sequence` on an unwrapped line.
struct PacketArrival {
  std::int64_t sequence = 0;
  Instant arrival{};
};

// Writes one feedback block for as many of `arrivals` as it can take, and returns how many those are: the writer is
// full, a gap in time does not fit (a delta holds +-8.19 s), or the run of sequence numbers is too long. The caller
// goes on with the rest in another block, with the next feedback count. Sequences strictly ascend; times need not.
// 0, and nothing written, if there is no room for even one.
std::size_t write_transport_feedback(ByteWriter& writer, std::uint32_t sender, std::uint32_t media,
                                     std::uint8_t feedback_count, std::span<const PacketArrival> arrivals);
// The same with base `first_sequence` <= arrivals[0].sequence: what lies between is told as lost. It reaches back by
// less than 2^15 at most, so that the receiver can unwrap it.
std::size_t write_transport_feedback(ByteWriter& writer, std::uint32_t sender, std::uint32_t media,
                                     std::uint8_t feedback_count, std::int64_t first_sequence,
                                     std::span<const PacketArrival> arrivals);

}  // namespace sfu::rtcp
