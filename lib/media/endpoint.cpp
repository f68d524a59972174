// SPDX-License-Identifier: Apache-2.0
#include "media/endpoint.hpp"

#include <algorithm>
#include <array>
#include <variant>

#include "rtcp/rtcp.hpp"
#include "rtp/extension_values.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::media {

Endpoint::Endpoint(RtpSink& sink, rtp::Ssrc rtcp_ssrc) : sink_(sink), rtcp_ssrc_(rtcp_ssrc) {}

void Endpoint::configure(const rtp::ExtensionMap& receive_extensions, bool transport_cc, bool remb) {
  router_.set_extensions(receive_extensions);
  transport_cc_id_ = transport_cc ? receive_extensions.id(rtp::Extension::kTransportCc) : std::uint8_t{0};
  remb_enabled_ = remb && transport_cc_id_ == 0;
}

void Endpoint::control_sending() {
  if (outbound_) return;
  outbound_ = std::make_unique<Outbound>(sink_);
  sink_.set_outbound(outbound_.get());
}

void Endpoint::add_forwarder(rtp::Ssrc ssrc, PublishedTrack& track, ForwarderId id) {
  outgoing_[ssrc] = {&track, id};
}

void Endpoint::remove_forwarder(rtp::Ssrc ssrc) {
  outgoing_.erase(ssrc);
}

PublishedTrack* Endpoint::receive_rtp(Instant now, ByteSpan packet, Instant arrived, Output& out) {
  const auto view = rtp::PacketView::parse(packet);
  if (!view) {
    ++stats_.malformed_rtp;
    return nullptr;
  }
  if (transport_cc_id_ != 0) {
    // Probes on SSRC 0 and what is dropped below count too: it is the path that is measured.
    if (const auto sequence = rtp::TransportSequence::parse(view->extension(transport_cc_id_))) {
      feedback_.on_packet(now, arrived, sequence->value, view->ssrc());
    }
  } else if (remb_enabled_) {
    remb_.on_packet(now, view->ssrc(), packet.size());
  }
  awake_until_ = now + kQuiet;
  if (next_reference_ == kNever) next_reference_ = now;
  const SsrcRouter::Route* route = router_.resolve(now, *view);
  if (route == nullptr) {
    ++stats_.unrouted;
    return nullptr;
  }
  PublishedTrack* track = route->track;
  if (route->rtx) {
    track->receive_rtx(now, route->layer, route->media, packet, *view, out);
  } else {
    track->receive_rtp(now, route->layer, *view, out);
  }
  return track;
}

bool Endpoint::receive_rtcp(Instant now, ByteView compound, Output& out) {
  asked_ = false;
  statuses_left_ = congestion::SentPackets::kMost;
  lost_left_ = congestion::SentPackets::kMostLost;
  rtcp::CompoundReader reader(compound);
  rtcp::Message message;
  while (reader.next(message)) {
    std::visit([&](const auto& block) { handle(now, block, out); }, message);
  }
  stats_.malformed_rtcp += reader.malformed();
  return asked_;
}

void Endpoint::handle(Instant now, const rtcp::SenderReport& block, Output& out) {
  const rtcp::SenderInfo& sender = block.sender;
  if (const auto* route = router_.find(sender.ssrc); route != nullptr && !route->rtx) {
    if (route->track->on_sender_report(now, route->layer, sender.ntp, sender.rtp_timestamp)) {
      propagation_.on_report(now, from_ntp(sender.ntp), out.wall.wall_time(now));
      router_.for_each_track([&](PublishedTrack& track) { track.set_clock_shift(*propagation_.estimate()); });
    }
  }
  handle_reports(now, block.reports);
}

void Endpoint::handle(Instant now, const rtcp::ReceiverReport& block, Output&) {
  handle_reports(now, block.reports);
}

void Endpoint::handle_reports(Instant now, const rtcp::List<rtcp::ReportBlock>& reports) {
  for (const rtcp::ReportBlock report : reports) {
    Outgoing* to = outgoing(report.ssrc);
    if (to == nullptr) continue;
    to->track->on_receiver_report(now, to->id, report);
    const auto* forwarder = to->track->forwarder(to->id);
    if (outbound_ && forwarder != nullptr && forwarder->rtt()) outbound_->control().set_rtt(*forwarder->rtt());
  }
}

void Endpoint::handle(Instant now, const rtcp::TransportFeedback& block, Output& out) {
  // One datagram may tell of as many as are remembered, however few bytes that takes.
  if (!outbound_ || block.status_count() > statuses_left_) return;
  statuses_left_ -= block.status_count();
  outbound_->control().on_feedback(now, block);
  const auto told = outbound_->control().lost_of_late(now);
  if (const std::size_t count = std::min(told.size(), lost_left_); count > 0) {
    lost_left_ -= count;
    std::array<std::uint16_t, congestion::SentPackets::kMostLost> numbers;
    const std::span lost(numbers.begin(), std::ranges::copy(told.first(count), numbers.begin()).out);
    std::ranges::sort(lost);
    for (auto& [ssrc, to] : outgoing_) {
      if (auto* forwarder = to.track->forwarder(to.id)) forwarder->on_lost(now, lost, out);
    }
  }
  serve_held(now, out);
}

