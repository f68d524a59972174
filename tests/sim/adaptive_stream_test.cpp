// SPDX-License-Identifier: Apache-2.0
// Adaptive stream and Dynacast as both ends see them: a viewer says how it shows a track, and what it is sent follows;
// its publisher is told what is watched.
#include <doctest/doctest.h>

#include <algorithm>
#include <tuple>
#include <vector>

#include "media_tag.hpp"
#include "participant.hpp"
#include "simulation.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

struct Received {
  Instant at;
  MediaTag tag;
};

class Screen final : public client::RtpObserver {
 public:
  void on_rtp(Instant now, const std::string&, const rtp::PacketView& packet, bool recovered) override {
    if (recovered) return;  // nothing is lost: it fills a probe
    if (const auto tag = MediaTag::read(packet.payload())) received.push_back({now, *tag});
  }
  std::vector<Received> received;
};

// A camera of three layers and one who looks at it.
struct Studio {
  explicit Studio(MediaKind kind, unsigned frames_per_second = 30, Duration settling = 5s)
      : camera(simulation, "camera", {.nothing = true}) {
    camera.add_media("cam",
                     {.kind = kind,
                      .layers = {{320, 180, Bitrate::kilobits(150)},
                                 {640, 360, Bitrate::kilobits(450)},
                                 {1280, 720, Bitrate::kilobits(1500)}},
                      .frames_per_second = frames_per_second},
                     3);
    camera.join(simulation.network().add_link({}), simulation.network().add_link({}));
    viewer = &simulation.join_over("room", "viewer", simulation.network().add_link({}),
                                   simulation.network().add_link({}), &screen, {.adaptive_stream = true});
    simulation.every(10ms, [this] { return camera.poll(), true; });
    REQUIRE(simulation.run_until([this] { return learn_sid(); }, 10s));
    simulation.run_for(settling);
  }
  bool learn_sid() {
    for (const auto& event : viewer->take_events()) {
      if (const auto* started = std::get_if<client::SubscriptionStarted>(&event)) sid = started->track_sid;
    }
    return !sid.empty();
  }
  void show(std::uint32_t width, std::uint32_t height, std::uint32_t fps = 0, bool disabled = false) {
    livekit::SignalRequest request;
    auto& settings = *request.mutable_track_setting();
    settings.add_track_sids(sid);
    settings.set_width(width);
    settings.set_height(height);
    settings.set_fps(fps);
    settings.set_disabled(disabled);
    viewer->request(request);
  }
  // What comes in two seconds, once the way there is known to carry what was asked for.
  const std::vector<Received>& watch() {
    simulation.run_for(15s);
    screen.received.clear();
    simulation.run_for(2s);
    return screen.received;
  }
  // The layer of all that came; -1: several, or nothing came.
  int spatial_shown() {
    std::uint8_t highest = 0;
    bool is_one = !watch().empty();
    for (const auto& packet : screen.received) {
      highest = std::max(highest, packet.tag.spatial);
      is_one &= packet.tag.spatial == screen.received.front().tag.spatial;
    }
    return is_one ? highest : -1;
  }

  Simulation simulation{11};
  Screen screen;
  Participant camera;
  Client* viewer = nullptr;
  std::string sid;
};

}  // namespace

TEST_CASE("[M-074] a viewer gets the smallest encoding that has nine tenths of the height that it shows") {
  Studio studio(MediaKind::kSimulcast);
  CHECK(studio.spatial_shown() == 0);  // it has yet to say
  const struct {
    std::uint32_t width, height;
    int layer;
  } kShown[] = {{1280, 720, 2}, {320, 180, 0}, {640, 360, 1}, {356, 200, 0}, {357, 201, 1}, {712, 401, 2}, {60, 34, 0}};
  for (const auto& shown : kShown) {
    CAPTURE(shown.height);
    studio.show(shown.width, shown.height);
    CHECK(studio.spatial_shown() == shown.layer);
  }
}

