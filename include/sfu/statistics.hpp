// SPDX-License-Identifier: Apache-2.0
// What an engine counts, as plain values. Each worker counts for itself, without locks, and publishes a copy every
// EngineOptions::statistics_interval; Engine::statistics() adds these up. A room's figures are read from its worker
// when Room::statistics() asks. Counters begin with 0 when the engine starts and never fall, unless it is said
// otherwise. docs/metrics.md tells by which names Prometheus sees them.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sfu/info.hpp"
#include "sfu/time.hpp"

namespace sfu {

// How many values fell where. `kBounds`: an array of ascending numbers.
template <const auto& kBounds>
struct Histogram {
  // Of each bound those values that are up to it and above the one before; then those above the last.
  std::array<std::uint64_t, std::size(kBounds) + 1> counts{};
  double sum = 0;

  static constexpr std::span<const double> bounds() { return kBounds; }
  void observe(double value) {
    const auto at = std::lower_bound(std::begin(kBounds), std::end(kBounds), value) - std::begin(kBounds);
    ++counts[static_cast<std::size_t>(at)];
    sum += value;
  }
  Histogram& operator+=(const Histogram& other) {
    for (std::size_t i = 0; i < counts.size(); ++i) counts[i] += other.counts[i];
    sum += other.sum;
    return *this;
  }
};

// A value for each of a few keys, in the order in which they came.
template <typename Key, typename Value>
class Table {
 public:
  Value& operator[](const Key& key) {
    for (auto& row : rows_) {
      if (row.first == key) return row.second;
    }
    return rows_.emplace_back(key, Value{}).second;
  }
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  Table& operator+=(const Table& other) {
    for (const auto& [key, value] : other) (*this)[key] += value;
    return *this;
  }

