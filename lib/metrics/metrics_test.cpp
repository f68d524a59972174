// SPDX-License-Identifier: Apache-2.0
#include "metrics/metrics.hpp"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "metrics/exposition.hpp"

using namespace sfu;
using namespace sfu::metrics;
using namespace std::chrono_literals;

namespace {

bool has_line(const std::string& text, const std::string& line) {
  return ("\n" + text).find("\n" + line + "\n") != std::string::npos;
}

// The names of families, each of which begins once and has all its series in one piece.
std::set<std::string> families(const std::string& text) {
  std::set<std::string> names;
  std::string current;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("# HELP ")) continue;
    if (line.starts_with("# TYPE ")) {
      current = line.substr(7, line.find(' ', 7) - 7);
      CHECK_MESSAGE(names.insert(current).second, "twice: ", current);
      continue;
    }
    CHECK_MESSAGE(line.starts_with(current), line, " is not of ", current);
    CHECK_MESSAGE(line.rfind(' ') != std::string::npos, line);
  }
  return names;
}

inline constexpr double kBounds[] = {1, 2.5};

}  // namespace

TEST_CASE("what labels hold cannot break a line") {
  Exposition out(Labels{{"node", "a\"b"}});
  out.gauge("one", "First.");
  out.sample({{"name", "back\\slash\nnext"}}, 7);
  out.sample({}, 0.25);
  CHECK(out.take() ==
        "# HELP one First.\n# TYPE one gauge\none{node=\"a\\\"b\",name=\"back\\\\slash\\nnext\"} 7\n"
        "one{node=\"a\\\"b\"} 0.25\n");
}

TEST_CASE("buckets of a histogram add up, and a value on a bound is below it") {
  Histogram<kBounds> histogram;
  for (const double value : {0.5, 1.0, 1.5, 2.5, 100.0}) histogram.observe(value);
  Exposition out;
  out.histogram("took", "Time.");
  out.sample({}, histogram);
  CHECK(out.take() ==
        "# HELP took Time.\n# TYPE took histogram\ntook_bucket{le=\"1\"} 2\ntook_bucket{le=\"2.5\"} 4\n"
        "took_bucket{le=\"+Inf\"} 5\ntook_sum 105.5\ntook_count 5\n");
}

TEST_CASE("[C-093] a server's series have LiveKit's names, and its node's labels") {
  ServerFigures figures;
  figures.engine.node_id = "ND_x";
  figures.engine.rooms = 3;
  figures.engine.tracks_published[static_cast<std::size_t>(TrackKind::kVideo)] = 2;
  figures.engine.traffic.sent_again = {5, 6000};
  figures.engine.traffic.to_publishers.plis = 4;
  figures.engine.traffic.from_subscribers.plis = 7;
  figures.engine.loss_percent[{StreamDirection::kIncoming, TrackSource::kScreenShare, TrackKind::kVideo}].observe(0.2);
  figures.engine.pubsub_ms[{true, TrackSource::kCamera, TrackKind::kVideo, 1, 4}].observe(120);
  figures.engine.join_ms[16].observe(12);
  figures.engine.workers.resize(2);
  figures.engine.turn.streams = 1;
  figures.engine.turn.allocations = 2;
  figures.engine.turn.to_clients = {6, 700};
  figures.engine.turn.dropped_backlog = 3;
  figures.api.statuses[{"RoomService", "ListRooms", "4xx", "unauthenticated"}] = 9;
  figures.webhooks.dropped_age = 1;
  const std::string text = to_text(figures);
  const std::string node = "node_id=\"ND_x\",node_type=\"SERVER\"";
  CHECK(has_line(text, "livekit_room_total{" + node + "} 3"));
  CHECK(has_line(text, "livekit_track_published_total{" + node + ",kind=\"VIDEO\"} 2"));
  CHECK(has_line(
      text, "livekit_packet_bytes{" + node + ",direction=\"outgoing\",transmission=\"retransmit\",country=\"\"} 6000"));
  CHECK(has_line(text, "livekit_pli_total{" + node + ",direction=\"incoming\",country=\"\"} 4"));
  CHECK(has_line(text, "livekit_pli_total{" + node + ",direction=\"outgoing\",country=\"\"} 7"));
  CHECK(
      has_line(text, "livekit_packet_loss_percent_bucket{" + node +
                         ",direction=\"incoming\",source=\"SCREEN_SHARE\",type=\"VIDEO\",country=\"\",le=\"0.3\"} 1"));
  CHECK(has_line(text, "livekit_pubsubtime_ms_count{" + node +
                           ",direction=\"subscribe\",source=\"CAMERA\",type=\"VIDEO\",country=\"\",sdk=\"JS\","
                           "kind=\"AGENT\",count=\"1\"} 1"));
  CHECK(has_line(text, "livekit_session_join_latency_ms_sum{" + node + ",protocol_version=\"16\"} 12"));
  CHECK(has_line(text, "livekit_node_twirp_request_status{" + node +
                           ",service=\"RoomService\",method=\"ListRooms\",status=\"4xx\",code=\"unauthenticated\"} 9"));
  CHECK(has_line(text, "livekit_webhook_dispatch_total{" + node + ",status=\"drop\",reason=\"age\"} 1"));
  CHECK(has_line(text, "livekit_connection_total{" + node + ",kind=\"incoming\"} 1"));
  CHECK(has_line(text, "livekit_connection_total{" + node + ",kind=\"outgoing\"} 2"));
  CHECK(has_line(text, "sfu_turn_bytes_total{" + node + ",direction=\"outgoing\"} 700"));
  CHECK(has_line(text, "sfu_turn_packets_dropped_total{" + node + ",reason=\"tcp_backlog\"} 3"));
  CHECK(has_line(text, "sfu_worker_rooms{" + node + ",worker=\"1\"} 0"));
  const auto names = families(text);
  CHECK(names.contains("process_resident_memory_bytes"));
}

