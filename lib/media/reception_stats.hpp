// SPDX-License-Identifier: Apache-2.0
// What a receiver counts per stream, and the report blocks made of it (RFC 3550 6.4.1, A.3, A.8).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "base/time.hpp"
#include "rtcp/rtcp.hpp"

namespace sfu::media {

class ReceptionStats {
 public:
  struct Totals {
    std::uint64_t packets = 0;  // distinct, as the network delivered them
    std::uint64_t expected = 0;
    std::int64_t lost = 0;        // by the network: what RTX brought back counts as lost here
    std::uint64_t most_lost = 0;  // the highest that `lost` was in a report: late packets make it fall
    std::uint64_t recovered = 0;
    std::uint64_t out_of_order = 0;
    Duration jitter{};
  };

  explicit ReceptionStats(std::uint32_t clock_rate) : clock_rate_(clock_rate) {}

  // False: seen before, or too old to tell. To be called with every sequence number before the rest.
  bool mark(std::int64_t sequence);
  // One packet that mark() accepted.
  void received(Instant now, std::int64_t sequence, std::int64_t timestamp, bool recovered);
  void on_sender_report(Instant now, std::uint64_t ntp);
  // Closes the interval since the last call.
  rtcp::ReportBlock report(Instant now, std::uint32_t ssrc);
  Totals totals() const;
  void reset();

 private:
  static constexpr std::size_t kHistory = 8192;  // sequence numbers
  using Word = std::uint64_t;

  bool test_and_set(std::int64_t sequence);
  void clear_range(std::int64_t first, std::int64_t last);

  std::uint32_t clock_rate_;
  bool started_ = false;
  std::int64_t first_ = 0;
  std::int64_t highest_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t recovered_ = 0;
  std::uint64_t out_of_order_ = 0;
  std::uint64_t reported_expected_ = 0;
  std::uint64_t reported_packets_ = 0;
  std::uint64_t most_lost_ = 0;
  bool has_transit_ = false;
  std::int64_t last_transit_ = 0;
  std::int64_t last_timestamp_ = 0;
  std::uint64_t jitter_x16_ = 0;  // RFC 3550 A.8
  std::uint32_t last_sr_ = 0;
  Instant last_sr_arrival_{};
  std::array<Word, kHistory / 64> history_{};
};

}  // namespace sfu::media
