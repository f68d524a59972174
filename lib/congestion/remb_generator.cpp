// SPDX-License-Identifier: Apache-2.0
#include "congestion/remb_generator.hpp"

#include <algorithm>

#include "rtcp/rtcp.hpp"

namespace sfu::congestion {

void RembGenerator::on_packet(Instant now, std::uint32_t ssrc, std::size_t bytes) {
  if (deadline_ == kNever) {
    window_start_ = now;
    bytes_ = 0;
    ssrc_count_ = 0;
    // Early, so that a sender need not climb from its careful beginning.
    deadline_ = now + config_.first;
  }
  bytes_ += bytes;
  const auto end = ssrcs_.begin() + static_cast<std::ptrdiff_t>(ssrc_count_);
  if (ssrc != 0 && ssrc_count_ < kMaxSsrcs && std::find(ssrcs_.begin(), end, ssrc) == end) ssrcs_[ssrc_count_++] = ssrc;
}

std::size_t RembGenerator::advance(Instant now, std::uint32_t sender_ssrc, ByteSpan buffer) {
  if (now < deadline_) return 0;
  if (bytes_ == 0 || ssrc_count_ == 0) {
    deadline_ = kNever;  // silent: the next packet begins anew
    return 0;
  }
  const Bitrate arriving = Bitrate::of(static_cast<std::int64_t>(bytes_), now - window_start_);
  const Bitrate allowed = std::clamp(Bitrate{arriving.bps * 3 / 2}, config_.floor, config_.ceiling);
  bytes_ = 0;
  window_start_ = now;
  deadline_ = now + config_.interval;
  ByteWriter writer(buffer);
  rtcp::write_remb(writer, sender_ssrc, allowed, std::span(ssrcs_).first(ssrc_count_));
  return writer.ok() ? writer.size() : 0;
}

}  // namespace sfu::congestion
