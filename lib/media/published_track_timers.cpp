// SPDX-License-Identifier: Apache-2.0
// What a PublishedTrack does by time: NACK, PLI and receiver reports to the publisher, and the tick that its streams
// and forwarders live by. A track without packets comes to rest.
#include <algorithm>
#include <array>

#include "media/published_track.hpp"
#include "rtcp/rtcp.hpp"

namespace sfu::media {

void PublishedTrack::advance(Instant now, Output& out) {
  send_nacks(now, out);
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if (keyframes_[layer].advance(now)) send_pli(now, layer, out);
  }
  if (now >= next_silence_) send_silence(now, out);
  if (now >= next_tick_) tick(now, out);
  if (now >= next_report_) send_reports(now, out);
  reschedule();
}

void PublishedTrack::tick(Instant now, Output& out) {
  bool changed = false;
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    ReceiveStream* stream = encodings_.stream(layer);
    if (stream == nullptr) continue;
    changed |= stream->advance(now);
    StreamLayers* layers = encodings_.layers(layer);
    if (layers == nullptr) continue;
    changed |= layers->advance(now, stream->clock_rate());
    if (layers->take_rates_changed()) changes_ |= kFrameRatesChanged;
  }
  // All of a simulcast at once: its path, not its encoders. So nothing speaks against any of them when they come again.
  if (changed && encodings_.live() == 0 && encodings_.stream(1) != nullptr) expect_layers();
  if (changed) layers_changed(now);
  for (Forwarder* forwarder : fan_out_) {
    forwarder->advance(now, out);
    serve_wish(now, *forwarder, out);
  }
  if (now >= awake_until_) {
    next_tick_ = next_report_ = kNever;
  } else {
    // On a grid, so that a late turn does not shift what follows.
    next_tick_ += kTick;
    if (next_tick_ <= now) next_tick_ = now + kTick;
  }
}

void PublishedTrack::keep_awake(Instant now) {
  awake_until_ = now + kQuiet;
  if (next_tick_ == kNever) next_tick_ = now + kTick;
  if (next_report_ == kNever) next_report_ = now + kReportInterval;
}

void PublishedTrack::reschedule() {
  deadline_ = std::min({next_tick_, next_report_, next_silence_});
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    const ReceiveStream* stream = encodings_.stream(layer);
    if (stream == nullptr) continue;
    deadline_ = std::min({deadline_, stream->nack_deadline(), keyframes_[layer].deadline()});
  }
}

// So that the noise of before, or what a decoder makes up for what does not come, is not heard any more.
void PublishedTrack::send_silence(Instant now, Output& out) {
  BlankMedia silence;
  if (silence.make(codec_, config_.payloads, config_.blank_trailer)) {
    constexpr auto kDespite = static_cast<std::uint8_t>(Pause::kPublisherMuted);
    for (Forwarder* forwarder : fan_out_) forwarder->send_blank(now, silence, kSilencePacket, kDespite, out);
  }
  next_silence_ = --silence_left_ > 0 ? next_silence_ + kSilencePacket : kNever;
}

void PublishedTrack::serve_wish(Instant now, Forwarder& forwarder, Output& out) {
  if (muted_) return;
  catch_up(now, forwarder, out);
  const auto layer = forwarder.take_keyframe_wish(now);
  if (!layer || encodings_.stream(*layer) == nullptr) return;
  if (keyframes_[*layer].ask(now, forwarder.take_urgency())) send_pli(now, *layer, out);
}

void PublishedTrack::send_pli(Instant now, std::uint8_t layer, Output& out) {
  const ReceiveStream* stream = encodings_.stream(layer);
  if (stream == nullptr) return;
  for (std::uint8_t other = 0; other < kMaxLayers; ++other) {
    if (other != layer) keyframes_[other].sibling_asked(now);
  }
  std::array<std::uint8_t, 16> buffer;
  ByteWriter writer(buffer);
  rtcp::write_pli(writer, config_.rtcp_ssrc, stream->ssrc());
  if (out.traffic != nullptr) ++out.traffic->to_publishers.plis;
  publisher_.send_rtcp(writer.written(), out.datagrams);
}

void PublishedTrack::send_nacks(Instant now, Output& out) {
  const Duration rtt = nack_rtt_.value_or(std::chrono::milliseconds(70));
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    ReceiveStream* stream = encodings_.stream(layer);
    if (stream == nullptr || now < stream->nack_deadline()) continue;
    const auto numbers = stream->take_nacks(now, rtt);
    if (stream->take_lost_for_good() && config_.kind == rtp::MediaKind::kVideo) restart_decoders(now, layer, out);
    if (numbers.empty()) continue;
    if (out.traffic != nullptr) out.traffic->to_publishers.nacks += numbers.size();
    std::array<std::uint8_t, 12 + 4 * NackGenerator::kLimit> buffer;  // the worst: a pair each
    ByteWriter writer(buffer);
    rtcp::write_nack(writer, config_.rtcp_ssrc, stream->ssrc(), numbers);
    publisher_.send_rtcp(writer.written(), out.datagrams);
    // Senders heed the second one only if the first is lost.
    if (stream->loses_much()) publisher_.send_rtcp(writer.written(), out.datagrams);
  }
}

// What nobody can bring back leaves decoders without a picture until there is a key frame. They would ask for one,
// Chrome after three seconds.
void PublishedTrack::restart_decoders(Instant now, std::uint8_t layer, Output& out) {
  for (Forwarder* forwarder : fan_out_) {
    if (!forwarder->shows(layer)) continue;
    forwarder->lose_decoder(now);
    serve_wish(now, *forwarder, out);
  }
}

// The greatest of what was reported in the last interval: an encoder of sound repairs what it is told of.
std::uint8_t PublishedTrack::subscribers_loss(Instant now) const {
  std::uint8_t greatest = 0;
  if (config_.kind != rtp::MediaKind::kAudio) return greatest;
  for (const Forwarder* forwarder : fan_out_) {
    if (const auto reported = forwarder->reported_loss(now - kReportInterval)) greatest = std::max(greatest, *reported);
  }
  return greatest;
}

void PublishedTrack::send_reports(Instant now, Output& out) {
  std::array<rtcp::ReportBlock, kMaxLayers> blocks;
  std::size_t count = 0;
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    ReceiveStream* stream = encodings_.stream(layer);
    if (stream == nullptr || !stream->started()) continue;
    const Instant reported = stream->clock().known() ? stream->clock().arrival() : stream->last_packet();
    if (now - std::max(stream->last_packet(), reported) >= kQuiet) continue;
    rtcp::ReportBlock& block = blocks[count++] = stream->reception().report(now, stream->ssrc());
    if (config_.loss_proxying) block.fraction_lost = std::max(block.fraction_lost, subscribers_loss(now));
  }
  next_report_ += kReportInterval;
  if (next_report_ <= now) next_report_ = now + kReportInterval;
  if (count == 0) return;
  std::array<std::uint8_t, 8 + 24 * kMaxLayers> buffer;
  ByteWriter writer(buffer);
  rtcp::write_receiver_report(writer, config_.rtcp_ssrc, std::span(blocks).first(count));
  publisher_.send_rtcp(writer.written(), out.datagrams);
}

}  // namespace sfu::media
