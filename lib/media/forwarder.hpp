// SPDX-License-Identifier: Apache-2.0
// One subscription: packets of one PublishedTrack on their way to one subscriber. It chooses the layer, gives packets
// the subscriber's SSRC, payload type, extension ids, and one continuous line of sequence numbers and timestamps
// (RFC 7667 3.7), answers NACKs by RTX (RFC 4588), and reports as their sender (RFC 3550 6.4.1).
// Its track owns it; the room finds it by ForwarderId.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "base/slot_map.hpp"
#include "media/blank_media.hpp"
#include "media/encodings.hpp"
#include "media/incoming_packet.hpp"
#include "media/layer_filter.hpp"
#include "media/layer_selector.hpp"
#include "media/media.hpp"
#include "media/outgoing_line.hpp"
#include "media/packet_builder.hpp"
#include "media/playout_delay_control.hpp"
#include "media/retransmitter.hpp"
#include "media/timestamp_aligner.hpp"
#include "rtcp/rtcp.hpp"
#include "rtp/extension.hpp"
#include "rtp/extension_values.hpp"

namespace sfu::media {

class Forwarder;
using ForwarderId = Handle<Forwarder>;

// Why nothing is forwarded; each is set and cleared on its own, and all must be clear.
enum class Pause : std::uint8_t {
  kNotConnected = 1,    // the subscriber's Peer cannot send yet
  kDisabled = 2,        // UpdateTrackSettings.disabled
  kMuted = 4,           // the subscription was muted, by the subscriber or its permissions
  kPublisherMuted = 8,  // PublishedTrack::set_muted
  kBandwidth = 16,
};

// Where a forwarder ended, so that another one, of the same content to the same subscriber, goes on there: its SSRC has
// then one line of numbers.
struct ForwarderState {
  OutgoingLine::Last line;
  std::int64_t timestamp = 0;  // of the newest packet
  WallTime sent_at{};
  SenderClock clock;  // of the publisher, on the line of timestamps that was sent
  std::uint16_t rtx_sequence = 0;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint8_t max_layer = kMaxLayers - 1;
  std::uint8_t max_temporal = 3;
};

struct ForwarderConfig {
  RtpSink* sink = nullptr;  // outlives the forwarder
  bool whole = false;       // of the layers inside a stream none is left out: it goes to a server
  bool lossless = false;    // nothing is lost on the way there, and nothing asked for again
  rtp::Ssrc ssrc = 0;
  rtp::Ssrc rtx_ssrc = 0;                // 0: none
  std::vector<PayloadMapping> payloads;  // at most Forwarder::kMaxPayloads; more are left out
  rtp::ExtensionMap extensions;          // negotiated with the subscriber, send side
  std::string mid;    // sent (if the extension is negotiated) until a receiver report acknowledges the SSRC
  std::string rid;    // the same, of an encoding of a simulcast; repeats always say it
  std::string cname;  // RFC 3550 6.5.1; LiveKit: the stream id
  std::uint8_t max_layer = kMaxLayers - 1;
  std::uint8_t max_temporal = 3;
  std::uint8_t paused = 0;                           // initial set of Pause bits
  std::optional<ForwarderState> state{};             // goes on where another one ended
  std::optional<rtp::PlayoutDelay> playout_delay{};  // its limits; a max of 0: 10 s
  bool screenshare = false;
  bool equal_sizes = false;    // PacketBuilder::set_equal_sizes
  bool strip_trailer = false;  // the subscriber's client does not know LiveKit's packet trailer
};

class Forwarder {
 public:
  static constexpr std::size_t kMaxPayloads = 8;
  static constexpr Duration kReportInterval = std::chrono::seconds(1);

