// SPDX-License-Identifier: Apache-2.0
// What media knows of one Peer: the routes of what it sends, the feedback it is owed, and which Forwarder speaks on
// each SSRC that it receives. The room owns one beside each Peer and gives it what the Peer decrypted.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

#include "congestion/feedback_generator.hpp"
#include "congestion/remb_generator.hpp"
#include "media/media.hpp"
#include "media/outbound.hpp"
#include "media/propagation_delay.hpp"
#include "media/published_track.hpp"
#include "media/ssrc_router.hpp"
#include "rtcp/rtcp.hpp"

namespace sfu::media {

class Endpoint {
 public:
  struct Stats {
    std::uint64_t malformed_rtp = 0;
    std::uint64_t malformed_rtcp = 0;
    std::uint64_t unrouted = 0;
  };

  // `sink` is this Peer's and outlives the endpoint. `rtcp_ssrc` is ours as the sender of RTCP.
  explicit Endpoint(RtpSink& sink, rtp::Ssrc rtcp_ssrc = 1);

  // After each negotiation. With transport-cc negotiated, that is sent; else REMB if that is negotiated.
  void configure(const rtp::ExtensionMap& receive_extensions, bool transport_cc, bool remb);

  SsrcRouter& router() { return router_; }
  void remove_track(const PublishedTrack& track) { router_.remove(track); }

  // Transport-wide feedback of what is sent here will come: from now on it is under congestion control. Before the
  // forwarders are made that send it.
  void control_sending();
  const Outbound* outbound() const { return outbound_.get(); }
  Outbound* outbound() { return outbound_.get(); }

  // RTCP about these SSRCs goes to that forwarder; erase before the track goes.
  void add_forwarder(rtp::Ssrc ssrc, PublishedTrack& track, ForwarderId id);
  void remove_forwarder(rtp::Ssrc ssrc);

  // One decrypted packet, editable in place. Returns the track it went to, whose deadline may have changed; or null.
  PublishedTrack* receive_rtp(Instant now, ByteSpan packet, Instant arrived, Output& out);
  // True: something is missing here, which may have made tracks due that it comes from.
  bool receive_rtcp(Instant now, ByteView compound, Output& out);

  // Transport feedback, REMB, and the reference time that the round trip is measured with (RFC 3611 4.4).
  void advance(Instant now, Output& out);
  Instant deadline() const;

  // The newest estimate of what can be received here (REMB), once.
  std::optional<Bitrate> take_estimate() { return std::exchange(estimate_, std::nullopt); }

  const Stats& stats() const { return stats_; }

 private:
  struct Outgoing {
    PublishedTrack* track = nullptr;
    ForwarderId id;
  };
  void handle(Instant now, const rtcp::SenderReport& block, Output& out);
  void handle(Instant now, const rtcp::ReceiverReport& block, Output& out);
  void handle(Instant now, const rtcp::Nack& block, Output& out);
  void handle(Instant now, const rtcp::Pli& block, Output& out);
  void handle(Instant now, const rtcp::Fir& block, Output& out);
  void handle(Instant now, const rtcp::Bye& block, Output& out);
  void handle(Instant now, const rtcp::ExtendedReport& block, Output& out);
  void handle(Instant, const rtcp::Remb& block, Output&) { estimate_ = block.bitrate; }
  void handle(Instant now, const rtcp::TransportFeedback& block, Output& out);
  void handle(Instant, const rtcp::Sdes&, Output&) {}  // names: nobody asks for them
  void handle_reports(Instant now, const rtcp::List<rtcp::ReportBlock>& reports);
  void serve_held(Instant now, Output& out);
  void fill_probe(Instant now, Output& out);
  void send_reference_time(Instant now, Output& out);
  Outgoing* outgoing(rtp::Ssrc ssrc);

  static constexpr Duration kReferenceInterval = std::chrono::seconds(1);
  static constexpr Duration kQuiet = std::chrono::seconds(5);

  RtpSink& sink_;
  rtp::Ssrc rtcp_ssrc_;
  SsrcRouter router_;
  PropagationDelay propagation_;  // of the publisher here
  std::unordered_map<rtp::Ssrc, Outgoing> outgoing_;
  congestion::FeedbackGenerator feedback_;
  congestion::RembGenerator remb_;
  std::unique_ptr<Outbound> outbound_;
  std::uint8_t transport_cc_id_ = 0;
  bool remb_enabled_ = false;
  std::optional<Bitrate> estimate_;
  Instant next_reference_ = kNever;
  Instant awake_until_ = Instant::min();
  // Of the RTCP that is being read: it asks for what is missing; and how much more of it is looked at.
  bool asked_ = false;
  std::size_t statuses_left_ = 0;
  std::size_t lost_left_ = 0;
  Stats stats_;
};

}  // namespace sfu::media
