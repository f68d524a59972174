// SPDX-License-Identifier: Apache-2.0
// The series of a whole server.
#include <array>

#include "metrics/exposition.hpp"
#include "metrics/metrics.hpp"
#include "metrics/process.hpp"

namespace sfu::metrics {
namespace {

// By country, LiveKit says; its servers do not know it either unless they run in its cloud.
constexpr Label kNoCountry{"country", ""};

constexpr std::array kMediaKinds{TrackKind::kAudio, TrackKind::kVideo};

// By the numbers of ClientInfo.SDK and ParticipantInfo.Kind.
constexpr std::array<std::string_view, 16> kSdks{"UNKNOWN", "JS",           "SWIFT", "ANDROID", "FLUTTER", "GO",
                                                 "UNITY",   "REACT_NATIVE", "RUST",  "PYTHON",  "CPP",     "UNITY_WEB",
                                                 "NODE",    "UNREAL",       "ESP32", "DOTNET"};
constexpr std::array<std::string_view, 9> kParticipantKinds{"STANDARD", "INGRESS", "EGRESS",    "SIP",   "AGENT",
                                                            "",         "",        "CONNECTOR", "BRIDGE"};

template <std::size_t kSize>
std::string_view name_of(const std::array<std::string_view, kSize>& names, std::size_t number) {
  return number < kSize ? names[number] : "";
}

std::string_view to_string(StreamDirection direction) {
  return direction == StreamDirection::kIncoming ? "incoming" : "outgoing";
}

double nanoseconds(Duration duration) {
  return static_cast<double>(duration.count());
}

void write_rooms(Exposition& out, const EngineStatistics& engine) {
  out.gauge("livekit_room_total", "Rooms.");
  out.sample({}, engine.rooms);
  out.histogram("livekit_room_duration_seconds", "How long rooms that ended had been there.");
  out.sample({}, engine.room_seconds);
  out.gauge("livekit_participant_total", "Participants.");
  out.sample({}, engine.participants);
  out.gauge("livekit_track_published_total", "Tracks that are published.");
  for (const TrackKind kind : kMediaKinds) {
    out.sample({{"kind", to_string(kind)}}, engine.tracks_published[static_cast<std::size_t>(kind)]);
  }
  out.gauge("livekit_track_subscribed_total", "Tracks that somebody is sent, once for each subscriber.");
  for (const TrackKind kind : kMediaKinds) {
    out.sample({{"kind", to_string(kind)}}, engine.tracks_subscribed[static_cast<std::size_t>(kind)]);
  }
}

void write_joins(Exposition& out, const EngineStatistics& engine) {
  const JoinStatistics& joins = engine.joins;
  out.counter("livekit_participant_join_total", "How far those who wanted to join have come.");
  const auto reached = [&](std::string_view state, std::string_view warp, std::uint64_t count) {
    out.sample({{"state", state}, {"warp", warp}}, count);
  };
  reached("signal_connected", "", joins.signal_connected);
  reached("signal_failed", "", joins.signal_failed);
  reached("signal_validation_failed", "", joins.validation_failed);
  reached("rtc_init", "", joins.rtc_init);
  reached("rtc_connected", "", joins.rtc_connected);
  reached("rtc_active", "false", joins.rtc_active);
  reached("rtc_success", "false", joins.rtc_active);
  reached("rtc_canceled", "false", joins.rtc_canceled);
  reached("rtc_failure", "false", joins.rtc_failure);
  out.histogram("livekit_session_join_latency_ms", "From the request to join until its answer.");
  for (const auto& [version, histogram] : engine.join_ms) {
    out.sample({{"protocol_version", std::to_string(version)}}, histogram);
  }
  out.histogram("livekit_session_start_time_ms", "From joining until media was connected.");
  for (const auto& [version, histogram] : engine.start_ms) {
    out.sample({{"protocol_version", std::to_string(version)}, {"warp", "false"}}, histogram);
  }
  out.histogram("livekit_session_duration_ms", "How long sessions that ended had been active.");
  for (const auto& [version, histogram] : engine.session_ms) {
    out.sample({{"protocol_version", std::to_string(version)}}, histogram);
  }
}

void write_tracks(Exposition& out, const EngineStatistics& engine) {
  out.counter("livekit_track_publish_counter", "Tracks that were announced, were published, or were given up before.");
  for (const TrackKind kind : kMediaKinds) {
    const PublishStatistics& publish = engine.publish[static_cast<std::size_t>(kind)];
    out.sample({{"kind", to_string(kind)}, {"state", "attempt"}}, publish.attempts);
    out.sample({{"kind", to_string(kind)}, {"state", "success"}}, publish.successes);
    out.sample({{"kind", to_string(kind)}, {"state", "cancel"}}, publish.cancels);
  }
  const SubscribeStatistics& subscribe = engine.subscribe;
  out.counter("livekit_track_subscribe_counter", "Subscriptions that were wanted, and what became of them.");
  out.sample({{"state", "attempt"}, {"error", ""}}, subscribe.attempts);
  out.sample({{"state", "success"}, {"error", ""}}, subscribe.successes);
  out.sample({{"state", "cancel"}, {"error", ""}}, subscribe.cancels);
  out.sample({{"state", "failure"}, {"error", "track cannot be found"}}, subscribe.not_found);
  out.sample({{"state", "failure"}, {"error", "codec not supported"}}, subscribe.codec_unsupported);
  out.histogram("livekit_pubsubtime_ms", "Until a track was published, or a subscription was forwarded.");
  for (const auto& [key, histogram] : engine.pubsub_ms) {
    out.sample({{"direction", key.subscribe ? "subscribe" : "publish"},
                {"source", to_string(key.source)},
                {"type", to_string(key.kind)},
                kNoCountry,
                {"sdk", name_of(kSdks, key.sdk)},
                {"kind", name_of(kParticipantKinds, key.participant_kind)},
                {"count", "1"}},
               histogram);
  }
}

void write_traffic(Exposition& out, const Traffic& traffic) {
  struct Line {
    std::string_view direction;
    std::string_view transmission;
    const Traffic::Volume& volume;
  };
  const Line lines[] = {{"incoming", "initial", traffic.received},
                        {"incoming", "retransmit", traffic.received_again},
                        {"outgoing", "initial", traffic.sent},
                        {"outgoing", "retransmit", traffic.sent_again}};
  const auto labels = [](const Line& line) {
    return Labels{{"direction", line.direction}, {"transmission", line.transmission}, kNoCountry};
  };
  out.counter("livekit_packet_total", "RTP packets of tracks.");
  for (const Line& line : lines) out.sample(labels(line), line.volume.packets);
  out.counter("livekit_packet_bytes", "Bytes of RTP of tracks, headers included.");
  for (const Line& line : lines) out.sample(labels(line), line.volume.bytes);

  const Labels incoming{{"direction", "incoming"}, kNoCountry};
  const Labels outgoing{{"direction", "outgoing"}, kNoCountry};
  out.counter("livekit_nack_total", "Packets asked for again, of publishers (incoming) and by subscribers (outgoing).");
  out.sample(incoming, traffic.to_publishers.nacks);
  out.sample(outgoing, traffic.from_subscribers.nacks);
  out.counter("livekit_pli_total",
              "Key frames asked for by PLI, of publishers (incoming) and by subscribers (outgoing).");
  out.sample(incoming, traffic.to_publishers.plis);
  out.sample(outgoing, traffic.from_subscribers.plis);
  out.counter("livekit_fir_total", "Key frames asked for by FIR.");
  out.sample(incoming, traffic.to_publishers.firs);
  out.sample(outgoing, traffic.from_subscribers.firs);
}

template <typename Value>
void write_streams(Exposition& out, const Table<StreamKey, Value>& table) {
  for (const auto& [key, value] : table) {
    out.sample({{"direction", to_string(key.direction)},
                {"source", to_string(key.source)},
                {"type", to_string(key.kind)},
                kNoCountry},
               value);
  }
}

void write_quality(Exposition& out, const EngineStatistics& engine) {
  out.counter("livekit_packet_loss_total", "Packets lost.");
  write_streams(out, engine.packets_lost);
  out.histogram("livekit_packet_loss_percent", "Packets lost, of a stream in five seconds.");
  write_streams(out, engine.loss_percent);
  out.counter("livekit_packet_out_of_order_total", "Packets out of order.");
  write_streams(out, engine.packets_out_of_order);
  out.histogram("livekit_packet_out_of_order_percent", "Packets out of order, of a stream in five seconds.");
  write_streams(out, engine.out_of_order_percent);
  out.histogram("livekit_jitter_us", "Interarrival jitter of a stream.");
  write_streams(out, engine.jitter_us);
  out.histogram("livekit_rtt_ms", "Round trip, as a stream's RTCP tells it.");
  write_streams(out, engine.rtt_ms);
  out.histogram("livekit_quality_rating", "Connection quality of participants: 0 poor, 1 good, 2 excellent.");
  out.sample({}, engine.quality_rating);
  out.histogram("livekit_quality_score", "Connection score of participants, 1 to 4.5.");
  out.sample({}, engine.quality_score);
  out.gauge("livekit_forward_latency", "Nanoseconds that media takes through the server, smoothed.");
  out.sample({}, nanoseconds(engine.forward_latency));
  out.gauge("livekit_forward_jitter", "How much that varies, in nanoseconds.");
  out.sample({}, nanoseconds(engine.forward_jitter));
  out.histogram("livekit_forward_latency_ns", "Nanoseconds that media takes through the server, of samples.");
  out.sample({}, engine.forward_ns);
}

void write_signalling(Exposition& out, const EngineStatistics& engine) {
  const SignalStatistics& signal = engine.signal;
  out.counter("livekit_node_messages", "Signalling messages.");
  const auto messages = [&](std::string_view status, std::string_view direction, std::uint64_t count) {
    out.sample({{"type", "signal"}, {"status", status}, {"direction", direction}}, count);
  };
  messages("success", "request", signal.requests);
  messages("failure", "request", signal.bad_requests);
  messages("success", "response", signal.responses);

  std::uint64_t connected = 0;
  for (const auto& [key, count] : engine.connections) connected += key.stage == ConnectionStage::kConnected ? count : 0;
  out.counter("livekit_node_service_operation", "Steps of sessions.");
  const auto operations = [&](std::string_view type, std::string_view error, std::uint64_t count) {
    out.sample({{"type", type}, {"status", error.empty() ? "success" : "error"}, {"error_type", error}}, count);
  };
  operations("participant_join", "", engine.joins.rtc_connected);
  operations("offer", "", signal.offers);
  operations("offer", "create", signal.offers_failed);
  operations("answer", "", signal.answers);
  operations("answer", "create", signal.answers_failed);
  operations("peer_connection", "", connected);

  out.counter("livekit_peer_connection_state", "Connections that reached a state.");
  for (const auto& [key, count] : engine.connections) {
    const std::string_view stage = key.stage == ConnectionStage::kStarted     ? "started"
                                   : key.stage == ConnectionStage::kConnected ? "connected"
                                                                              : "fully_established";
    out.sample({{"transport", key.subscriber ? "SUBSCRIBER" : "PUBLISHER"}, {"state", stage}}, count);
  }
}

void write_data_streams(Exposition& out, const EngineStatistics& engine) {
  constexpr std::array<std::string_view, 3> kTypes{"unknown", "text", "bytes"};
  constexpr std::array<std::string_view, 6> kContents{"unknown", "text", "image", "application", "audio", "video"};
  const auto labels = [&](const DataStreamKey& key) {
    return Labels{{"type", kTypes[static_cast<std::size_t>(key.type)]},
                  {"mime_type", kContents[static_cast<std::size_t>(key.content)]}};
  };
  out.histogram("livekit_datapacket_stream_dest_count", "To how many a text or byte stream is addressed; 0: to all.");
  for (const auto& [key, histogram] : engine.stream_destinations) out.sample(labels(key), histogram);
  out.histogram("livekit_datapacket_stream_bytes", "How long text and byte streams are that say so.");
  for (const auto& [key, histogram] : engine.stream_bytes) out.sample(labels(key), histogram);
}

void write_api(Exposition& out, const ApiFigures& api) {
  out.counter("livekit_node_twirp_request_status", "Calls of the room API.");
  for (const auto& [key, count] : api.statuses) {
    out.sample({{"service", key.service}, {"method", key.method}, {"status", key.status}, {"code", key.code}}, count);
  }
  out.histogram("livekit_node_twirp_request_latency_ms", "How long calls of the room API took.");
  for (const auto& [key, histogram] : api.latency_ms) {
    out.sample({{"service", key.service}, {"method", key.method}, {"status", key.status}}, histogram);
  }
}

void write_webhooks(Exposition& out, const WebhookCounters& webhooks) {
  out.counter("livekit_webhook_dispatch_total", "Webhooks, each for each URL.");
  const auto dispatched = [&](std::string_view status, std::string_view reason, std::uint64_t count) {
    out.sample({{"status", status}, {"reason", reason}}, count);
  };
  dispatched("success", "", webhooks.delivered);
  dispatched("failure", "", webhooks.failed);
  dispatched("drop", "age", webhooks.dropped_age);
  dispatched("drop", "queue_full", webhooks.dropped_queue_full);
  dispatched("drop", "queue_closed", webhooks.dropped_queue_closed);
  out.gauge("livekit_webhook_queue_length", "Webhooks that wait, or are under way.");
  out.sample({}, webhooks.queue_length);
}

void write_turn(Exposition& out, const TurnStatistics& turn) {
  out.gauge("livekit_connection_total", "Clients' TCP connections to the TURN server, and ports that it relays from.");
  out.sample({{"kind", "incoming"}}, turn.streams);
  out.sample({{"kind", "outgoing"}}, turn.allocations);
  out.counter("sfu_turn_allocations_total", "Allocations of the TURN server that began.");
  out.sample({}, turn.allocated);
  out.counter("sfu_turn_packets_total", "Datagrams that were relayed, to peers (incoming) and to clients (outgoing).");
  out.sample({{"direction", "incoming"}}, turn.to_peers.packets);
  out.sample({{"direction", "outgoing"}}, turn.to_clients.packets);
  out.counter("sfu_turn_bytes_total", "Bytes of those, without what TURN adds.");
  out.sample({{"direction", "incoming"}}, turn.to_peers.bytes);
  out.sample({{"direction", "outgoing"}}, turn.to_clients.bytes);
  out.counter("sfu_turn_requests_refused_total", "Requests to the TURN server that were answered with an error.");
  out.sample({}, turn.refused);
  out.counter("sfu_turn_packets_dropped_total", "Datagrams at the TURN server that did not go on.");
  out.sample({{"reason", "not_permitted"}}, turn.dropped);
  out.sample({{"reason", "tcp_backlog"}}, turn.dropped_backlog);
}

void write_own(Exposition& out, const EngineStatistics& engine) {
  out.counter("sfu_datagrams_received_total", "Datagrams, over UDP and TCP.");
  out.sample({}, engine.datagrams_received);
  out.counter("sfu_datagrams_dropped_total", "Datagrams of no use, and of media over TCP that is too slow.");
  out.sample({{"reason", "unknown_source"}}, engine.dropped_unknown_source);
  out.sample({{"reason", "malformed"}}, engine.dropped_malformed);
  out.sample({{"reason", "between_workers"}}, engine.dropped_between_workers);
  out.sample({{"reason", "lent"}}, engine.dropped_lent);
  out.sample({{"reason", "tcp_backlog"}}, engine.tcp_media_dropped);
  out.counter("sfu_datagrams_lent_total", "Datagrams that one worker had another one encrypt and send.");
  out.sample({}, engine.datagrams_lent);
  out.counter("sfu_tcp_connections_refused_total", "TCP connections that belonged to no peer.");
  out.sample({}, engine.tcp_refused);
  out.counter("sfu_data_track_packets_dropped_total", "Packets of data tracks that did not go on.");
  out.sample({{"reason", "malformed"}}, engine.data_tracks_malformed);
  out.sample({{"reason", "unknown_track"}}, engine.data_tracks_unknown);
  out.sample({{"reason", "slow_subscriber"}}, engine.data_tracks_dropped);
  out.counter("sfu_filtered_packets_total", "RTP packets of tracks that the host's filters dropped.");
  out.sample({}, engine.traffic.filtered.packets);
  out.gauge("sfu_statistics_age_seconds", "How long the worker that is silent longest has published nothing.");
  out.sample({}, std::chrono::duration<double>(engine.age).count());

  const auto by_worker = [&](auto field) {
    for (std::size_t i = 0; i < engine.workers.size(); ++i) {
      out.sample({{"worker", std::to_string(i)}}, field(engine.workers[i]));
    }
  };
  out.gauge("sfu_worker_rooms", "Rooms of a worker.");
  by_worker([](const WorkerStatistics& worker) { return worker.rooms; });
  out.gauge("sfu_worker_participants", "Participants of a worker.");
  by_worker([](const WorkerStatistics& worker) { return worker.participants; });
  out.counter("sfu_worker_datagrams_received_total", "UDP datagrams of a worker.");
  by_worker([](const WorkerStatistics& worker) { return worker.datagrams_received; });
  out.counter("sfu_worker_cpu_seconds_total", "Processor time of a worker's thread.");
  by_worker(
      [](const WorkerStatistics& worker) { return std::chrono::duration<double>(worker.processor_time).count(); });
}

}  // namespace

std::string to_text(const ServerFigures& figures) {
  Exposition out({{"node_id", figures.engine.node_id}, {"node_type", "SERVER"}});
  write_rooms(out, figures.engine);
  write_joins(out, figures.engine);
  write_tracks(out, figures.engine);
  write_traffic(out, figures.engine.traffic);
  write_quality(out, figures.engine);
  write_signalling(out, figures.engine);
  write_data_streams(out, figures.engine);
  write_api(out, figures.api);
  write_webhooks(out, figures.webhooks);
  out.gauge("livekit_node_packet_total", "Packets that the whole system sent, or dropped, since the server started.");
  out.sample({{"type", "out"}}, figures.system.sent);
  out.sample({{"type", "dropped"}}, figures.system.dropped);
  write_turn(out, figures.engine.turn);
  write_own(out, figures.engine);
  return out.take() + process_metrics();
}

}  // namespace sfu::metrics