 private:
  std::vector<std::pair<Key, Value>> rows_;
};

namespace bounds {
inline constexpr double kPercent[] = {0, 0.1, 0.3, 0.5, 0.7, 1, 5, 10, 40, 100};
inline constexpr double kJitterMicroseconds[] = {1000, 10000, 30000, 50000, 70000, 100000, 300000, 600000, 1000000};
inline constexpr double kRttMilliseconds[] = {50, 100, 150, 200, 250, 500, 750, 1000, 5000, 10000};
inline constexpr double kForwardNanoseconds[] = {5e4, 1e5, 2.5e5, 5e5, 1e6, 2e6, 3e6, 5e6, 1e7, 2e7};
inline constexpr double kRoomSeconds[] = {5, 10, 60, 300, 600, 1800, 3600, 7200, 18000, 36000};
inline constexpr double kJoinMilliseconds[] = {10,          16.378937,   26.826958,   43.939706,   71.968567,
                                               117.876863,  193.069773,  316.227766,  517.947468,  848.342898,
                                               1389.495494, 2275.845926, 3727.593720, 6105.402297, 10000};
inline constexpr double kStartMilliseconds[] = {100,         138.949549,  193.069773,  268.269580,  372.759372,
                                                517.947468,  719.685673,  1000,        1389.495494, 1930.697729,
                                                2682.695795, 3727.593720, 5179.474679, 7196.856730, 10000};
inline constexpr double kSessionMilliseconds[] = {
    100,           233.590117,     545.643426,     1274.569117,    2977.267488,
    6954.6026,     16245.264334,   37947.331922,   88641.216938,   207057.122128,
    483664.973306, 1129793.575794, 2639086.132661, 6164644.378252, 14400000};
inline constexpr double kPubSubMilliseconds[] = {100, 200, 500, 700, 1000, 5000, 10000};
inline constexpr double kRating[] = {0, 1, 2};
inline constexpr double kScore[] = {1, 2, 2.5, 3, 3.25, 3.5, 3.75, 4, 4.25, 4.5};
inline constexpr double kDestinations[] = {1, 2, 3, 4, 5, 10, 15, 25, 50};
inline constexpr double kStreamBytes[] = {128, 512, 2048, 8192, 32768, 131072, 524288, 2097152, 8388608, 33554432};
}  // namespace bounds

enum class StreamDirection : std::uint8_t { kIncoming, kOutgoing };  // from publishers; to subscribers

struct StreamKey {
  StreamDirection direction = StreamDirection::kIncoming;
  TrackSource source = TrackSource::kUnknown;
  TrackKind kind = TrackKind::kAudio;
  friend bool operator==(const StreamKey&, const StreamKey&) = default;
};

// RTP of tracks, headers included, and what was said about it by RTCP.
struct Traffic {
  struct Volume {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;
  };
  struct Feedback {
    std::uint64_t nacks = 0;  // sequence numbers asked for
    std::uint64_t plis = 0;
    std::uint64_t firs = 0;
  };
  Volume received;
  Volume received_again;  // by RTX
  Volume sent;
  Volume sent_again;
  Volume filtered;  // of those received, in whichever way: dropped by the host's filters (PacketFilter)
  Feedback to_publishers;
  Feedback from_subscribers;
};

// How far those who wanted to join have come.
struct JoinStatistics {
  std::uint64_t validation_failed = 0;  // refused before any room was asked
  std::uint64_t signal_failed = 0;      // refused by the room's worker
  std::uint64_t signal_connected = 0;   // resumed ones too
  std::uint64_t rtc_init = 0;
  std::uint64_t rtc_connected = 0;  // in the room, media not connected yet
  std::uint64_t rtc_active = 0;     // with media
  std::uint64_t rtc_canceled = 0;   // gone before, as it wished
  std::uint64_t rtc_failure = 0;    // gone before, since its media did not come about
};

struct PublishStatistics {
  std::uint64_t attempts = 0;
  std::uint64_t successes = 0;
  std::uint64_t cancels = 0;  // ended before any section was negotiated for them
};

struct SubscribeStatistics {
  std::uint64_t attempts = 0;
  std::uint64_t successes = 0;
  std::uint64_t cancels = 0;  // not wanted any more before they came about
  std::uint64_t not_found = 0;
  std::uint64_t codec_unsupported = 0;
};

// The time that something took, for whom. `sdk` and `participant_kind` are the numbers of LiveKit's ClientInfo.SDK and
// ParticipantInfo.Kind.
struct PubSubKey {
  bool subscribe = false;  // from the wish to the first packet that may flow; else from the announcement to the track
  TrackSource source = TrackSource::kUnknown;
  TrackKind kind = TrackKind::kAudio;
  std::uint8_t sdk = 0;
  std::uint8_t participant_kind = 0;
  friend bool operator==(const PubSubKey&, const PubSubKey&) = default;
};

// By signalling.
struct SignalStatistics {
  std::uint64_t requests = 0;
  std::uint64_t bad_requests = 0;  // not understood
  std::uint64_t responses = 0;
  std::uint64_t offers = 0;  // that we made
  std::uint64_t offers_failed = 0;
  std::uint64_t answers = 0;  // that we made
  std::uint64_t answers_failed = 0;
};

enum class ConnectionStage : std::uint8_t { kStarted, kConnected, kFullyEstablished };  // the last: data channels too
struct ConnectionKey {
  bool subscriber = false;  // the connection that only subscribes (v0)
  ConnectionStage stage = ConnectionStage::kStarted;
  friend bool operator==(const ConnectionKey&, const ConnectionKey&) = default;
};

enum class DataStreamType : std::uint8_t { kUnknown, kText, kBytes };
enum class DataStreamContent : std::uint8_t { kUnknown, kText, kImage, kApplication, kAudio, kVideo };
struct DataStreamKey {
  DataStreamType type = DataStreamType::kUnknown;
  DataStreamContent content = DataStreamContent::kUnknown;  // what its MIME type begins with
  friend bool operator==(const DataStreamKey&, const DataStreamKey&) = default;
};

// What one worker counts, or all of them together.
struct Statistics {
  static constexpr std::size_t kKinds = 3;  // of TrackKind, by which the arrays go

  // --- now
  std::uint64_t rooms = 0;
  std::uint64_t participants = 0;
  std::array<std::uint64_t, kKinds> tracks_published{};
  std::array<std::uint64_t, kKinds> tracks_subscribed{};
  // How long media takes from the network to the network, smoothed; and how much that varies.
  Duration forward_latency{};
  Duration forward_jitter{};

  // --- since the engine started
  Histogram<bounds::kRoomSeconds> room_seconds;
  JoinStatistics joins;
  // By protocol version of the client: until the answer to its request, until its media was connected, how long it was.
  Table<int, Histogram<bounds::kJoinMilliseconds>> join_ms;
  Table<int, Histogram<bounds::kStartMilliseconds>> start_ms;
  Table<int, Histogram<bounds::kSessionMilliseconds>> session_ms;
  std::array<PublishStatistics, kKinds> publish{};
  SubscribeStatistics subscribe;
  Table<PubSubKey, Histogram<bounds::kPubSubMilliseconds>> pubsub_ms;
  SignalStatistics signal;
  Table<ConnectionKey, std::uint64_t> connections;

