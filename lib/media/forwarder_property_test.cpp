// SPDX-License-Identifier: Apache-2.0
// Random networks and subscribers' changes of mind; whatever happens, what leaves is one continuous stream.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "media/packet_filters.hpp"
#include "media/testing.hpp"
#include "rtp/rtx.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

struct Conditions {
  double loss = 0;
  double duplication = 0;
  Duration jitter{};
  bool temporal_layers = false;
  int layers = 3;
};

// Inverts what it lets pass; drops whole frames, by their first packet, and single packets.
class Scrambler final : public PacketFilter {
 public:
  explicit Scrambler(Random& random) : random_(random) {}
  PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
    if (random_.below(25) == 0) {
      ++dropped;
      return PacketVerdict::drop();
    }
    std::ranges::transform(packet.payload, room.begin(), [](std::uint8_t byte) { return byte ^ 0xff; });
    return PacketVerdict::replace(packet.payload.size());
  }
  int dropped = 0;

 private:
  Random& random_;
};

// One publisher of VP8 simulcast over a bad network into one track, and what one subscriber gets.
class Call {
 public:
  Call(std::uint64_t seed, Conditions conditions)
      : world(seed), conditions_(conditions), track(video_config(), publisher, world.random) {
    for (std::uint8_t layer = 0; layer < conditions.layers; ++layer) {
      sources_.emplace_back(layer, world.random);
      sending_.push_back(true);
      wants_keyframe_.push_back(true);
    }
    Output output = world.out();
    forwarder = track.add_forwarder(world.now(), forwarder_config(subscriber), output);
  }

  void run(Duration time) {
    const Instant end = world.now() + time;
    while (world.now() < end) {
      capture();
      const Instant frame_end = world.now() + 33ms;
      while (!network_.empty() && network_.begin()->first <= frame_end) {
        const auto [at, packet] = *network_.begin();
        network_.erase(network_.begin());
        world.advance(track, std::max(at - world.now(), Duration::zero()));
        deliver(packet);
        react();
      }
      world.advance(track, frame_end - world.now());
      react();
    }
  }

  void send_layer(std::size_t layer, bool sends) {
    if (sends && !sending_[layer]) wants_keyframe_[layer] = true;
    sending_[layer] = sends;
  }
  void set_max(std::uint8_t spatial, std::uint8_t temporal = 3) {
    Output output = world.out();
    track.set_max_quality(world.now(), forwarder, spatial, temporal, output);
  }
  void scramble() {
    filters.attach(scrambler.emplace(world.random));
    track.set_filters(&filters);
  }
  void pause(bool paused) {
    Output output = world.out();
    track.set_paused(world.now(), forwarder, Pause::kDisabled, paused, output);
  }
  Forwarder::Stats stats() { return track.forwarder(forwarder)->stats(); }

  World world;
  RecordingSink publisher;
  RecordingSink subscriber;
  PacketFilters filters;
  std::optional<Scrambler> scrambler;

 private:
  struct InFlight {
    std::uint8_t layer = 0;
    std::uint32_t serial = 0;
    bool rtx = false;
    Bytes bytes;
  };

  void capture() {
    // Frames of all layers are of one moment, and are sent one after the other.
    Instant at = world.now();
    for (std::size_t layer = 0; layer < sources_.size(); ++layer) {
      if (!sending_[layer]) continue;
      const int packets = 1 + static_cast<int>(world.random.below(2 + 2 * static_cast<std::uint32_t>(layer)));
      for (Bytes& packet :
           sources_[layer].frame(world.now(), wants_keyframe_[layer], packets, conditions_.temporal_layers)) {
        const std::uint32_t serial = serials_[layer]++;
        by_sequence_[layer][rtp::PacketView::parse(packet)->sequence_number()] = {serial, packet};
        at += 200us;
        if (world.random.unit() < conditions_.duplication) send(at + 3ms, layer, serial, packet, false);
        send(at, layer, serial, packet, false);
      }
      wants_keyframe_[layer] = false;
      // Sender reports: all layers share one clock.
      if (world.now() >= next_report_[layer]) {
        next_report_[layer] = world.now() + 1s;
        const WallTime time = world.clock.wall_now() + 1h;
        track.on_sender_report(world.now(), static_cast<std::uint8_t>(layer), to_ntp(time),
                               sources_[layer].timestamp(world.now()));
      }
    }
  }

  void send(Instant at, std::size_t layer, std::uint32_t serial, const Bytes& bytes, bool rtx) {
    if (world.random.unit() < conditions_.loss) return;
    if (conditions_.jitter > Duration::zero()) {
      at += Duration(static_cast<Duration::rep>(world.random.unit() * static_cast<double>(conditions_.jitter.count())));
    }
    network_.emplace(at + 10ms, InFlight{static_cast<std::uint8_t>(layer), serial, rtx, bytes});
  }

