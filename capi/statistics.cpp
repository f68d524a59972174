// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/statistics.h"

#include <algorithm>

#include "capi/engine.hpp"
#include "capi/results.hpp"
#include "capi/values.hpp"
#include "sfu-c/room.h"

namespace sfu::capi {
namespace {

void copy_now(const EngineStatistics& in, sfu_engine_statistics& out) {
  out.rooms = in.rooms;
  out.participants = in.participants;
  std::ranges::copy(in.tracks_published, out.tracks_published);
  std::ranges::copy(in.tracks_subscribed, out.tracks_subscribed);
  out.forward_latency_us = to_us(in.forward_latency);
  out.forward_jitter_us = to_us(in.forward_jitter);
}

void copy_people(const EngineStatistics& in, sfu_engine_statistics& out) {
  out.joins_validation_failed = in.joins.validation_failed;
  out.joins_signal_failed = in.joins.signal_failed;
  out.joins_signal_connected = in.joins.signal_connected;
  out.joins_rtc_init = in.joins.rtc_init;
  out.joins_rtc_connected = in.joins.rtc_connected;
  out.joins_rtc_active = in.joins.rtc_active;
  out.joins_rtc_canceled = in.joins.rtc_canceled;
  out.joins_rtc_failure = in.joins.rtc_failure;
  for (std::size_t kind = 0; kind < in.publish.size(); ++kind) {
    out.publish_attempts[kind] = in.publish[kind].attempts;
    out.publish_successes[kind] = in.publish[kind].successes;
    out.publish_cancels[kind] = in.publish[kind].cancels;
  }
  out.subscribe_attempts = in.subscribe.attempts;
  out.subscribe_successes = in.subscribe.successes;
  out.subscribe_cancels = in.subscribe.cancels;
  out.signal_requests = in.signal.requests;
  out.signal_bad_requests = in.signal.bad_requests;
  out.signal_responses = in.signal.responses;
}

void copy_traffic(const Traffic& in, sfu_engine_statistics& out) {
  out.packets_received = in.received.packets;
  out.bytes_received = in.received.bytes;
  out.packets_received_again = in.received_again.packets;
  out.bytes_received_again = in.received_again.bytes;
  out.packets_sent = in.sent.packets;
  out.bytes_sent = in.sent.bytes;
  out.packets_sent_again = in.sent_again.packets;
  out.bytes_sent_again = in.sent_again.bytes;
  out.nacks_sent = in.to_publishers.nacks;
  out.plis_sent = in.to_publishers.plis;
  out.nacks_received = in.from_subscribers.nacks;
  out.plis_received = in.from_subscribers.plis;
  out.packets_filtered = in.filtered.packets;
  out.bytes_filtered = in.filtered.bytes;
}

const sfu_worker_statistics* to_c(Arena& arena, const WorkerStatistics& worker) {
  auto* made = arena.make<sfu_worker_statistics>();
  made->rooms = worker.rooms;
  made->participants = worker.participants;
  made->datagrams_received = worker.datagrams_received;
  made->processor_time_us = to_us(worker.processor_time);
  return made;
}

const sfu_engine_statistics* to_c(Arena& arena, const EngineStatistics& in) {
  auto* made = arena.make<sfu_engine_statistics>();
  made->node_id = arena.text(in.node_id);
  made->started_at_ms = to_ms(in.started_at);
  made->updated_at_ms = to_ms(in.updated_at);
  made->age_ms = to_ms(in.age);
  copy_now(in, *made);
  copy_people(in, *made);
  copy_traffic(in.traffic, *made);
  made->workers = arena.pointers<sfu_worker_statistics>(
      in.workers, [&](const WorkerStatistics& worker) { return to_c(arena, worker); });
  made->worker_count = in.workers.size();
  return made;
}

const sfu_engine_counters* to_c(Arena& arena, const Engine::Counters& in) {
  auto* made = arena.make<sfu_engine_counters>();
  made->packets_received = in.packets_received;
  made->dropped_unknown_source = in.dropped_unknown_source;
  made->dropped_malformed = in.dropped_malformed;
  made->dropped_between_workers = in.dropped_between_workers;
  made->data_tracks_malformed = in.data_tracks_malformed;
  made->data_tracks_unknown = in.data_tracks_unknown;
  made->data_tracks_dropped = in.data_tracks_dropped;
  return made;
}

static_assert(static_cast<int>(ConnectionQuality::kLost) == SFU_QUALITY_LOST);

const sfu_participant_statistics* to_c(Arena& arena, const ParticipantStatistics& in) {
  auto* made = arena.make<sfu_participant_statistics>();
  made->quality = static_cast<sfu_connection_quality>(in.quality);
  made->score = in.score;
  made->identity = arena.text(in.identity);
  made->sid = arena.text(in.sid);
  made->round_trip_us = in.round_trip ? to_us(*in.round_trip) : -1;
  made->estimate_bps = in.estimate ? in.estimate->bps : -1;
  return made;
}

const sfu_stream_statistics* to_c(Arena& arena, const StreamStatistics& in) {
  auto* made = arena.make<sfu_stream_statistics>();
  made->layer = in.layer;
  made->publisher = arena.text(in.publisher);
  made->track = to_c(arena, in.track);
  made->bytes = in.bytes;
  made->packets = in.packets;
  made->lost = in.lost;
  made->jitter_us = to_us(in.jitter);
  made->filtered = in.filtered;
  return made;
}

const sfu_subscription_statistics* to_c(Arena& arena, const SubscriptionStatistics& in) {
  auto* made = arena.make<sfu_subscription_statistics>();
  made->layer = in.layer.value_or(-1);
  made->paused = in.paused;
  made->subscriber = arena.text(in.subscriber);
  made->publisher = arena.text(in.publisher);
  made->track = arena.text(in.track);
  made->bytes = in.bytes;
  made->packets = in.packets;
  made->lost = in.lost;
  return made;
}

const sfu_room_statistics* to_c(Arena& arena, const RoomStatistics& in) {
  const auto convert = [&](const auto& item) { return to_c(arena, item); };
  auto* made = arena.make<sfu_room_statistics>();
  made->name = arena.text(in.name);
  made->participants = arena.pointers<sfu_participant_statistics>(in.participants, convert);
  made->participant_count = in.participants.size();
  made->streams = arena.pointers<sfu_stream_statistics>(in.streams, convert);
  made->stream_count = in.streams.size();
  made->subscriptions = arena.pointers<sfu_subscription_statistics>(in.subscriptions, convert);
  made->subscription_count = in.subscriptions.size();
  return made;
}

}  // namespace
}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_engine_get_statistics(sfu_engine* engine, const sfu_engine_statistics** statistics) {
  return enter([&] {
    needs_place(statistics);
    const auto figures = find(engine)->engine->statistics();
    *statistics = give([&](Arena& arena) { return to_c(arena, figures); });
  });
}

sfu_status sfu_engine_get_counters(sfu_engine* engine, const sfu_engine_counters** counters) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(counters);
    const auto figures = find(engine)->engine->counters();
    *counters = give([&](Arena& arena) { return to_c(arena, figures); });
  });
}

sfu_status sfu_room_get_statistics(sfu_room* room, const sfu_room_statistics** statistics) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(statistics);
    const auto figures = value(find(room)->room.statistics());
    *statistics = give([&](Arena& arena) { return to_c(arena, figures); });
  });
}