TEST_CASE("a room's series tell participants, layers and subscribers apart") {
  RoomStatistics room;
  room.name = "hall";
  room.participants.push_back({"alice", "PA_1", 30ms, Bitrate{500'000}, ConnectionQuality::kGood, 3.5});
  room.participants.push_back({"bob", "PA_2", std::nullopt, std::nullopt, ConnectionQuality::kExcellent, 4.5});
  TrackInfo camera;
  camera.sid = "TR_1";
  camera.name = "cam";
  camera.kind = TrackKind::kVideo;
  camera.source = TrackSource::kCamera;
  camera.mime_type = "video/VP8";
  room.streams.push_back({"alice", camera, 0, 1000, 10, 1, 2ms, 2});
  room.streams.push_back({"alice", camera, 2, 9000, 20, 0, 0ms});
  room.subscriptions.push_back({"bob", "alice", "TR_1", 800, 8, 2, 2, false});
  room.subscriptions.push_back({"carol", "alice", "TR_1", 0, 0, 0, std::nullopt, true});
  const std::string text = to_text(room);
  families(text);
  const std::string track =
      "room=\"hall\",participant=\"alice\",track=\"TR_1\",name=\"cam\",kind=\"VIDEO\",source=\"CAMERA\","
      "mime=\"video/VP8\"";
  CHECK(has_line(text, "sfu_room_participants{room=\"hall\"} 2"));
  CHECK(has_line(text, "sfu_participant_rtt_seconds{room=\"hall\",participant=\"alice\"} 0.03"));
  CHECK(text.find("sfu_participant_rtt_seconds{room=\"hall\",participant=\"bob\"}") == std::string::npos);
  CHECK(has_line(text, "sfu_participant_estimate_bits_per_second{room=\"hall\",participant=\"alice\"} 500000"));
  CHECK(has_line(text, "sfu_participant_connection_quality{room=\"hall\",participant=\"alice\"} 1"));
  CHECK(has_line(text, "sfu_participant_connection_score{room=\"hall\",participant=\"bob\"} 4.5"));
  CHECK(has_line(text, "sfu_track_receive_bytes_total{" + track + ",layer=\"f\"} 9000"));
  CHECK(has_line(text, "sfu_track_receive_lost_total{" + track + ",layer=\"q\"} 1"));
  CHECK(has_line(text, "sfu_track_receive_filtered_total{" + track + ",layer=\"q\"} 2"));
  CHECK(has_line(text, "sfu_track_receive_jitter_seconds{" + track + ",layer=\"q\"} 0.002"));
  const std::string of_bob = "room=\"hall\",participant=\"bob\",publisher=\"alice\",track=\"TR_1\"";
  const std::string of_carol = "room=\"hall\",participant=\"carol\",publisher=\"alice\",track=\"TR_1\"";
  CHECK(has_line(text, "sfu_subscription_lost_total{" + of_bob + "} 2"));
  CHECK(has_line(text, "sfu_subscription_layer{" + of_bob + "} 2"));
  CHECK(has_line(text, "sfu_subscription_layer{" + of_carol + "} -1"));
  CHECK(has_line(text, "sfu_subscription_paused{" + of_carol + "} 1"));
}
