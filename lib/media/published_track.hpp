// SPDX-License-Identifier: Apache-2.0
// One published track: its encodings on the receive side, its subscriptions on the send side, and the single pass from
// one to the other. The publishing participant owns it; Endpoints reach it through their SsrcRouter, so the owner
// takes it out of there (Endpoint::remove_track) before destroying it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/slot_map.hpp"
#include "media/audio_level.hpp"
#include "media/encodings.hpp"
#include "media/forwarder.hpp"
#include "media/keyframe_requests.hpp"
#include "media/media.hpp"
#include "media/packet_filters.hpp"
#include "media/receive_stream.hpp"
#include "media/red_recovery.hpp"
#include "rtp/codec_name.hpp"
#include "rtp/extension.hpp"
#include "rtp/packet_view.hpp"

namespace sfu::media {

struct PublishedTrackConfig {
  rtp::MediaKind kind = rtp::MediaKind::kVideo;
  bool screenshare = false;
  bool encrypted = false;  // end to end: what is in a payload cannot be told
  std::vector<ReceivePayload> payloads;
  rtp::ExtensionMap extensions;  // negotiated with the publisher, receive side
  bool nack = true;              // rtcp-fb nack was negotiated
  int nack_tries = NackGenerator::kTries;
  rtp::Ssrc rtcp_ssrc = 1;  // ours, as the sender of RTCP
  AudioLevelConfig audio_level;
  std::array<Duration, kMaxLayers> keyframe_throttle = KeyframeRequests::kThrottle;
  std::size_t packet_buffer = 0;            // packets kept of each stream; 0: as PacketStore has it
  std::vector<std::uint8_t> blank_trailer;  // of an encrypted track: ends what is made here and is not encrypted
  bool loss_proxying = false;  // a publisher of sound is told of what its subscribers miss, as if it were lost here
};

class PublishedTrack {
 public:
  // What happened since last asked, for the room: bits.
  enum Change : std::uint8_t {
    kStarted = 1,            // the first packet came
    kLayersChanged = 2,      // live_layers() differs
    kEnded = 4,              // BYE
    kFrameRatesChanged = 8,  // frame_rates() are others
  };

  // `publisher` takes RTCP to the sender; both outlive the track.
  PublishedTrack(const PublishedTrackConfig& config, RtpSink& publisher, Random& random);
  ~PublishedTrack();
  PublishedTrack(const PublishedTrack&) = delete;
  PublishedTrack& operator=(const PublishedTrack&) = delete;

  // After renegotiation. Streams and forwarders go on.
  void reconfigure(const PublishedTrackConfig& config);

  // Receive side; Endpoint calls these with what its router found. A new SSRC for a layer replaces the old one.
  void receive_rtp(Instant now, std::uint8_t layer, const rtp::PacketView& packet, Output& out);
  // `packet` are the bytes of `view`, edited in place.
  void receive_rtx(Instant now, std::uint8_t layer, rtp::Ssrc media_ssrc, ByteSpan packet, const rtp::PacketView& view,
                   Output& out);
  // False: older than the one before, and ignored.
  bool on_sender_report(Instant now, std::uint8_t layer, std::uint64_t ntp, std::uint32_t rtp_timestamp);
  // How far the publisher's clock is behind ours: what subscribers are told of times is on ours.
  void set_clock_shift(Duration shift) { encodings_.set_clock_shift(shift); }
  // Packets go through them first. Borrowed, and looked at no more once none is left of them; null: none.
  void set_filters(PacketFilters* filters);
  void set_rtt(Duration rtt) {
    rtt_ = rtt;
    // A sender that is slow now and then must not be asked all its times while it is.
    nack_rtt_ = std::max(rtt, nack_rtt_.value_or(rtt) * 3 / 4);
  }
  void on_bye() { changes_ |= kEnded; }
  // See Gathering, which calls these.
  void forward_gathered(Instant now, Output& out);
  void forget_gathering() { gathering_ = nullptr; }

  // Subscriptions.
  // One is being negotiated, of layers up to `max_layer`: it shall find a key frame at hand.
  void expect_subscriber(Instant now, std::uint8_t max_layer, Output& out);
  ForwarderId add_forwarder(Instant now, const ForwarderConfig& config, Output& out);
  Forwarder* forwarder(ForwarderId id) { return forwarders_.find(id); }
  void remove_forwarder(ForwarderId id, Output& out);
  // A forwarder of `from`, the same content in another codec, goes on here: its subscriber sees one line of numbers.
  ForwarderId take_over(Instant now, PublishedTrack& from, ForwarderId id, std::span<const PayloadMapping> payloads,
                        Output& out);
  std::size_t forwarder_count() const { return forwarders_.size(); }
  // These change a forwarder and ask for the key frame that it then needs.
  void set_paused(Instant now, ForwarderId id, Pause reason, bool paused, Output& out);
  void set_max_quality(Instant now, ForwarderId id, std::uint8_t spatial, std::uint8_t temporal, Output& out,
                       bool deficient = false);
  // Its stream ends: pictures are replaced by black ones, in codecs for which there are some.
  void send_blank_frames(Instant now, ForwarderId id, Output& out);
  void on_nack(Instant now, ForwarderId id, std::span<const std::uint16_t> sequence_numbers, Output& out);
  void on_pli(Instant now, ForwarderId id, Output& out);
  void on_receiver_report(Instant now, ForwarderId id, const rtcp::ReportBlock& block);

  // The publisher was asked for more than before (Dynacast): layers that it had stopped can be chosen as soon as their
  // first packet comes.
  void expect_layers();