  struct Stats {
    std::uint64_t packets = 0;  // first transmissions
    std::uint64_t bytes = 0;    // of those, headers included
    Retransmitter::Counters retransmissions;
    std::uint64_t plis = 0;
    std::uint64_t unmapped = 0;  // payload type that the subscriber did not negotiate
    std::uint64_t layer_switches = 0;
    std::uint8_t layer = kNoLayer;   // forwarded now
    std::uint8_t target = kNoLayer;  // wanted
    Bitrate bitrate;                 // over the last whole second
    Instant resumed_at{};            // since then it is not paused
    std::int64_t newest_sequence = 0;
    std::uint64_t out_of_order = 0;  // packets that went out behind newer ones
    // The layer that was forwarded, added up at each tick; none counts -1.
    std::int64_t layers = 0;
    std::uint64_t layer_samples = 0;
    // From the subscriber's receiver reports.
    bool has_report = false;
    Instant last_report{};
    std::uint8_t fraction_lost = 0;  // of 256, in the last report
    std::int32_t total_lost = 0;
    std::uint64_t most_lost = 0;         // the highest that it was: late packets make it fall
    std::uint32_t highest_sequence = 0;  // extended; its differences are packets expected
    Duration jitter{};
    std::optional<Duration> rtt;
  };

  Forwarder(const ForwarderConfig& config, const Encodings& encodings, Random& random);

  // Once, before the rest.
  void start(Instant now, bool publisher_muted);
  // Hot path. True if the packet went out.
  bool forward(Instant now, const IncomingPacket& packet, Output& out);
  // What RedRecovery made of a block: a hole in the line of a subscriber that gets the Opus out of RED is filled.
  void bring_back(Instant now, const IncomingPacket& packet, Output& out);
  // forward() will come: what it touches is fetched from memory meanwhile. First this, then the sink, and then where
  // both lead to.
  void prefetch() const;
  void prefetch_sink() const { sink_->prefetch(); }
  void prefetch_way() const;
  // Sends what Outbound says is due now. Its size; 0 if it is not at hand any more.
  std::size_t send_held(Instant now, const Outbound::Held& held, Output& out);
  // Sends something of no use, to fill a probe of `wanted` bytes. Its size; 0 if it can send none.
  std::size_t pad(Instant now, std::size_t wanted, Output& out);
  // What waited to be sent was given up: nothing goes on without a key frame.
  void lose_held(Instant now);
  // A packet that a filter dropped, or of padding only: no hole is left. Where later ones went out before it, the hole
  // is there, and an empty packet fills it.
  void withhold(Instant now, const IncomingPacket& packet, Output& out);
  // After a switch that did not begin with the newest packet: the track forwards what it has from here on.
  std::optional<std::int64_t> take_replay();

  void set_paused(Instant now, Pause reason, bool paused);
  bool paused() const { return paused_ != 0; }
  std::uint8_t pause_bits() const { return paused_; }
  bool lacks_red() const { return lacks_red_; }  // PayloadMapping::red_to_primary
  bool makes_red() const { return makes_red_; }
  // `deficient`: for want of bandwidth, so that what is above stops at once.
  void set_max_quality(Instant now, std::uint8_t spatial, std::uint8_t temporal, bool deficient = false);
  // Goes on with another track of the same content (its backup codec), on the same line of numbers, from the next key
  // frame on. `encodings` outlives the forwarder.
  void change_source(Instant now, const Encodings& encodings, std::span<const PayloadMapping> payloads);
  // What is being sent has changed.
  void update_layers(Instant now);

  // Of two forwarders one after the other, the first one's state; the second resumes it before it is started.
  ForwarderState state(const WallAnchor& wall) const;
  void resume(const ForwarderState& state, const WallAnchor& wall);

  // Sends what was made here, as the next of its line, `after` what was sent before or now. Nothing to one that
  // was never sent anything, or waits for something else than those in `despite`, Pause bits.
  void send_blank(Instant now, const BlankMedia& media, Duration after, std::uint8_t despite, Output& out);

  // What the subscriber reports about our SSRC.
  // True: something was repeated in vain too often, and take_keyframe_wish() has news.
  bool on_nack(Instant now, std::span<const std::uint16_t> sequence_numbers, Output& out);
  // Of all that went there under transport-wide numbers; of no use unless much is lost.
  void on_lost(Instant now, std::span<const std::uint16_t> transport_numbers, Output& out);
  void on_pli(Instant now, Output& out);  // PLI or FIR
  void on_receiver_report(Instant now, const rtcp::ReportBlock& block);

