// SPDX-License-Identifier: Apache-2.0
#include "sfu/statistics.hpp"

namespace sfu {
namespace {

template <std::size_t kSize>
void add(std::array<std::uint64_t, kSize>& to, const std::array<std::uint64_t, kSize>& more) {
  for (std::size_t i = 0; i < kSize; ++i) to[i] += more[i];
}

void add(Traffic::Volume& to, const Traffic::Volume& more) {
  to.packets += more.packets;
  to.bytes += more.bytes;
}

void add(Traffic::Feedback& to, const Traffic::Feedback& more) {
  to.nacks += more.nacks;
  to.plis += more.plis;
  to.firs += more.firs;
}

void add(Traffic& to, const Traffic& more) {
  add(to.received, more.received);
  add(to.received_again, more.received_again);
  add(to.sent, more.sent);
  add(to.sent_again, more.sent_again);
  add(to.filtered, more.filtered);
  add(to.to_publishers, more.to_publishers);
  add(to.from_subscribers, more.from_subscribers);
}

void add(JoinStatistics& to, const JoinStatistics& more) {
  to.validation_failed += more.validation_failed;
  to.signal_failed += more.signal_failed;
  to.signal_connected += more.signal_connected;
  to.rtc_init += more.rtc_init;
  to.rtc_connected += more.rtc_connected;
  to.rtc_active += more.rtc_active;
  to.rtc_canceled += more.rtc_canceled;
  to.rtc_failure += more.rtc_failure;
}

void add(PublishStatistics& to, const PublishStatistics& more) {
  to.attempts += more.attempts;
  to.successes += more.successes;
  to.cancels += more.cancels;
}

void add(SubscribeStatistics& to, const SubscribeStatistics& more) {
  to.attempts += more.attempts;
  to.successes += more.successes;
  to.cancels += more.cancels;
  to.not_found += more.not_found;
  to.codec_unsupported += more.codec_unsupported;
}

void add(SignalStatistics& to, const SignalStatistics& more) {
  to.requests += more.requests;
  to.bad_requests += more.bad_requests;
  to.responses += more.responses;
  to.offers += more.offers;
  to.offers_failed += more.offers_failed;
  to.answers += more.answers;
  to.answers_failed += more.answers_failed;
}

}  // namespace

Statistics& Statistics::operator+=(const Statistics& other) {
  rooms += other.rooms;
  participants += other.participants;
  add(tracks_published, other.tracks_published);
  add(tracks_subscribed, other.tracks_subscribed);
  forward_latency += other.forward_latency;
  forward_jitter += other.forward_jitter;

  room_seconds += other.room_seconds;
  add(joins, other.joins);
  join_ms += other.join_ms;
  start_ms += other.start_ms;
  session_ms += other.session_ms;
  for (std::size_t kind = 0; kind < kKinds; ++kind) add(publish[kind], other.publish[kind]);
  add(subscribe, other.subscribe);
  pubsub_ms += other.pubsub_ms;
  add(signal, other.signal);
  connections += other.connections;

  add(traffic, other.traffic);
  packets_lost += other.packets_lost;
  packets_out_of_order += other.packets_out_of_order;
  loss_percent += other.loss_percent;
  out_of_order_percent += other.out_of_order_percent;
  jitter_us += other.jitter_us;
  rtt_ms += other.rtt_ms;
  quality_rating += other.quality_rating;
  quality_score += other.quality_score;
  forward_ns += other.forward_ns;
  stream_destinations += other.stream_destinations;
  stream_bytes += other.stream_bytes;

  datagrams_received += other.datagrams_received;
  dropped_unknown_source += other.dropped_unknown_source;
  dropped_malformed += other.dropped_malformed;
  dropped_between_workers += other.dropped_between_workers;
  datagrams_lent += other.datagrams_lent;
  dropped_lent += other.dropped_lent;
  tcp_refused += other.tcp_refused;
  tcp_media_dropped += other.tcp_media_dropped;
  data_tracks_malformed += other.data_tracks_malformed;
  data_tracks_unknown += other.data_tracks_unknown;
  data_tracks_dropped += other.data_tracks_dropped;
  return *this;
}

}  // namespace sfu
