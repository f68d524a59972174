// SPDX-License-Identifier: Apache-2.0
#include "media/receive_stream.hpp"

#include <algorithm>
#include <utility>

namespace sfu::media {
namespace {

// RFC 3550 A.1 calls these MAX_DROPOUT and MAX_MISORDER; the second is what the history can tell duplicates in.
constexpr std::int64_t kMaxAhead = 3000;
constexpr std::int64_t kMaxBehind = 8192;
constexpr std::uint8_t kRestartAfter = 5;
// B-frames go back by less; a new clock usually by more.
constexpr std::int64_t kMaxSecondsBack = 5;
// After a packet that others overtook, what is missing may be on its way still.
constexpr Duration kDisorder = std::chrono::seconds(2);

}  // namespace

ReceiveStream::ReceiveStream(const ReceiveStreamConfig& config)
    : config_(config),
      store_(config.store),
      nack_(config.nack_tries),
      reception_(config.clock_rate),
      tracker_(LayerTracker::config_for(config.layer, config.screenshare)) {}

ReceiveStream::Verdict ReceiveStream::receive(Instant now, const rtp::PacketView& packet, bool recovered,
                                              Numbers& numbers) {
  if (!started_) {
    if (recovered) return Verdict::kDrop;  // a stream cannot begin with a repetition (media spec 2.2)
    begin(now, packet);
  }
  if (place(packet, numbers) == Place::kNowhere) {
    ++totals_.rejected;
    if (recovered || !is_restart(packet)) return Verdict::kDrop;
    ++totals_.restarts;
    ++generation_;
    store_.clear();
    clock_.reset();
    begin(now, packet);
    place(packet, numbers);
    numbers.restarted = true;
  } else {
    anomalies_ = 0;
  }
  return accept(now, packet, recovered, numbers);
}

ReceiveStream::Verdict ReceiveStream::accept(Instant now, const rtp::PacketView& packet, bool recovered,
                                             Numbers& numbers) {
  // What is newer than anything seen cannot be a repetition of something asked for.
  if (recovered && numbers.sequence > asked_) return Verdict::kDrop;
  if (!reception_.mark(numbers.sequence)) {
    ++totals_.duplicates;
    return Verdict::kDrop;
  }
  reception_.received(now, numbers.sequence, numbers.timestamp, recovered);
  if (!recovered) {
    totals_.bytes += packet.bytes().size();
    window_bytes_ += packet.bytes().size();
    ++window_packets_;
  }
  if (!recovered && numbers.sequence < highest_) disordered_at_ = now;
  numbers.newest = numbers.sequence >= highest_;
  if (numbers.sequence <= asked_) nack_.arrived(now, numbers.sequence, recovered);
  if (numbers.sequence > highest_) {
    const std::int64_t missing = numbers.sequence - highest_ - 1;
    if (missing > 0) loss_.add(now, reception_.totals().packets, static_cast<std::uint64_t>(missing));
    if (config_.nack && numbers.sequence > asked_ + 1) {
      const bool early = loss_.is_high() && now - disordered_at_ > kDisorder;
      nack_.missing(now, asked_ + 1, numbers.sequence, early ? NackGenerator::kEarlyDelay : NackGenerator::kFirstDelay);
    }
    highest_ = numbers.sequence;
    highest_timestamp_ = numbers.timestamp;
    asked_ = std::max(asked_, highest_);
    watch_tail(now, packet);
  }
  last_packet_ = now;
  if (packet.payload().empty()) {
    ++totals_.padding_only;
    return Verdict::kLeaveOut;
  }
  if (tracker_.observe(now)) became_live_ = true;
  return Verdict::kForward;
}

bool ReceiveStream::on_sender_report(Instant now, std::uint64_t ntp, std::uint32_t rtp_timestamp) {
  if (!started_ || !clock_.update(now, ntp, timestamp_of(rtp_timestamp))) return false;
  reception_.on_sender_report(now, ntp);
  return true;
}

// The last packets of a frame are missed only when the next frame comes. Where much is lost they are asked for as soon
// as they are late; a sender that has not sent them yet ignores that.
void ReceiveStream::watch_tail(Instant now, const rtp::PacketView& packet) {
  const bool ended = packet.marker() || packet.payload().empty();
  const bool watched = config_.nack && config_.kind == rtp::MediaKind::kVideo && loss_.is_high();
  tail_deadline_ = ended || !watched ? kNever : now + NackGenerator::kFirstDelay;
}

std::span<const std::uint16_t> ReceiveStream::take_nacks(Instant now, Duration rtt) {
  if (now >= tail_deadline_) {
    tail_deadline_ = kNever;
    if (asked_ == highest_) nack_.missing(now - NackGenerator::kFirstDelay, highest_ + 1, highest_ + 2);
    asked_ = highest_ + 1;
  }
  const auto numbers = nack_.take(now, rtt);
  totals_.nacked += numbers.size();
  return numbers;
}

bool ReceiveStream::take_lost_for_good() {
  const std::int64_t sequence = nack_.take_given_up();
  // What was sent after a key frame only: the decoder starts over there.
  return sequence != NackGenerator::kNone && sequence <= highest_ && (!keyframe_ || sequence > keyframe_->sequence);
}

bool ReceiveStream::advance(Instant now) {
  const Duration window = now - window_start_;
  if (started_ && window >= std::chrono::seconds(1)) {
    totals_.bitrate = Bitrate::of(static_cast<std::int64_t>(window_bytes_), window);
    totals_.packets_per_second = static_cast<double>(window_packets_) * 1e9 / static_cast<double>(window.count());
    store_.fit(totals_.packets_per_second);
    window_bytes_ = window_packets_ = 0;
    window_start_ = now;
  }
  return tracker_.advance(now);
}

bool ReceiveStream::take_became_live() {
  return std::exchange(became_live_, false);
}

void ReceiveStream::on_keyframe(Instant now, const Numbers& numbers) {
  ++totals_.keyframes;
  // Parameter sets and the picture show the same one, and what was repeated may be of an older one.
  if (keyframe_ && numbers.timestamp < keyframe_->timestamp) return;
  if (keyframe_ && numbers.timestamp == keyframe_->timestamp) {
    keyframe_->sequence = std::min(keyframe_->sequence, numbers.sequence);
  } else {
    keyframe_ = Keyframe{numbers.sequence, numbers.timestamp, now};
  }
}

std::optional<std::int64_t> ReceiveStream::recent_keyframe(Instant now, Duration age) const {
  if (!keyframe_ || now - keyframe_->at > age || !store_.contains(keyframe_->sequence)) return std::nullopt;
  return keyframe_->sequence;
}

void ReceiveStream::rebind(rtp::Ssrc ssrc) {
  config_.ssrc = ssrc;
  ++generation_;
  started_ = false;
  anomalies_ = 0;
  store_.clear();
  nack_.clear();
  tail_deadline_ = kNever;
  loss_ = {};
  reception_.reset();
  clock_.reset();
  tracker_.reset();
  keyframe_.reset();
}

void ReceiveStream::set_clock_rate(std::uint32_t clock_rate) {
  if (started_ || clock_rate == 0 || clock_rate == config_.clock_rate) return;
  config_.clock_rate = clock_rate;
  reception_ = ReceptionStats(clock_rate);
}

ReceiveStream::Stats ReceiveStream::stats() const {
  Stats stats = totals_;
  stats.ssrc = config_.ssrc;
  stats.live = live();
  stats.reception = reception_.totals();
  stats.last_packet = last_packet_;
  return stats;
}

void ReceiveStream::begin(Instant now, const rtp::PacketView& packet) {
  started_ = true;
  started_at_ = now;
  anomalies_ = 0;
  window_start_ = now;
  window_bytes_ = window_packets_ = 0;
  // One cycle up: a packet reordered to before the first still has a number above zero.
  highest_ = packet.sequence_number() + 0x10000;
  highest_timestamp_ = packet.timestamp() + (std::int64_t{1} << 32);
  asked_ = highest_;
  tail_deadline_ = kNever;
  nack_.clear();
  loss_ = {};
  reception_.reset();
  tracker_.reset();
  keyframe_.reset();
}

ReceiveStream::Place ReceiveStream::place(const rtp::PacketView& packet, Numbers& numbers) const {
  const std::int64_t ahead = rtp::distance(static_cast<std::uint16_t>(highest_), packet.sequence_number());
  const std::int64_t ticks = rtp::distance(static_cast<std::uint32_t>(highest_timestamp_), packet.timestamp());
  numbers.sequence = highest_ + ahead;
  numbers.timestamp = highest_timestamp_ + ticks;
  numbers.restarted = false;
  if (ahead > kMaxAhead || ahead <= -kMaxBehind) return Place::kNowhere;
  if (ahead > 0 && ticks < -kMaxSecondsBack * config_.clock_rate) return Place::kNowhere;
  // An older packet cannot play much later than the newest (media spec 2.1).
  if (ahead < 0 && ticks > kMaxSecondsBack * config_.clock_rate) return Place::kNowhere;
  return Place::kFits;
}

// Five misfits in a row that fit each other are a sender that began afresh (media spec 2.1).
bool ReceiveStream::is_restart(const rtp::PacketView& packet) {
  const bool continues = anomalies_ > 0 &&
                         packet.sequence_number() == static_cast<std::uint16_t>(anomaly_sequence_ + 1) &&
                         rtp::distance(anomaly_timestamp_, packet.timestamp()) >= 0;
  anomalies_ = continues ? static_cast<std::uint8_t>(anomalies_ + 1) : std::uint8_t{1};
  anomaly_sequence_ = packet.sequence_number();
  anomaly_timestamp_ = packet.timestamp();
  return anomalies_ >= kRestartAfter;
}

}  // namespace sfu::media