TEST_CASE("[M-074] a viewer that shows 15 frames a second gets the temporal layer that brings as many") {
  for (const auto kind : {MediaKind::kSimulcast, MediaKind::kSvc}) {
    CAPTURE(static_cast<int>(kind));
    // Of three temporal layers the lowest has a quarter of the frames, the next a half.
    for (const auto& [rate, layer, frames] : {std::tuple(60u, 0, 30), {30u, 1, 30}, {20u, 2, 40}}) {
      CAPTURE(rate);
      Studio studio(kind, rate, 0s);  // it says so before anything is measured
      studio.show(320, 180, 15);
      std::vector<std::uint32_t> pictures;
      std::uint8_t highest = 0;
      for (const auto& packet : studio.watch()) {
        pictures.push_back(packet.tag.frame);
        highest = std::max(highest, packet.tag.temporal);
      }
      std::ranges::sort(pictures);
      pictures.erase(std::ranges::unique(pictures).begin(), pictures.end());
      CHECK(highest == layer);
      CHECK(static_cast<double>(pictures.size()) == doctest::Approx(frames).epsilon(0.07));
    }
  }
}

TEST_CASE("[M-074] a track that is shown at all times no more is not sent 100 ms later, and comes at once when it is") {
  Studio studio(MediaKind::kSimulcast);
  const auto newest = [&] { return studio.screen.received.back().at; };
  studio.show(320, 180, 0, /*disabled=*/true);
  const Instant asked = studio.simulation.now();
  studio.simulation.run_for(1s);
  // The request takes 20 ms to the server, packets 20 ms from there.
  CHECK(newest() > asked + 50ms);
  CHECK(newest() <= asked + 140ms);
  studio.simulation.run_for(10s);
  CHECK(newest() <= asked + 140ms);

  studio.screen.received.clear();
  studio.show(320, 180);
  studio.simulation.run_for(1s);
  REQUIRE_FALSE(studio.screen.received.empty());
  // The encoder paused, since nobody watched: the next frame is the first.
  CHECK(studio.screen.received.front().tag.is_keyframe());
  CHECK(studio.screen.received.front().at - studio.simulation.now() + 1s < 200ms);
}

TEST_CASE("[M-075] what Dynacast had stopped is sent as soon as somebody wants it again") {
  for (const auto kind : {MediaKind::kSimulcast, MediaKind::kSvc}) {
    CAPTURE(static_cast<int>(kind));
    Studio studio(kind);
    studio.show(1280, 720);
    REQUIRE(studio.spatial_shown() == 2);
    studio.show(320, 180);
    REQUIRE(studio.spatial_shown() == 0);  // 5 s later the publisher sends no more than that

    studio.screen.received.clear();
    const Instant asked = studio.simulation.now();
    studio.show(1280, 720);
    studio.simulation.run_for(12s);
    const auto best = std::ranges::find(studio.screen.received, 2, [](const Received& one) { return one.tag.spatial; });
    REQUIRE(best != studio.screen.received.end());
    CHECK(best->at < asked + 1s);
    // And it stays: nothing else comes once it is there.
    const bool stays = std::all_of(best, studio.screen.received.end(), [&](const Received& one) {
      return one.tag.spatial == 2 || (kind == MediaKind::kSvc && one.tag.is_keyframe());
    });
    CHECK(stays);
  }
}

TEST_CASE("[M-075] whoever comes when nobody watched for long sees the best at once, and no less later") {
  Studio studio(MediaKind::kSimulcast);
  studio.show(1280, 720);
  REQUIRE(studio.spatial_shown() == 2);
  studio.show(1280, 720, 0, /*disabled=*/true);
  studio.simulation.run_for(30s);  // the publisher is told that nobody watches, and pauses all
  studio.screen.received.clear();
  studio.show(1280, 720);
  studio.simulation.run_for(12s);
  REQUIRE_FALSE(studio.screen.received.empty());
  // Encodings begin one after the other, and the best is shown as soon as it has.
  const bool stays = std::ranges::all_of(studio.screen.received, [&](const Received& one) {
    return one.tag.spatial == 2 || one.at < studio.screen.received.front().at + 100ms;
  });
  CHECK(stays);
}
