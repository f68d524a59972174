// SPDX-License-Identifier: Apache-2.0
// What a track knows of its layers, of simulcast and inside one stream.
#include "media/stream_layers.hpp"

#include <doctest/doctest.h>

#include <algorithm>

#include "media/svc_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

// A track that nobody subscribes to.
struct Desk {
  explicit Desk(bool screenshare = false) : track(config(screenshare), publisher, world.random) {}
  static PublishedTrackConfig config(bool screenshare) {
    auto config = svc_config();
    config.screenshare = screenshare;
    return config;
  }
  void receive(std::uint8_t layer, const Bytes& packet) {
    world.receive(track, layer, packet);
    size += packet.size();
  }
  World world;
  RecordingSink publisher;
  PublishedTrack track;
  std::size_t size = 0;
};

void check_rate(Bitrate measured, double bits_per_second) {
  CHECK(static_cast<double>(measured.bps) == doctest::Approx(bits_per_second).epsilon(0.02));
}

}  // namespace

TEST_CASE("[M-040] the bitrates of simulcast are told of each encoding alone, cumulative over its temporal layers") {
  Desk desk;
  std::vector<Vp8Source> sources;
  for (std::uint8_t layer = 0; layer < 3; ++layer) sources.emplace_back(layer, desk.world.random);
  std::array<std::array<double, 3>, 3> bytes{};  // [layer][temporal]
  // 25 pictures a second, so that windows of a second hold whole patterns of four.
  for (int picture = 0; picture < 150; ++picture) {
    for (std::uint8_t layer = 0; layer < 3; ++layer) {
      constexpr int kPattern[] = {0, 2, 1, 2};
      for (const Bytes& packet : sources[layer].frame(desk.world.now(), picture == 0, 2 << layer, true)) {
        desk.receive(layer, packet);
        if (picture >= 50) bytes[layer][kPattern[picture % 4]] += static_cast<double>(packet.size());
      }
    }
    desk.world.advance(desk.track, 40ms);
  }
  const BitrateMatrix rates = desk.track.bitrates();
  for (std::size_t layer = 0; layer < 3; ++layer) {
    CAPTURE(layer);
    const double seconds = 4;
    const double all = (bytes[layer][0] + bytes[layer][1] + bytes[layer][2]) * 8 / seconds;
    check_rate(rates[layer][2], all);
    CHECK(rates[layer][3] == rates[layer][2]);
    // A second has 25 pictures, and so one of a pattern more or less.
    CHECK(static_cast<double>(rates[layer][0].bps) == doctest::Approx(bytes[layer][0] * 8 / seconds).epsilon(0.13));
    CHECK(static_cast<double>(rates[layer][1].bps) ==
          doctest::Approx((bytes[layer][0] + bytes[layer][1]) * 8 / seconds).epsilon(0.08));
  }
}

TEST_CASE("[M-040] the bitrates of spatial layers inside one stream include what they need of lower ones") {
  struct Case {
    SvcOptions options;
    bool upper_includes_lower;
  };
  const Case kCases[] = {
      {{.vp9 = true, .descriptors = false}, true},
      {{.vp9 = false}, true},
      {{.scheme = Scheme::kKey}, false},
  };
  for (const auto& [options, upper_includes_lower] : kCases) {
    CAPTURE(options.vp9);
    CAPTURE(upper_includes_lower);
    Desk desk;
    SvcSource source(options);
    std::array<std::array<double, 3>, 3> bytes{};
    // 40 pictures a second hold ten whole patterns.
    for (int picture = 0; picture < 160; ++picture) {
      for (const auto& packet : source.picture(desk.world.now(), picture == 0, 2, 400)) {
        desk.receive(0, packet.bytes);
        const SvcFrame& frame = source.frame(packet.frame);
        if (picture >= 80) bytes[frame.spatial][frame.temporal] += static_cast<double>(packet.bytes.size()) * 8 / 2;
      }
      desk.world.advance(desk.track, 25ms);
    }
    const BitrateMatrix rates = desk.track.bitrates();
    for (std::size_t spatial = 0; spatial < 3; ++spatial) {
      for (std::size_t temporal = 0; temporal < kMaxTemporalLayers; ++temporal) {
        CAPTURE(spatial);
        CAPTURE(temporal);
        double expected = 0;
        for (std::size_t s = upper_includes_lower ? 0 : spatial; s <= spatial; ++s) {
          for (std::size_t t = 0; t <= std::min<std::size_t>(temporal, 2); ++t) expected += bytes[s][t];
        }
        check_rate(rates[spatial][temporal], expected);
      }
    }
  }
}

TEST_CASE("[M-040] bitrates of a shared screen are of four seconds, and what is not sent has none") {
  Desk desk(/*screenshare=*/true);
  SvcSource source({.spatial = 2, .temporal = 1});
  desk.world.advance(desk.track, 250ms);
  for (int picture = 0; picture < 39; ++picture) {
    for (const auto& packet : source.picture(desk.world.now(), picture == 0)) desk.receive(0, packet.bytes);
    desk.world.advance(desk.track, 100ms);
  }
  CHECK(desk.track.bitrates()[1][0].bps == 0);
  for (int picture = 0; picture < 20; ++picture) {
    for (const auto& packet : source.picture(desk.world.now(), false)) desk.receive(0, packet.bytes);
    desk.world.advance(desk.track, 100ms);
  }
  CHECK(desk.track.bitrates()[1][0].bps > 0);
  CHECK(desk.track.bitrates()[1][0] == desk.track.bitrates()[1][3]);
  CHECK(desk.track.bitrates()[2][3].bps == 0);
}

