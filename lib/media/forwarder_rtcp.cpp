// SPDX-License-Identifier: Apache-2.0
// RTCP between a Forwarder and its subscriber: sender reports out, what the subscriber reports in.
#include <algorithm>
#include <array>
#include <utility>

#include "media/forwarder.hpp"

namespace sfu::media {
namespace {

// A sender that has told no clock for so long will not: it is given ours.
constexpr Duration kNoClockAfter = std::chrono::seconds(3);

}  // namespace

bool Forwarder::on_nack(Instant now, std::span<const std::uint16_t> sequence_numbers, Output& out) {
  if (paused_ != 0) return false;
  const auto given_up = retransmitter_.counters().given_up;
  retransmitter_.answer(now, sequence_numbers, stats_.rtt, *encodings_, builder_, mappings(), *sink_, out);
  if (retransmitter_.counters().given_up == given_up || encodings_->kind() != rtp::MediaKind::kVideo) return false;
  lose_decoder(now);
  return true;
}

void Forwarder::lose_decoder(Instant now) {
  if (std::exchange(decoder_lost_, true)) return;
  next_wish_ = std::min(next_wish_, now);
}

void Forwarder::on_lost(Instant now, std::span<const std::uint16_t> transport_numbers, Output& out) {
  if (paused_ != 0 || !builder_.numbered()) return;
  retransmitter_.repeat_lost(now, transport_numbers, *encodings_, builder_, mappings(), *sink_, out);
}

void Forwarder::on_pli(Instant now, Output& out) {
  ++stats_.plis;
  if (paused_ != 0 || repeat_beginning(now, out)) return;
  decoder_lost_ = true;
  retransmitter_.wait_for_keyframe(now);
}

// A client that offers learns by our answer of what it is sent, and Chrome drops what comes before it has applied that:
// then the beginning is what it lacks, and no other key frame need be made.
bool Forwarder::repeat_beginning(Instant now, Output& out) {
  if (now >= beginning_until_) return false;
  // Asked before the key frame can have come.
  const Outbound* outbound = sink_->outbound();
  const Duration takes = outbound != nullptr ? outbound->control().way_through_queue() : Duration{};
  if (takes > Duration{} && retransmitter_.keyframe_on_its_way(now, takes)) return true;
  beginning_until_ = Instant::min();
  return retransmitter_.repeat_from_keyframe(now, *encodings_, builder_, mappings(), *sink_, out);
}

void Forwarder::on_receiver_report(Instant now, const rtcp::ReportBlock& block) {
  builder_.acknowledged();
  stats_.has_report = true;
  stats_.last_report = now;
  stats_.fraction_lost = block.fraction_lost;
  stats_.total_lost = block.total_lost;
  stats_.most_lost = std::max(stats_.most_lost, static_cast<std::uint64_t>(std::max(0, block.total_lost)));
  stats_.highest_sequence = block.highest_sequence;
  if (const ReceiveStream* stream = encodings_->stream(line_.layer()); stream != nullptr && line_.started()) {
    stats_.jitter = from_ticks(block.jitter, stream->clock_rate());
  }
  if (playout_delay_) {
    playout_delay_->on_receiver_report(now, stats_.jitter, stats_.packets, retransmitter_.counters().asked,
                                       static_cast<std::uint16_t>(block.highest_sequence));
    tell_playout_delay();
  }
  if (block.last_sr == 0) return;
  for (const SentReport& sent : sent_reports_) {
    if (sent.ntp != block.last_sr) continue;
    const Duration rtt = now - sent.at - from_compact_ntp(block.delay_since_last_sr);
    if (rtt < Duration::zero() || rtt > std::chrono::seconds(10)) return;
    // A single slow report must not double every wait.
    stats_.rtt = stats_.rtt ? (*stats_.rtt + rtt * 3) / 4 : rtt;
    return;
  }
}

void Forwarder::tell_playout_delay() {
  if (!playout_delay_) return;
  const rtp::PlayoutDelay delay = playout_delay_->delay();
  builder_.set_playout_delay(playout_delay_->telling() ? &delay : nullptr);
}

void Forwarder::told_playout_delay(std::uint16_t sequence_number) {
  if (playout_delay_) playout_delay_->sent(sequence_number);
}

// RFC 3550 6.4.1. The NTP time is the publisher's, carried forward and put on our clock, for all its tracks alike: so
// audio and video of one publisher, forwarded apart, stay in step at the subscriber.
void Forwarder::send_report(Instant now, Output& out) {
  const ReceiveStream* stream = encodings_->stream(line_.layer());
  if (stream == nullptr || stream->generation() != line_.generation()) return;
  rtcp::SenderInfo info;
  if (stream->clock().known()) {
    const Duration since = now - stream->clock().arrival();
    info.ntp = to_ntp(from_ntp(stream->clock().ntp()) + since + encodings_->clock_shift().value_or(Duration()));
    info.rtp_timestamp = static_cast<std::uint32_t>(stream->clock().timestamp() + line_.timestamp_offset() +
                                                    to_ticks(since, stream->clock_rate()));
  } else if (now - stream->started_at() >= kNoClockAfter) {
    info.ntp = to_ntp(out.wall.wall_time(now));
    info.rtp_timestamp = static_cast<std::uint32_t>(aligner_.last_timestamp() +
                                                    to_ticks(now - aligner_.last_sent(), stream->clock_rate()));
  } else {
    return;
  }
  // From when it was due, which is earlier by a bit more or less each time: ticks are on a grid, too.
  next_report_ += kReportInterval;
  if (next_report_ <= now) next_report_ = now + kReportInterval;
  info.ssrc = ssrc();
  info.packet_count = static_cast<std::uint32_t>(stats_.packets);
  info.octet_count = static_cast<std::uint32_t>(stats_.bytes);

  std::array<std::uint8_t, 384> buffer;
  ByteWriter writer(buffer);
  rtcp::write_sender_report(writer, info);
  const rtcp::SdesChunk chunk{ssrc(), cname_, builder_.mid()};
  rtcp::write_sdes(writer, {&chunk, 1});
  if (!writer.ok()) return;
  sink_->send_rtcp(writer.written(), out.datagrams);
  sent_reports_[report_count_++ % sent_reports_.size()] = {compact_ntp(info.ntp), now};
}

void Forwarder::close(Output& out) {
  if (!line_.started()) return;
  std::array<std::uint8_t, 64> buffer;
  ByteWriter writer(buffer);
  const rtp::Ssrc ssrcs[] = {ssrc()};
  rtcp::write_receiver_report(writer, ssrc());  // a compound packet begins with a report (RFC 3550 6.1)
  rtcp::write_bye(writer, ssrcs);
  if (writer.ok()) sink_->send_rtcp(writer.written(), out.datagrams);
}

}  // namespace sfu::media