  bool shows(std::uint8_t layer) const { return paused_ == 0 && line_.started() && line_.layer() == layer; }
  // The subscriber lacks something that will not come any more.
  void lose_decoder(Instant now);

  // The layer that it waits to begin with, having sent nothing yet; kNoLayer: it has, or may not.
  std::uint8_t first_layer() const { return paused_ != 0 || line_.started() ? kNoLayer : selector_.wanted(); }
  // The layer that it waits to go on with, since the one above it stopped; kNoLayer: none did.
  std::uint8_t next_layer() const { return paused_ == 0 && stopped_ ? selector_.wanted() : kNoLayer; }
  // The layer whose key frame it needs now; tells it again at most each clamp(2 x RTT, 200 ms, 1 s).
  std::optional<std::uint8_t> take_keyframe_wish(Instant now);
  // Its subscriber sees nothing, and has not asked since it is so.
  bool take_urgency() { return std::exchange(urgent_, false); }
  // Timers: sender report, layer choice. Called by the track each tick.
  void advance(Instant now, Output& out);
  // Says BYE for the SSRC (RFC 3550 6.6).
  void close(Output& out);

  rtp::Ssrc ssrc() const { return builder_.ssrc(); }
  rtp::Ssrc rtx_ssrc() const { return retransmitter_.ssrc(); }
  Stats stats() const;
  std::optional<Duration> rtt() const { return stats_.rtt; }  // with the subscriber
  // What the subscriber reported last as lost, of 256, if that was after `since`.
  std::optional<std::uint8_t> reported_loss(Instant since) const {
    if (!stats_.has_report || stats_.last_report < since) return std::nullopt;
    return stats_.fraction_lost;
  }

 private:
  struct SentReport {
    std::uint32_t ntp = 0;  // compact
    Instant at{};
  };

  void tell_playout_delay();
  void told_playout_delay(std::uint16_t sequence_number);
  void set_payloads(std::span<const PayloadMapping> payloads);
  const PayloadMapping* mapping(std::uint8_t payload_type) const;
  LayerLimits layer_limits() const;
  bool select(Instant now, const IncomingPacket& packet, LayerChoice& choice, Output& out);
  bool send(Instant now, const IncomingPacket& packet, Output& out);
  void count_sent(std::size_t size, Output& out);
  std::span<const PayloadMapping> mappings() const { return std::span(payloads_).first(payload_count_); }
  bool repeat_beginning(Instant now, Output& out);
  void fill(Instant now, const IncomingPacket& packet, Output& out);
  bool begin_line(Instant now, const IncomingPacket& packet);
  std::int64_t first_of_frame(const IncomingPacket& packet) const;
  void send_report(Instant now, Output& out);

  // Touched by every packet, first.
  RtpSink* sink_;
  const Encodings* encodings_;
  std::uint8_t paused_;
  std::uint8_t payload_count_ = 0;
  std::uint8_t max_temporal_;
  bool decoder_lost_ = false;
  bool urgent_ = true;
  bool stopped_ = false;  // for want of bandwidth, until something goes out again
  bool lacks_red_ = false;
  bool makes_red_ = false;
  std::optional<std::int64_t> replay_from_;
  bool deficient_ = false;
  bool whole_;
  std::unique_ptr<LayerFilter> filter_;  // where the stream tells of layers inside
  std::array<PayloadMapping, kMaxPayloads> payloads_;
  LayerSelector selector_;
  TimestampAligner aligner_;
  OutgoingLine line_;
  PacketBuilder builder_;
  std::uint64_t window_bytes_ = 0;
  Stats stats_;
  Retransmitter retransmitter_;
  // Now and then.
  Instant next_wish_ = Instant::min();
  Instant beginning_until_ = Instant::min();
  Instant next_report_{};
  Instant window_start_{};
  std::array<SentReport, 4> sent_reports_{};
  std::size_t report_count_ = 0;
  std::optional<PlayoutDelayControl> playout_delay_;
  std::string cname_;
};

}  // namespace sfu::media