  // The publisher's mute. While muted nothing is forwarded but a second of silence; afterwards video goes on with a key
  // frame.
  void set_muted(Instant now, bool muted, Output& out);
  bool muted() const { return muted_; }

  void advance(Instant now, Output& out);
  Instant deadline() const { return deadline_; }

  rtp::MediaKind kind() const { return config_.kind; }
  // Bit per layer: of simulcast or, in a single stream, its spatial layers.
  std::uint8_t live_layers() const { return encodings_.live_layers(); }
  // Measured each second, of a shared screen each four. Encodings of a simulcast stand alone; spatial layers of one
  // stream include what they need of lower ones.
  BitrateMatrix bitrates() const;
  FrameRateMatrix frame_rates() const;
  std::uint8_t take_changes();                                               // Change bits
  Instant last_packet() const;                                               // of any layer; Instant{} if none came
  double audio_level(Instant now) const { return audio_level_.level(now); }  // 0..1
  std::optional<Duration> rtt() const { return rtt_; }                       // with the publisher
  // The codec of the packets that come now; kUnknown before the first.
  rtp::Codec codec() const { return codec_; }
  std::optional<ReceiveStream::Stats> stream_stats(std::uint8_t layer) const;
  const Encodings& encodings() const { return encodings_; }
  std::uint64_t wrong_payload_type() const { return wrong_payload_type_; }

 private:
  static constexpr Duration kTick = std::chrono::milliseconds(250);
  static constexpr Duration kReportInterval = std::chrono::seconds(1);
  static constexpr Duration kCatchUp = std::chrono::milliseconds(500);  // a newcomer begins so far back
  static constexpr Duration kGoOn = std::chrono::milliseconds(100);     // who has seen something since goes less far
  static constexpr Duration kQuiet = std::chrono::seconds(5);           // without packets and reports, and timers rest

  ReceiveStream& stream_for(Instant now, std::uint8_t layer, const rtp::PacketView& packet);
  void take_in(Instant now, std::uint8_t layer, const rtp::PacketView& view, bool recovered, Output& out);
  bool begins_afresh(const IncomingPacket& packet) const;
  void restart_numbers(Instant now, IncomingPacket& packet, Output& out);
  void read_layers(Instant now, const rtp::PacketView& view, IncomingPacket& packet);
  void pass_on(Instant now, const rtp::PacketView& view, IncomingPacket& packet, Output& out);
  bool filter(const rtp::PacketView& view, IncomingPacket& packet, ByteView& kept);
  void note(Instant now, IncomingPacket& packet);
  void watch_redundancy();
  void bring_back(Instant now, const IncomingPacket& packet, Output& out);
  void prefetch(std::size_t next) const;
  void deliver(Instant now, std::span<const IncomingPacket> packets, std::span<const std::int64_t> highest,
               Output& out);
  void withhold(Instant now, const rtp::PacketView& view, const IncomingPacket& packet, Output& out);
  bool gather(Instant now, const IncomingPacket& packet, Output& out);
  void replay(Instant now, Forwarder& forwarder, std::uint8_t layer, std::int64_t from, std::int64_t last, Output& out);
  void catch_up(Instant now, Forwarder& forwarder, Output& out);
  void observe_level(Instant now, const IncomingPacket& packet);
  void layers_changed(Instant now);
  void serve_wish(Instant now, Forwarder& forwarder, Output& out);
  void send_pli(Instant now, std::uint8_t layer, Output& out);
  void send_nacks(Instant now, Output& out);
  void restart_decoders(Instant now, std::uint8_t layer, Output& out);
  std::uint8_t subscribers_loss(Instant now) const;
  void send_reports(Instant now, Output& out);
  void tick(Instant now, Output& out);
  void send_silence(Instant now, Output& out);
  void keep_awake(Instant now);
  void reschedule();

  // A packet that waits for others of the same turn.
  static constexpr std::size_t kMostGathered = 16;  // most pictures of 3 Mbit/s
  struct Gathered {
    std::int64_t sequence = 0;
    std::int64_t highest = 0;  // of the stream, when it came
    Instant arrival{};
    std::uint8_t layer = 0;
    std::uint8_t generation = 0;
    bool newest = false;
    bool recovered = false;
  };

  PublishedTrackConfig config_;
  RtpSink& publisher_;
  PacketFilters* filters_ = nullptr;
  std::optional<RedRecovery> red_recovery_;  // while a subscriber lacks RED
  bool makes_red_ = false;                   // while a subscriber gets Opus as RED
  Random& random_;
  Encodings encodings_;
  std::array<KeyframeRequests, kMaxLayers> keyframes_;
  SlotMap<Forwarder> forwarders_;
  std::vector<Forwarder*> fan_out_;  // the same, dense: the packet path goes along here
  std::array<Gathered, kMostGathered> gathered_;
  std::size_t gathered_count_ = 0;
  Gathering* gathering_ = nullptr;  // that knows of them
  AudioLevel audio_level_;
  std::int64_t last_audio_timestamp_ = 0;
  bool muted_ = false;
  std::uint8_t changes_ = 0;
  rtp::Codec codec_ = rtp::Codec::kUnknown;
  std::optional<Duration> rtt_;
  std::optional<Duration> nack_rtt_;  // the longest of late
  Instant deadline_ = kNever;
  Instant next_tick_ = kNever;
  Instant next_report_ = kNever;
  Instant next_silence_ = kNever;
  int silence_left_ = 0;  // packets
  Instant awake_until_ = Instant::min();
  std::uint64_t wrong_payload_type_ = 0;
};

}  // namespace sfu::media