  void deliver(const InFlight& packet) {
    if (highest_[packet.layer] > packet.serial + 1 || packet.rtx) disordered[packet.layer].insert(packet.serial);
    highest_[packet.layer] = std::max(highest_[packet.layer], packet.serial + 1);
    delivered[packet.layer].insert(packet.serial);
    Bytes bytes = packet.bytes;
    const auto view = *rtp::PacketView::parse(bytes);
    Output output = world.out();
    if (packet.rtx) {
      track.receive_rtx(world.now(), packet.layer, sources_[packet.layer].ssrc(), bytes, view, output);
    } else {
      track.receive_rtp(world.now(), packet.layer, view, output);
    }
  }

  // The publisher answers PLI with a key frame, and NACK by RTX.
  void react() {
    publisher.for_each<rtcp::Pli>([&](const rtcp::Pli& pli) { wants_keyframe_[pli.media - 0x1000] = true; });
    publisher.for_each<rtcp::Nack>([&](const rtcp::Nack& nack) {
      const std::size_t layer = nack.media - 0x1000;
      nack.for_each([&](std::uint16_t number) {
        const auto& [serial, bytes] = by_sequence_[layer][number];
        send(world.now() + 40ms, layer, serial, rtx_of(bytes, rtx_sequence_++), true);
      });
    });
    publisher.clear();
  }

  Conditions conditions_;
  std::vector<Vp8Source> sources_;
  std::vector<bool> sending_;
  std::vector<bool> wants_keyframe_;
  std::map<std::size_t, std::uint32_t> serials_;
  std::map<std::size_t, std::uint32_t> highest_;
  std::map<std::size_t, Instant> next_report_;
  std::map<std::size_t, std::map<std::uint16_t, std::pair<std::uint32_t, Bytes>>> by_sequence_;
  std::multimap<Instant, InFlight> network_;
  std::uint16_t rtx_sequence_ = 1;

 public:
  PublishedTrack track;
  ForwarderId forwarder;
  std::map<std::size_t, std::set<std::uint32_t>> delivered;
  std::map<std::size_t, std::set<std::uint32_t>> disordered;
};

// One packet as the subscriber got it.
struct Got {
  std::uint32_t timestamp = 0;
  std::uint8_t layer = 0;
  std::uint32_t serial = 0;
  codec::Vp8Descriptor vp8;
  Bytes bytes;
  bool empty = false;
};

Got read_packet(const Bytes& bytes, bool scrambled = false) {
  const auto view = *rtp::PacketView::parse(bytes);
  REQUIRE(view.ssrc() == 0x5000);
  REQUIRE(view.payload_type() == kOutVp8);
  Got got;
  got.timestamp = view.timestamp();
  got.bytes = bytes;
  if (view.payload().empty()) {
    got.empty = true;
    return got;
  }
  Bytes payload(view.payload().begin(), view.payload().end());
  if (scrambled) {
    for (std::size_t i = codec::parse_vp8(payload)->size; i < payload.size(); ++i) payload[i] ^= 0xff;
  }
  got.vp8 = *codec::parse_vp8(payload);
  const std::size_t mark = got.vp8.size + (got.vp8.starts_frame() ? (got.vp8.is_keyframe ? 10u : 3u) : 0u);
  REQUIRE(payload[mark] == 0xee);
  got.layer = payload[mark + 1];
  got.serial = load_be32(payload.data() + mark + 2);
  return got;
}

// Everything that a subscriber may rely on. Returns how many times the layer changed.
int check_continuity(const Call& call, bool pictures_without_holes) {
  rtp::SequenceUnwrapper unwrapper;
  std::map<std::int64_t, Got> line;
  for (const Bytes& bytes : call.subscriber.rtp) {
    const auto sequence = unwrapper.unwrap(rtp::PacketView::parse(bytes)->sequence_number());
    Got got = read_packet(bytes, call.scrambler.has_value());
    const auto [known, is_new] = line.emplace(sequence, got);
    if (!is_new) REQUIRE(known->second.bytes == got.bytes);  // never other content under one number
  }
  int switches = 0;
  const Got* before = nullptr;
  std::int64_t before_sequence = 0;
  std::int64_t last_sequence = 0;  // empty ones count
  std::int64_t filled = 0;         // by empty packets, since then
  for (const auto& [sequence, got] : line) {
    if (got.empty) {
      ++filled;
      last_sequence = sequence;
      continue;
    }
    if (before != nullptr) {
      const std::int64_t hole = sequence - before_sequence - 1 - filled;
      const auto ahead = static_cast<std::int32_t>(got.timestamp - before->timestamp);
      REQUIRE(ahead >= 0);
      const auto excused = [&](std::uint32_t first, std::uint32_t last) {  // of these the network lost or disordered
        const auto layer = std::size_t{before->layer};
        std::int64_t count = 0;
        for (std::uint32_t serial = first; serial < last; ++serial) {
          const bool late = call.disordered.contains(layer) && call.disordered.at(layer).contains(serial);
          count += late || !call.delivered.at(layer).contains(serial) ? 1 : 0;
        }
        return count;
      };
      if (got.layer != before->layer) {
        ++switches;
        REQUIRE(sequence == last_sequence + 1);
        // Behind the last of the old layer there may be packets that filters emptied, and what is missing before them.
        REQUIRE(hole <= excused(before->serial + 1, before->serial + 1 + static_cast<std::uint32_t>(hole + filled)));
        REQUIRE(got.vp8.is_keyframe);
        REQUIRE(ahead > 0);
      } else if (hole > 0) {
        REQUIRE(hole <= excused(before->serial + 1, got.serial));
      }
      const int pictures = (got.vp8.picture_id - before->vp8.picture_id) & 0x7fff;
      REQUIRE(pictures < 0x4000);
      if (ahead > 0) {
        REQUIRE(pictures >= 1);
        if (pictures_without_holes) REQUIRE(pictures == 1);
      } else {
        REQUIRE(pictures == 0);
      }
      REQUIRE(((got.vp8.tl0_picture_index - before->vp8.tl0_picture_index) & 0xff) < 0x80);
    }
    before = &got;
    before_sequence = last_sequence = sequence;
    filled = 0;
  }
  return switches;
}

}  // namespace

