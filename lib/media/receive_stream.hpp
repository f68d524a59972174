// SPDX-License-Identifier: Apache-2.0
// One incoming SSRC: one encoding of a published track. Puts its numbers on a line, drops duplicates, keeps packets for
// retransmission as its owner forwards them, notes what is missing (RFC 4585 6.2.1) and the figures that receiver
// reports carry (RFC 3550 6.4.1). A PublishedTrack owns up to three and writes their RTCP.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>

#include "base/bytes.hpp"
#include "base/time.hpp"
#include "media/layer_tracker.hpp"
#include "media/nack_generator.hpp"
#include "media/packet_store.hpp"
#include "media/recent_loss.hpp"
#include "media/reception_stats.hpp"
#include "media/sender_clock.hpp"
#include "rtp/codec_name.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/sequence.hpp"

namespace sfu::media {

struct ReceiveStreamConfig {
  rtp::MediaKind kind = rtp::MediaKind::kVideo;
  rtp::Ssrc ssrc = 0;
  std::uint8_t layer = 0;
  std::uint32_t clock_rate = 90000;
  bool nack = true;  // ask for lost packets
  int nack_tries = NackGenerator::kTries;
  bool screenshare = false;
  PacketStore::Limits store = PacketStore::kVideo;
};

class ReceiveStream {
 public:
  struct Stats {
    rtp::Ssrc ssrc = 0;
    bool live = false;
    ReceptionStats::Totals reception;
    std::uint64_t bytes = 0;  // headers included; RTX excluded
    std::uint64_t duplicates = 0;
    std::uint64_t rejected = 0;  // numbers that fit nowhere
    std::uint64_t padding_only = 0;
    std::uint64_t filtered = 0;  // dropped by the host's filters
    std::uint64_t nacked = 0;    // sequence numbers asked for, repeats included
    std::uint64_t keyframes = 0;
    std::uint64_t restarts = 0;
    Bitrate bitrate;  // over the last whole second
    double packets_per_second = 0;
    Instant last_packet{};
  };

  enum class Verdict {
    kForward,
    kLeaveOut,  // padding only: subscribers get none of it, and miss no number
    kDrop,
  };
  struct Numbers {
    std::int64_t sequence = 0;
    std::int64_t timestamp = 0;
    bool newest = false;     // the highest sequence number so far
    bool restarted = false;  // the sender began afresh with this packet
  };

  explicit ReceiveStream(const ReceiveStreamConfig& config);

  // One packet of this SSRC; `recovered` if it came by RTX and was restored. Hot path.
  Verdict receive(Instant now, const rtp::PacketView& packet, bool recovered, Numbers& numbers);
  // What is forwarded of it, for retransmission and replay: it or what the host's filters made of it.
  void keep(std::int64_t sequence, ByteView packet, bool keyframe) { store_.put(sequence, packet, keyframe); }
  // The host's filters dropped it.
  void on_filtered() { ++totals_.filtered; }
  // A packet that shows a key frame, as receive() numbered it.
  void on_keyframe(Instant now, const Numbers& numbers);
  // The first such packet of the newest key frame, if that came no longer ago than `age` and is kept.
  std::optional<std::int64_t> recent_keyframe(Instant now, Duration age) const;
  // What is kept is not what is forwarded from now on: nobody begins with it.
  void forget_keyframe() { keyframe_.reset(); }
  // Padding that came by RTX, as probes do: counted, nothing else.
  void on_rtx_padding() { ++totals_.padding_only; }
  // False: older than the one before, and ignored.
  bool on_sender_report(Instant now, std::uint64_t ntp, std::uint32_t rtp_timestamp);
  // The sequence numbers to ask for now; borrowed until the next call.
  std::span<const std::uint16_t> take_nacks(Instant now, Duration rtt);
  Instant nack_deadline() const { return std::min(nack_.deadline(), tail_deadline_); }
  // True once after something that was sent has been asked for in vain.
  bool take_lost_for_good();
  // The sender's path loses much: what asks for repairs, too.
  bool loses_much() const { return loss_.is_high(); }
  // Closes seconds of rates and lets the liveness tracker judge. True: live() changed.
  bool advance(Instant now);
  // True once after the first packet, or the first after a reset, made it live.
  bool take_became_live();
  // Its sender goes on with sequence numbers, but counts pictures afresh: what was kept of before has no place any
  // more.
  void begin_generation() {
    ++generation_;
    store_.clear();
  }
  void reset_liveness() { tracker_.reset(); }
  void expect() { tracker_.expect(); }

  // The sender's SSRC changed (another encoder, a replaced track): forget all, go on as the same encoding.
  void rebind(rtp::Ssrc ssrc);
  void set_nack(bool enabled) { config_.nack = enabled; }
  // Before the first packet: the payload type tells it.
  void set_clock_rate(std::uint32_t clock_rate);

  rtp::Ssrc ssrc() const { return config_.ssrc; }
  bool live() const { return tracker_.live(); }
  bool started() const { return started_; }
  // Live, or at least heard of in the last second: liveness after a stop takes its time to return.
  bool usable(Instant now) const { return live() || (started_ && now - last_packet_ < std::chrono::seconds(1)); }
  std::uint32_t clock_rate() const { return config_.clock_rate; }
  // Changes when the numbers start afresh; forwarders then begin a new line.
  std::uint8_t generation() const { return generation_; }
  Instant started_at() const { return started_at_; }
  Instant last_packet() const { return last_packet_; }
  std::int64_t highest_sequence() const { return highest_; }
  // Where a timestamp is on the unwrapped line.
  std::int64_t timestamp_of(std::uint32_t timestamp) const {
    return highest_timestamp_ + rtp::distance(static_cast<std::uint32_t>(highest_timestamp_), timestamp);
  }
  const PacketStore& store() const { return store_; }
  const SenderClock& clock() const { return clock_; }
  ReceptionStats& reception() { return reception_; }
  Stats stats() const;

 private:
  enum class Place { kFits, kNowhere };

  void begin(Instant now, const rtp::PacketView& packet);
  Place place(const rtp::PacketView& packet, Numbers& numbers) const;
  bool is_restart(const rtp::PacketView& packet);
  void watch_tail(Instant now, const rtp::PacketView& packet);
  Verdict accept(Instant now, const rtp::PacketView& packet, bool recovered, Numbers& numbers);

  ReceiveStreamConfig config_;
  bool started_ = false;
  bool became_live_ = false;
  std::uint8_t generation_ = 0;
  std::uint8_t anomalies_ = 0;  // in a row, contiguous among themselves
  std::uint16_t anomaly_sequence_ = 0;
  std::uint32_t anomaly_timestamp_ = 0;
  std::int64_t highest_ = 0;
  std::int64_t highest_timestamp_ = 0;
  Instant started_at_{};
  Instant last_packet_{};
  Instant disordered_at_{};
  PacketStore store_;
  NackGenerator nack_;
  std::int64_t asked_ = 0;  // highest_, or the number after it that is asked for
  Instant tail_deadline_ = kNever;
  RecentLoss loss_;
  ReceptionStats reception_;
  SenderClock clock_;
  LayerTracker tracker_;
  Stats totals_;
  struct Keyframe {
    std::int64_t sequence = 0;
    std::int64_t timestamp = 0;
    Instant at{};
  };
  std::optional<Keyframe> keyframe_;
  std::uint64_t window_bytes_ = 0;
  std::uint64_t window_packets_ = 0;
  Instant window_start_{};
};

}  // namespace sfu::media
