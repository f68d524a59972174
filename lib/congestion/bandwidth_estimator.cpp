// SPDX-License-Identifier: Apache-2.0
#include "congestion/bandwidth_estimator.hpp"

#include <algorithm>

#include "congestion/scaled.hpp"

namespace sfu::congestion {
namespace {

constexpr Duration kLongQueue = std::chrono::milliseconds(60);
constexpr Duration kGrownQueue = std::chrono::milliseconds(40);
constexpr double kNarrowed = 0.45;  // of what came through before
constexpr double kFree = 1.5;       // a probe that fills the path, but gets so much more than we have, finds room

// How long a queue is no reason to send less: as long as this sender has so much in it. Who sends more is so the first
// to yield, and all come to send the same. Jitter looks like a short queue; a long one is too long for anybody.
constexpr double kTolerated = 5000;  // bytes
constexpr Duration kLeastTolerated = std::chrono::milliseconds(30);
constexpr Duration kMostTolerated = std::chrono::milliseconds(45);

Duration tolerated_queue(Bitrate rate) {
  const double seconds = kTolerated * 8 / static_cast<double>(std::max<std::int64_t>(rate.bps, 1));
  const auto length = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(std::min(seconds, 1.0)));
  return std::clamp(length, kLeastTolerated, kMostTolerated);
}

}  // namespace

BandwidthEstimator::News BandwidthEstimator::on_feedback(Instant now, std::span<const PacketResult> results,
                                                         Duration rtt) {
  News news;
  if (results.empty()) return news;
  if (!has_feedback()) first_feedback_ = now;
  const Bitrate before = estimate();
  bool overused = false;
  std::size_t lost = 0;
  for (const PacketResult& packet : results) {
    loss_.on_packet(packet.received, packet.was_lost);
    if (!packet.received) lost += packet.size;
    if (!packet.received || packet.arrival == Instant::min()) continue;
    acked_.on_packet(packet.sent, packet.arrival, packet.size);
    delay_.on_packet(now, packet);
    queue_.on_packet(packet.sent, packet.arrival);
    overused |= delay_.usage() == PathUsage::kOverused;
    if (const auto carried = probes_.on_packet(packet)) {
      news.probe = packet.probe;
      news.carried = carried->rate;
      news.saturated = carried->saturated;
    }
  }
  queue_.update(now);
  // Several packets in a row do not wait so long by chance: the path has become narrow, and each round trip counts.
  // But in a queue that stands it is nothing new.
  const Duration queue = control_.queue_stands() ? queue_.value() : queue_.newest();
  overused |= queue >= kLongQueue && !control_.queue_stands() && !control_.draining(now);
  // Jitter looks like a queue, but the fastest packets do not wait in it.
  overused = overused && queue >= tolerated_queue(control_.rate()) && now - probed_at_ >= config_.probe_shadow + rtt;
  // Behind a probe's own queue no less comes through than before.
  const auto narrowed = this->narrowed();
  overused |= narrowed && !control_.queue_stands() && !control_.draining(now);
  PathUsage usage = delay_.usage();
  if (usage == PathUsage::kOverused) usage = PathUsage::kUnderused;
  if (overused) usage = PathUsage::kOverused;
  control_.update(now, {.usage = usage,
                        .acked = acked_.value(),
                        .carried = narrowed ? narrowed : carried(),
                        .beside = unnumbered_,
                        .rtt = rtt,
                        .queue = queue_.value(),
                        .newest_queue = queue_.newest(),
                        .narrowed = narrowed.has_value(),
                        .lost = lost,
                        .loss = loss_.beyond_chance()});
  loss_.update(now, estimate(), acked_.value().value_or(estimate()), rtt,
               overused || control_.queue_stands() || control_.reacting(now, rtt));
  if (estimate() < before) news.cut_from = before;
  if (news.probe != kNoProbe) {
    const Bitrate rate = control_.rate();
    if (now - first_feedback_ < config_.settling) {
      control_.set_rate(now, overused ? std::min(rate, news.carried) : news.carried);
    } else if (!overused && !control_.draining(now) && news.carried > rate) {  // not of before the queue
      if (!news.saturated) {
        control_.set_rate(now, news.carried);
      } else if (news.carried > scaled(rate, kFree)) {
        // What it got there may be what others had, so only half of that is taken.
        control_.set_rate(now, Bitrate{(rate.bps + news.carried.bps) / 2});
      }
    }
  }
  return news;
}

// What the path carries, if that fell to less than half just now: each feedback in which it is not seen costs as much
// of what is sent as the path cannot carry, and the pictures that are lost with it.
std::optional<Bitrate> BandwidthEstimator::narrowed() const {
  if (queue_.newest() < kGrownQueue) return std::nullopt;
  const auto newest = acked_.newest();
  const Bitrate before = std::min(acked_.value().value_or(control_.rate()), control_.rate());
  if (!newest || !newest->held_back || newest->rate >= scaled(before, kNarrowed)) return std::nullopt;
  return newest->rate;
}

// Behind a queue packets arrive as fast as the path carries them. Where it is long, or grows fast, what came before it
// says nothing.
std::optional<Bitrate> BandwidthEstimator::carried() const {
  const bool queued = queue_.value() >= kLongQueue || acked_.held_back();
  if (queued && acked_.latest() != Bitrate{}) return acked_.latest();
  if (!acked_.value()) return std::nullopt;
  return std::max(*acked_.value(), acked_.latest());
}

void BandwidthEstimator::on_silence(Instant now) {
  control_.set_rate(now, Bitrate{estimate().bps / 2});
}

}  // namespace sfu::congestion
