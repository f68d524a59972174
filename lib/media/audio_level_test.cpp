// SPDX-License-Identifier: Apache-2.0
#include "media/audio_level.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "media/speaker_ranking.hpp"

using namespace sfu;
using namespace std::chrono_literals;
using media::AudioLevel;
using media::SpeakerRanking;

namespace {

// `active` of 20 packets of 20 ms are at `level`, the rest silent.
void play_window(AudioLevel& audio, Instant& now, int active, std::uint8_t level) {
  for (int i = 0; i < 20; ++i) {
    now += 20ms;
    audio.observe(now, i < active ? level : std::uint8_t{127}, 20ms);
  }
}

}  // namespace

TEST_CASE("[M-038] loudness is the loudest packet, less 20 log10 of the active share, smoothed by 2/3") {
  AudioLevel audio;
  Instant now{10s};
  play_window(audio, now, 20, 10);
  const double full = std::pow(10.0, -10 / 20.0);
  CHECK(audio.level(now) == doctest::Approx(full * 2 / 3));
  play_window(audio, now, 10, 10);
  const double half = std::pow(10.0, -(10 - 20 * std::log10(0.5)) / 20.0);
  CHECK(audio.level(now) == doctest::Approx(full * 2 / 9 + half * 2 / 3));
}

TEST_CASE("[M-038] less than 40 % of a window, too quiet, or silent for two windows: not active") {
  AudioLevel audio;
  Instant now{10s};
  play_window(audio, now, 7, 5);
  CHECK(audio.level(now) == 0);
  play_window(audio, now, 8, 5);
  CHECK(audio.level(now) > 0);
  CHECK(audio.level(now + 801ms) == 0);

  AudioLevel quiet;
  play_window(quiet, now, 20, 36);
  CHECK(quiet.level(now) == 0);
}

TEST_CASE("[M-038] speakers are told when their eighth changes, loudest first, and once when they end") {
  SpeakerRanking ranking;
  using Speakers = std::vector<SpeakerRanking::Speaker>;
  const auto update = [&](Speakers levels) {
    const auto changes = ranking.update(levels);
    return Speakers(changes.begin(), changes.end());
  };
  CHECK(update({{1, 0.1}, {2, 0.9}, {3, 0}}) == Speakers{{2, 1.0}, {1, 0.125}});
  CHECK(update({{1, 0.12}, {2, 0.9}}) == Speakers{});
  CHECK(update({{1, 0.13}, {2, 0.9}}) == Speakers{{1, 0.25}});
  CHECK(update({{2, 0.9}}) == Speakers{{1, 0}});
  CHECK(update({{2, 0.9}}) == Speakers{});
  CHECK(ranking.current().size() == 1);
  // Several tracks of one participant: the loudest counts.
  CHECK(update({{2, 0.2}, {2, 0.45}}) == Speakers{{2, 0.5}});
}