  Traffic traffic;
  // By windows of five seconds of each stream; what is left of a window when its track ends is not in them.
  Table<StreamKey, std::uint64_t> packets_lost;
  Table<StreamKey, std::uint64_t> packets_out_of_order;
  Table<StreamKey, Histogram<bounds::kPercent>> loss_percent;
  Table<StreamKey, Histogram<bounds::kPercent>> out_of_order_percent;
  Table<StreamKey, Histogram<bounds::kJitterMicroseconds>> jitter_us;
  Table<StreamKey, Histogram<bounds::kRttMilliseconds>> rtt_ms;
  Histogram<bounds::kRating> quality_rating;  // ConnectionQuality of each participant, every five seconds
  Histogram<bounds::kScore> quality_score;
  Histogram<bounds::kForwardNanoseconds> forward_ns;  // of a packet every now and then
  Table<DataStreamKey, Histogram<bounds::kDestinations>> stream_destinations;
  Table<DataStreamKey, Histogram<bounds::kStreamBytes>> stream_bytes;

  std::uint64_t datagrams_received = 0;
  std::uint64_t dropped_unknown_source = 0;   // of strangers, and STUN for no known peer
  std::uint64_t dropped_malformed = 0;        // of no known kind
  std::uint64_t dropped_between_workers = 0;  // that one worker got for another, which was too busy to take them
  // Datagrams that a worker had another one encrypt and send, and those that the other one was too busy to take.
  std::uint64_t datagrams_lent = 0;
  std::uint64_t dropped_lent = 0;
  // ICE over TCP: connections closed before they showed that they belong to a peer, and RTP that found too much
  // waiting.
  std::uint64_t tcp_refused = 0;
  std::uint64_t tcp_media_dropped = 0;
  // Packets of data tracks that did not go on.
  std::uint64_t data_tracks_malformed = 0;
  std::uint64_t data_tracks_unknown = 0;  // of no track that their sender publishes
  std::uint64_t data_tracks_dropped = 0;  // for one subscriber, who is too slow or cannot be reached

  Statistics& operator+=(const Statistics& other);
};

struct WorkerStatistics {
  std::uint64_t rooms = 0;
  std::uint64_t participants = 0;
  std::uint64_t datagrams_received = 0;
  Duration processor_time{};  // of its thread; where the host drives the engine, of the host's
};

// The engine's TURN server (TurnOptions); all 0 where there is none.
struct TurnStatistics {
  std::uint64_t allocations = 0;  // now
  std::uint64_t streams = 0;      // TCP connections of clients, now
  std::uint64_t allocated = 0;    // since the engine started, as all below
  Traffic::Volume to_peers;       // what was relayed, without what TURN adds
  Traffic::Volume to_clients;
  std::uint64_t refused = 0;          // requests answered with an error, other than the challenges 401 and 438
  std::uint64_t dropped = 0;          // data that nobody had permitted, and datagrams that are not TURN's
  std::uint64_t dropped_backlog = 0;  // data for a client whose connection is too slow
};

struct EngineStatistics : Statistics {
  std::string node_id;
  WallTime started_at{};
  // When the worker that has been silent longest published its figures, and how long ago that is. A worker that hangs
  // publishes nothing more.
  WallTime updated_at{};
  Duration age{};
  std::vector<WorkerStatistics> workers;
  TurnStatistics turn;
};

// --- one room

enum class ConnectionQuality : std::uint8_t { kPoor, kGood, kExcellent, kLost };  // LiveKit's numbers

struct ParticipantStatistics {
  std::string identity;
  std::string sid;
  std::optional<Duration> round_trip;
  std::optional<Bitrate> estimate;  // what its connection carries towards it; nothing limits it while this is empty
  ConnectionQuality quality = ConnectionQuality::kExcellent;
  double score = 0;  // 1 to 4.5
};

// One encoding of a published track.
struct StreamStatistics {
  std::string publisher;  // identity
  TrackInfo track;        // its mime_type: of this encoding
  int layer = 0;          // 0 to 2, from the lowest; of audio always 0
  // These begin again when the publisher's sender does.
  std::uint64_t bytes = 0;  // of RTP, headers included, without what came by RTX
  std::uint64_t packets = 0;
  std::uint64_t lost = 0;  // on the way here, whether or not they were repaired
  Duration jitter{};
  std::uint64_t filtered = 0;  // packets dropped by the host's filters (PacketFilter)
};

struct SubscriptionStatistics {
  std::string subscriber;   // identity
  std::string publisher;    // identity
  std::string track;        // sid
  std::uint64_t bytes = 0;  // of RTP, headers included, without what went by RTX
  std::uint64_t packets = 0;
  std::uint64_t lost = 0;    // as the subscriber reports it
  std::optional<int> layer;  // that is forwarded
  bool paused = false;       // disabled, muted, or for want of bandwidth
};

struct RoomStatistics {
  std::string name;
  std::vector<ParticipantStatistics> participants;
  std::vector<StreamStatistics> streams;
  std::vector<SubscriptionStatistics> subscriptions;
};

}  // namespace sfu
