// SPDX-License-Identifier: Apache-2.0
// The congestion layer, receive side: what a publisher's bandwidth estimator needs to hear from us. FeedbackGenerator
// reports the arrival of every packet of a Peer (draft-holmer-rmcat-transport-wide-cc-extensions-01); RembGenerator
// serves senders that know only REMB. An Endpoint of media owns them. The send side is SendControl.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "rtcp/transport_feedback.hpp"

namespace sfu::congestion {

class FeedbackGenerator {
 public:
  struct Config {
    Duration interval = std::chrono::milliseconds(50);
    Duration late_limit = std::chrono::milliseconds(500);  // a packet this late is still reported
  };

  FeedbackGenerator() : FeedbackGenerator(Config{}) {}
  explicit FeedbackGenerator(Config config);

  // Every packet that carries the extension, whatever its SSRC: probing (SSRC 0) and RTX included. `arrived` is what is
  // reported; it may be before `now`.
  void on_packet(Instant now, Instant arrived, std::uint16_t transport_sequence_number, std::uint32_t ssrc);
  // Calls `send(ByteView rtcp)` for each feedback packet that is due.
  template <typename Send>
  void advance(Instant now, std::uint32_t sender_ssrc, Send&& send) {
    if (now < deadline_) return;
    deadline_ = kNever;
    std::array<std::uint8_t, kMaxPacketSize> buffer;
    while (const std::size_t size = write(sender_ssrc, buffer)) send(ByteView(buffer).first(size));
  }
  Instant deadline() const { return deadline_; }

 private:
  static constexpr std::size_t kMaxPacketSize = 1100;  // of one feedback packet; more are sent if needed
  static constexpr std::size_t kWindow = 4096;         // packets remembered; a power of two
  struct Slot {
    std::int64_t sequence = -1;
    Instant arrival{};
  };
  // The next feedback packet for what was not reported yet; 0 if all is.
  std::size_t write(std::uint32_t sender_ssrc, ByteSpan buffer);
  void reset(std::int64_t sequence);

  Config config_;
  std::vector<Slot> slots_;                    // by sequence number; taken with the first packet
  std::vector<rtcp::PacketArrival> arrivals_;  // room to gather them in
  std::int64_t highest_ = -1;
  std::int64_t next_base_ = 0;  // the first number not yet reported
  std::uint32_t media_ssrc_ = 0;
  std::uint8_t feedback_count_ = 0;
  Instant deadline_ = kNever;
};

}  // namespace sfu::congestion