TEST_CASE("[M-049] whatever is lost, late, doubled, paused and switched, the subscriber sees one continuous stream") {
  int switches = 0;
  bool scrambled = false;
  SUBCASE("as it is") {}
  SUBCASE("through filters") {
    scrambled = true;
  }
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    const bool smooth = seed % 3 == 0;
    Call call(seed, {.loss = smooth ? 0.0 : 0.05,
                     .duplication = 0.01,
                     .jitter = smooth ? Duration(0) : Duration(30ms),
                     .temporal_layers = seed % 2 == 0});
    if (scrambled) call.scramble();
    for (int step = 0; step < 20; ++step) {
      switch (call.world.random.below(6)) {
        case 0:
        case 1:
          call.set_max(static_cast<std::uint8_t>(call.world.random.below(3)),
                       static_cast<std::uint8_t>(call.world.random.below(4)));
          break;
        case 2:
          call.pause(true);
          call.run(std::chrono::milliseconds(call.world.random.below(3000)));
          call.pause(false);
          break;
        case 3: call.send_layer(call.world.random.below(3), call.world.random.below(2) == 0); break;
        default: break;
      }
      call.send_layer(0, true);
      call.run(std::chrono::milliseconds(300 + call.world.random.below(1500)));
    }
    switches += check_continuity(call, smooth);
    const std::size_t before = call.subscriber.count;
    call.run(2s);
    CHECK(call.subscriber.count > before + 30);  // the picture runs
  }
  CHECK(switches > 60);
}

TEST_CASE("[M-050] without loss, dropped temporal layers leave no hole in sequence and picture numbers") {
  const std::uint64_t seed = 99;
  CAPTURE(seed);
  Call call(seed, {.temporal_layers = true, .layers = 1});
  call.set_max(2, 1);
  call.run(4s);
  const auto frames = [&] {
    std::size_t count = 0;
    for (const Bytes& bytes : call.subscriber.rtp) {
      const Got got = read_packet(bytes);
      CHECK_FALSE(got.empty);
      CHECK(got.vp8.temporal_layer <= 1);
      count += got.vp8.starts_frame() ? 1u : 0u;
    }
    return count;
  };
  CHECK(frames() == doctest::Approx(4 * 30 / 2).epsilon(0.05));
  CHECK(check_continuity(call, true) == 0);
  // Back up again at a frame that needs nothing of what was left out.
  call.set_max(2, 3);
  call.subscriber.clear();
  call.run(1s);
  CHECK(check_continuity(call, true) == 0);
  std::set<int> layers;
  for (const Bytes& bytes : call.subscriber.rtp) layers.insert(read_packet(bytes).vp8.temporal_layer);
  CHECK(layers == std::set<int>{0, 1, 2});
}

TEST_CASE("with loss only, everything that NACK and RTX can bring back reaches the subscriber") {
  const std::uint64_t seed = 4;
  CAPTURE(seed);
  Call call(seed, {.loss = 0.05, .jitter = 30ms, .layers = 1});
  call.run(20s);
  std::set<std::uint32_t> got;
  for (const Bytes& bytes : call.subscriber.rtp) got.insert(read_packet(bytes).serial);
  const std::uint32_t last = *got.rbegin();
  std::size_t missing = 0;
  for (std::uint32_t serial = *got.begin(); serial + 60 < last; ++serial) missing += got.contains(serial) ? 0u : 1u;
  CHECK(missing == 0);
  check_continuity(call, false);
}