void Endpoint::handle(Instant now, const rtcp::Nack& block, Output& out) {
  Outgoing* to = outgoing(block.media);
  if (to == nullptr) return;
  // A packet's worth: what asks for more than that is not a decoder.
  std::array<std::uint16_t, 512> numbers;
  std::size_t count = 0;
  block.for_each([&](std::uint16_t number) {
    if (count < numbers.size()) numbers[count++] = number;
  });
  if (out.traffic != nullptr) out.traffic->from_subscribers.nacks += count;
  asked_ = true;
  to->track->on_nack(now, to->id, std::span(numbers).first(count), out);
}

void Endpoint::handle(Instant now, const rtcp::Pli& block, Output& out) {
  Outgoing* to = outgoing(block.media);
  if (to == nullptr) return;
  if (out.traffic != nullptr) ++out.traffic->from_subscribers.plis;
  asked_ = true;
  to->track->on_pli(now, to->id, out);
}

void Endpoint::handle(Instant now, const rtcp::Fir& block, Output& out) {
  for (const rtcp::FirEntry entry : block.entries) {
    Outgoing* to = outgoing(entry.media);
    if (to == nullptr) continue;
    if (out.traffic != nullptr) ++out.traffic->from_subscribers.firs;
    asked_ = true;
    to->track->on_pli(now, to->id, out);
  }
}

void Endpoint::handle(Instant, const rtcp::Bye& block, Output&) {
  for (const rtcp::SsrcItem item : block.ssrcs) {
    if (const auto* route = router_.find(item.ssrc); route != nullptr && !route->rtx) route->track->on_bye();
  }
}

// RFC 3611 4.4, 4.5: they measure the round trip as a receiver without media of its own; so do our tracks.
void Endpoint::handle(Instant now, const rtcp::ExtendedReport& block, Output& out) {
  for (const rtcp::DlrrItem item : block.dlrr) {
    if (item.ssrc != rtcp_ssrc_ || item.last_rr == 0) continue;
    const std::uint32_t now_ntp = compact_ntp(to_ntp(out.wall.wall_time(now)));
    const std::uint32_t units = now_ntp - item.last_rr - item.delay_since_last_rr;
    if (units < 10u << 16)
      router_.for_each_track([&](PublishedTrack& track) { track.set_rtt(from_compact_ntp(units)); });
  }
  if (!block.reference_time) return;
  std::array<std::uint8_t, 64> buffer;
  ByteWriter writer(buffer);
  const rtcp::DlrrItem answer{block.sender, compact_ntp(*block.reference_time), 0};
  rtcp::write_xr_dlrr(writer, rtcp_ssrc_, {&answer, 1});
  if (writer.ok()) sink_.send_rtcp(writer.written(), out.datagrams);
}

void Endpoint::advance(Instant now, Output& out) {
  // Not before its time, so that what else is due here has no say in when packets leave.
  if (outbound_ && now >= outbound_->deadline()) {
    outbound_->control().advance(now);
    serve_held(now, out);
    fill_probe(now, out);
    outbound_->settle(now);
  }
  feedback_.advance(now, rtcp_ssrc_, [&](ByteView packet) { sink_.send_rtcp(packet, out.datagrams); });
  if (now >= next_reference_) send_reference_time(now, out);
  std::array<std::uint8_t, 256> buffer;
  if (const std::size_t size = remb_.advance(now, rtcp_ssrc_, buffer)) {
    sink_.send_rtcp(ByteView(buffer).first(size), out.datagrams);
  }
}

void Endpoint::serve_held(Instant now, Output& out) {
  if (outbound_->is_stuck(now)) {
    // Far more is to be sent than the path carries, and what waits is too old: begin anew.
    for (const Outbound::Held& held : outbound_->held()) {
      auto* to = outgoing(held.ssrc);
      auto* forwarder = to != nullptr ? to->track->forwarder(to->id) : nullptr;
      if (forwarder != nullptr) forwarder->lose_held(now);
    }
    outbound_->drop_held();
  }
  while (const auto held = outbound_->take_due(now)) {
    auto* to = outgoing(held->ssrc);
    auto* forwarder = to != nullptr ? to->track->forwarder(to->id) : nullptr;
    if (forwarder != nullptr) forwarder->send_held(now, *held, out);
  }
}

// What is sent anyway fills it first; then one of the tracks sends what nobody needs.
void Endpoint::fill_probe(Instant now, Output& out) {
  while (const std::size_t deficit = outbound_->control().probe_deficit(now)) {
    const bool filled = std::ranges::any_of(outgoing_, [&](const auto& entry) {
      auto* forwarder = entry.second.track->forwarder(entry.second.id);
      return forwarder != nullptr && forwarder->pad(now, deficit, out) != 0;
    });
    if (!filled) return;
  }
}

// RFC 3611 4.4: a sender answers it in its next report, which gives the round trip to a peer that we send nothing.
void Endpoint::send_reference_time(Instant now, Output& out) {
  next_reference_ = now < awake_until_ ? now + kReferenceInterval : kNever;
  std::array<std::uint8_t, 32> buffer;
  ByteWriter writer(buffer);
  rtcp::write_xr_reference_time(writer, rtcp_ssrc_, to_ntp(out.wall.wall_time(now)));
  sink_.send_rtcp(writer.written(), out.datagrams);
}

Instant Endpoint::deadline() const {
  const Instant sending = outbound_ ? outbound_->deadline() : kNever;
  return std::min({feedback_.deadline(), remb_.deadline(), next_reference_, sending});
}

Endpoint::Outgoing* Endpoint::outgoing(rtp::Ssrc ssrc) {
  const auto found = outgoing_.find(ssrc);
  return found != outgoing_.end() ? &found->second : nullptr;
}

}  // namespace sfu::media