TEST_CASE("[M-041] targets that a descriptor says are not active are not being sent, and come back at once") {
  Desk desk;
  SvcSource source({});
  const auto play = [&](int pictures, bool key) {
    for (int i = 0; i < pictures; ++i) {
      for (const auto& packet : source.picture(desk.world.now(), key && i == 0)) desk.receive(0, packet.bytes);
      desk.world.advance(desk.track, 33ms);
    }
  };
  play(1, true);
  CHECK(desk.track.live_layers() == 0b111);
  CHECK((desk.track.take_changes() & PublishedTrack::kLayersChanged) != 0);
  CHECK(desk.track.encodings().layers(0)->resolution(2).width == 1280);
  CHECK(desk.track.encodings().layers(0)->resolution(2).height == 720);
  source.active_spatial = 1;
  play(1, false);
  CHECK(desk.track.live_layers() == 0b001);
  CHECK((desk.track.take_changes() & PublishedTrack::kLayersChanged) != 0);
  play(120, false);
  CHECK(desk.track.bitrates()[0][2].bps > 0);
  CHECK(desk.track.bitrates()[1][2].bps == 0);
  desk.track.take_changes();
  source.active_spatial = 3;
  play(1, true);
  CHECK(desk.track.live_layers() == 0b111);
  CHECK((desk.track.take_changes() & PublishedTrack::kLayersChanged) != 0);
}

TEST_CASE("spatial layers of VP9 are told like encodings, and one that stops is not sent half a second later") {
  Desk desk;
  SvcSource source({.vp9 = true, .descriptors = false});
  const auto play = [&](int pictures, bool key) {
    for (int i = 0; i < pictures; ++i) {
      for (const auto& packet : source.picture(desk.world.now(), key && i == 0)) desk.receive(0, packet.bytes);
      desk.world.advance(desk.track, 33ms);
    }
  };
  play(10, true);
  CHECK(desk.track.live_layers() == 0b111);
  CHECK(desk.track.encodings().layers(0)->resolution(1).height == 360);
  desk.track.take_changes();
  source.active_spatial = 2;
  play(40, false);
  CHECK(desk.track.live_layers() == 0b011);
  CHECK((desk.track.take_changes() & PublishedTrack::kLayersChanged) != 0);
}

TEST_CASE("[M-042] frames per second are told of each temporal layer") {
  for (const double rate : {7.5, 15.0, 30.0}) {
    CAPTURE(rate);
    for (const int kind : {0, 1, 2}) {
      CAPTURE(kind);
      Desk desk;
      Vp8Source vp8(0, desk.world.random);
      SvcSource svc({.vp9 = kind == 1, .descriptors = kind == 2});
      const auto interval = std::chrono::duration_cast<Duration>(std::chrono::duration<double>(1 / rate));
      for (int picture = 0; picture < static_cast<int>(rate * 12); ++picture) {
        if (kind == 0) {
          for (const Bytes& packet : vp8.frame(desk.world.now(), picture == 0, 2, true)) desk.receive(0, packet);
        } else {
          for (const auto& packet : svc.picture(desk.world.now(), picture == 0)) desk.receive(0, packet.bytes);
        }
        desk.world.advance(desk.track, interval);
      }
      const FrameRateMatrix rates = desk.track.frame_rates();
      for (std::size_t spatial = 0; spatial < (kind == 0 ? 1u : 3u); ++spatial) {
        CAPTURE(spatial);
        CHECK(rates[spatial][0] == doctest::Approx(rate / 4).epsilon(0.05));
        CHECK(rates[spatial][1] == doctest::Approx(rate / 2).epsilon(0.05));
        CHECK(rates[spatial][2] == doctest::Approx(rate).epsilon(0.05));
        CHECK(rates[spatial][3] == doctest::Approx(rate).epsilon(0.05));
      }
    }
  }
}

TEST_CASE("[M-042] frames per second are told when they become known, and when they change") {
  Desk desk;
  Vp8Source vp8(0, desk.world.random);
  bool first = true;
  const auto told = [&](Duration interval) {
    desk.track.take_changes();
    for (Duration passed{}; passed < 5s; passed += interval) {
      for (const Bytes& packet : vp8.frame(desk.world.now(), std::exchange(first, false), 2, true)) {
        desk.receive(0, packet);
      }
      desk.world.advance(desk.track, interval);
    }
    return (desk.track.take_changes() & PublishedTrack::kFrameRatesChanged) != 0;
  };
  CHECK(told(33ms));
  CHECK_FALSE(told(33ms));
  CHECK(told(66ms));
}

TEST_CASE("[M-042] frames of codecs that tell of no layers are counted by their times") {
  Desk desk;
  for (int picture = 0; picture < 90; ++picture) {
    for (int i = 0; i < 3; ++i) {
      desk.receive(0, rtp_packet({.marker = i == 2,
                                  .payload_type = kH264,
                                  .sequence_number = static_cast<std::uint16_t>(picture * 3 + i),
                                  .timestamp = static_cast<std::uint32_t>(picture * 6000),
                                  .ssrc = 0x1000},
                                 Bytes{0x41, 0x9a, 0x00}));
    }
    desk.world.advance(desk.track, 66667us);
  }
  CHECK(desk.track.frame_rates()[0][0] == doctest::Approx(15).epsilon(0.05));
}
