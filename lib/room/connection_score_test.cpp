// SPDX-License-Identifier: Apache-2.0
#include "room/connection_score.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::room;
using namespace std::chrono_literals;
using doctest::Approx;

namespace {

TrackWindow window_of(double weight, std::uint64_t expected, std::uint64_t lost) {
  TrackWindow window;
  window.length = 5s;
  window.loss_weight = weight;
  window.expected = expected;
  window.lost = lost;
  return window;
}

const double kVideo = loss_weight(rtp::Codec::kVp8, false);

// Windows of five seconds, one after the other.
struct Track {
  double update(const TrackWindow& window) {
    now += 5s;
    score.update(now, window);
    return score.value();
  }
  Instant now{1000s};
  TrackScore score;
};

// What the score of a window alone is: the first fall from 100 goes 0.8 of the way.
double raw(const TrackWindow& window) {
  return 100 - (100 - Track().update(window)) / 0.8;
}

livekit::ConnectionQuality quality_at(double value) {
  ConnectionScore score;
  score.update(value);
  return score.quality();
}

}  // namespace

TEST_CASE("[M-046] a fall goes 0.8 of the way, a rise 0.4: 5 % of video lost tell 60, and nothing lost after it 76") {
  Track track;
  CHECK(track.update(window_of(kVideo, 1000, 50)) == Approx(60));
  CHECK(track.update(window_of(kVideo, 1000, 0)) == Approx(76));
  CHECK(track.update(window_of(kVideo, 1000, 0)) == Approx(85.6));
}

TEST_CASE("[M-046] what a per cent of loss costs depends on what the codec repairs") {
  CHECK(raw(window_of(kVideo, 1000, 50)) == Approx(50));
  CHECK(raw(window_of(loss_weight(rtp::Codec::kOpus, true), 1000, 100)) == Approx(46.667).epsilon(0.001));
  CHECK(raw(window_of(loss_weight(rtp::Codec::kOpus, false), 1000, 100)) == Approx(20));
  CHECK(raw(window_of(loss_weight(rtp::Codec::kRed, false), 1000, 100)) == Approx(60));
  CHECK(raw(window_of(loss_weight(rtp::Codec::kRed, true), 1000, 100)) == Approx(73.333).epsilon(0.001));
  CHECK(raw(window_of(loss_weight(rtp::Codec::kPcmu, false), 1000, 50)) == Approx(60));
}

TEST_CASE("[M-046] what was missing before, and what came late, is not this connection's loss") {
  auto window = window_of(kVideo, 1000, 50);
  window.missing = 20;
  window.out_of_order = 10;
  CHECK(raw(window) == Approx(80));
  window.missing = 100;
  CHECK(raw(window) == Approx(100));
}

TEST_CASE("[M-046] without packets the score is 40 at once, without reports too 20; computed it is 30 at least") {
  Track track;
  auto nothing = window_of(kVideo, 0, 0);
  CHECK(track.update(nothing) == 40);
  nothing.reports_stale = true;
  CHECK(track.update(nothing) == 20);
  for (int i = 0; i < 20; ++i) track.update(window_of(kVideo, 1000, 1000));
  CHECK(track.score.value() == 30);
}

TEST_CASE("[M-046] a track paused for want of bandwidth has 30 at once; a muted one 100, unless it is lost") {
  Track track;
  track.score.pause();
  CHECK(track.score.value() == 30);
  track.score.mute();
  CHECK(track.score.value() == 100);
  auto nothing = window_of(kVideo, 0, 0);
  nothing.reports_stale = true;
  track.update(nothing);
  track.score.mute();
  CHECK(track.score.value() == 20);
}

TEST_CASE("[M-046] each layer below what is wanted costs 35; the worse of loss and layers is told") {
  auto window = window_of(kVideo, 1000, 50);
  window.layer_distance = 1;
  CHECK(raw(window) == Approx(50));
  window.layer_distance = 2;
  CHECK(raw(window) == Approx(30));
}

TEST_CASE("[M-046] loss counts less while a track sends less than it usually does") {
  Track track;
  for (int i = 0; i < 11; ++i) track.update(window_of(kVideo, 520, 0));  // 104 a second
  // A quarter of that: half the weight.
  CHECK(track.update(window_of(kVideo, 130, 13)) == Approx(60));
  Track other;
  for (int i = 0; i < 9; ++i) other.update(window_of(kVideo, 520, 0));  // not yet known what is usual
  CHECK(other.update(window_of(kVideo, 130, 13)) == Approx(30));
  // More than usual weighs no more.
  Track third;
  for (int i = 0; i < 11; ++i) third.update(window_of(kVideo, 520, 0));
  CHECK(third.update(window_of(kVideo, 1040, 52)) == Approx(60));
}

TEST_CASE("[M-046] the usual rate is looked at anew every two minutes") {
  Track track;
  for (int i = 0; i < 11; ++i) track.update(window_of(kVideo, 520, 0));
  // From now on a quarter of it, which is soon more frequent; 120 s after the look before it counts as usual.
  for (int i = 0; i < 22; ++i) track.update(window_of(kVideo, 130, 0));
  CHECK(track.update(window_of(kVideo, 130, 13)) == Approx(60));
  for (int i = 0; i < 30; ++i) track.update(window_of(kVideo, 130, 0));
  CHECK(track.update(window_of(kVideo, 130, 13)) == Approx(30));
}

TEST_CASE("[M-046] qualities begin above 80, 40 and 20, and the mean opinion score follows its formula") {
  CHECK(quality_at(80.01) == livekit::EXCELLENT);
  CHECK(quality_at(80) == livekit::GOOD);
  CHECK(quality_at(40.01) == livekit::GOOD);
  CHECK(quality_at(40) == livekit::POOR);
  CHECK(quality_at(20.01) == livekit::POOR);
  CHECK(quality_at(20) == livekit::LOST);
  const auto mos = [](double value) {
    ConnectionScore score;
    score.update(value);
    return score.mos();
  };
  CHECK(mos(100) == Approx(4.5));
  CHECK(mos(80) == Approx(1 + 2.8 + 7e-6 * 80 * 20 * 20));
  CHECK(mos(40) == Approx(1 + 1.4 - 7e-6 * 40 * 20 * 60));
  CHECK(mos(20) == Approx(1 + 0.7 - 7e-6 * 20 * 40 * 80));
  CHECK(mos(0) == Approx(1));
}
