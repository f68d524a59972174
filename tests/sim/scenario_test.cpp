// SPDX-License-Identifier: Apache-2.0
// Scenarios: read, run and reported.
#include "scenario.hpp"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "scenario_report.hpp"

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

Scenario parse(const std::string& text) {
  auto scenario = parse_scenario(text, "test.yaml");
  if (!scenario) FAIL(scenario.error().message);
  return std::move(*scenario);
}

ScenarioResult run(const std::string& text) {
  return run_scenario(parse(text));
}

}  // namespace

TEST_CASE("every published scenario can be read") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SFU_SCENARIOS)) {
    CAPTURE(entry.path().string());
    std::ifstream in(entry.path());
    const Scenario scenario = parse(std::string(std::istreambuf_iterator<char>(in), {}));
    CHECK(scenario.name == entry.path().stem().string());
    CHECK_FALSE(scenario.about.empty());
    ++count;
  }
  CHECK(count >= 15);
}

TEST_CASE("what is wrong in a scenario is named with its line and its key") {
  const struct {
    const char* text;
    const char* message;
  } kCases[] = {
      {"name: a\nduration: 10\n", "test.yaml:2: duration: '10' needs a unit: ms, s or m"},
      {"name: a\nduration: 10s\nspeed: 3\n", "test.yaml:3: scenario: unknown key 'speed'"},
      {"name: a\n", "test.yaml:1: scenario: duration is missing"},
      {"name: a\nduration: 5s\nlinks:\n  l: {rate: 1M,\n      loss: 1.5}\n",
       "test.yaml:5: loss: a probability is at most 1"},
      {"name: a\nduration: 5s\nlinks:\n  l: {rate: fast}\n", "test.yaml:4: rate: 'fast' is no number of zero or more"},
      {"name: a\nduration: 5s\nlinks:\n  l:\n    at:\n      - {t: 2s}\n      - {t: 1s}\n",
       "test.yaml:7: t: before the one above"},
      {"name: a\nduration: 5s\nsubscribers:\n  - {identity: x, down: l}\n", "test.yaml:4: down: there is no link 'l'"},
      {"name: a\nduration: 5s\nsubscribers:\n  - {quality: best}\n",
       "test.yaml:4: quality: one of these is wanted: low, medium, high"},
      {"name: a\nduration: 5s\npublishers:\n  - {identity: x}\n  - {identity: x}\n",
       "test.yaml:5: identity: 'x' is there twice"},
      {"name: a\nduration: 5s\nevents:\n  - {t: 1s, mute: x}\n", "test.yaml:4: mute: there is nobody called 'x'"},
      {"name: [a\n", "test.yaml:2: end of sequence flow not found"},
  };
  for (const auto& one : kCases) {
    CAPTURE(one.text);
    const auto scenario = parse_scenario(one.text, "test.yaml");
    REQUIRE_FALSE(scenario);
    CHECK(scenario.error().message == one.message);
  }
}

TEST_CASE("a subscriber with room enough gets the highest layers at once, without a freeze") {
  const ScenarioResult result = run(R"(
name: wide
duration: 12s
links: {wide: {rate: 20M, delay: 20ms}}
publishers: [{identity: camera, count: 2, audio: true}, {identity: svc, kind: svc}]
subscribers: [{identity: one, down: wide, join: 1s}]
)");
  REQUIRE(result.subscribers.size() == 1);
  const SubscriberFigures& one = result.subscribers[0];
  CHECK(one.tracks.size() == 5);
  CHECK(one.layers[3] == 1);
  CHECK(one.freezes == 0);
  CHECK(one.dropped == 0);
  CHECK(one.concealed == 0);
  REQUIRE(one.first_frame);
  CHECK(*one.first_frame < 500ms);
  // Two highest encodings, the highest layer of the other, and what IP, UDP, SRTP and RTP add.
  CHECK(static_cast<double>(one.steady.bps) == doctest::Approx(5.5e6).epsilon(0.07));
  CHECK(*one.utilisation == doctest::Approx(static_cast<double>(one.steady.bps) / 20e6).epsilon(0.01));
}

TEST_CASE("[M-080] key frames that are on their way through a queue are not sent again, though they are asked for") {
  for (const std::string seed : {"1", "2", "3", "4", "5", "6"}) {
    CAPTURE(seed);
    const ScenarioResult result = run("seed: " + seed + R"(
name: begins
duration: 3s
links: {narrow: {rate: 1M, delay: 50ms, jitter: 15ms, queue: 300ms}, back: {delay: 50ms, jitter: 15ms}}
publishers: [{identity: camera, count: 4}]
subscribers: [{identity: one, down: narrow, up: back, allow_pause: true}]
)");
    const SubscriberFigures& one = result.subscribers[0];
    REQUIRE(one.first_frame);
    CHECK(*one.first_frame < 600ms);
    CHECK(one.longest_gap <= 500ms);
    std::uint64_t repeated = 0;
    for (const TrackFigures& track : one.tracks) repeated += track.repaired;
    CHECK(repeated < 30);  // probes
  }
}

TEST_CASE("[M-067] a subscriber keeps a share of its link when a TCP connection comes to fill it") {
  // How much that is differs widely from run to run: on average over six.
  double kilobits = 0;
  for (int seed = 1; seed <= 6; ++seed) {
    CAPTURE(seed);
    const ScenarioResult result = run("seed: " + std::to_string(seed) + R"(
name: beside
duration: 90s
steady_from: 30s
links: {shared: {rate: 2M, delay: 50ms, queue: 300ms, cross: [{kind: tcp, rtt: 100ms, from: 10s}]}}
publishers: [{identity: camera, count: 4}]
subscribers: [{identity: one, down: shared, allow_pause: true}]
)");
    const SubscriberFigures& one = result.subscribers[0];
    CHECK(*one.utilisation > 0.95);
    kilobits += static_cast<double>(one.steady.bps) / 6000;
  }
  CHECK(kilobits >= 180);
}

TEST_CASE("a link that is too narrow shows in the wait, in drops and in what is seen") {
  const ScenarioResult result = run(R"(
name: narrow
duration: 10s
links: {narrow: {rate: 600k, delay: 20ms, queue: 200ms}}
publishers: [{identity: camera, kind: single, bitrates: [900k]}]
subscribers: [{identity: one, down: narrow}, {identity: two}]
)");
  REQUIRE(result.subscribers.size() == 2);
  const SubscriberFigures& one = result.subscribers[0];
  CHECK(*one.utilisation > 0.75);
  CHECK(one.wait_p95 > 50ms);
  CHECK(one.wait_max <= 200ms);
  CHECK(one.dropped > 0);
  CHECK(result.subscribers[1].freezes == 0);
  CHECK(result.links[0].dropped == one.dropped);
  const std::string table = to_table(result);
  CHECK(table.find("narrow, seed 1, 10 s\n") == 0);
  CHECK(table.find("\none ") != std::string::npos);
  CHECK(table.find("\nnarrow ") != std::string::npos);
  const std::string svg = to_svg(result, one);
  CHECK(svg.find("capacity") != std::string::npos);
  CHECK(svg.ends_with("</svg>\n"));
  CHECK(to_json(result).find("\"identity\":\"two\"") != std::string::npos);
}

TEST_CASE("a publisher pauses the layers that nobody watches") {
  const ScenarioResult result = run(R"(
name: dynacast
duration: 20s
steady_from: 12s
links: {up: {}}
publishers: [{identity: camera, up: up}]
subscribers: [{identity: one, quality: low}]
)");
  CHECK(result.subscribers[0].layers[1] == 1);
  CHECK(result.links[0].mean.bps > 500'000);  // all three until then
  CHECK(result.links[0].steady.bps < 220'000);
}

TEST_CASE("mute, pause and leaving end media, and neither is a freeze") {
  const ScenarioResult result = run(R"(
name: events
duration: 20s
publishers: [{identity: camera, audio: true}, {identity: other}]
subscribers: [{identity: one}, {identity: short, leave: 5s}, {identity: listed, subscribe: [other]}]
events: [{t: 6s, mute: camera}, {t: 9s, unmute: camera}, {t: 12s, pause: one}, {t: 15s, resume: one}]
)");
  const SubscriberFigures& one = result.subscribers[0];
  const auto received = [](const SubscriberFigures& who, Duration from, Duration until) {
    std::int64_t highest = 0;
    for (const Sample& sample : who.samples) {
      if (sample.at > from && sample.at <= until) highest = std::max(highest, sample.received.bps);
    }
    return highest;
  };
  CHECK(one.freezes == 0);
  CHECK(*one.concealed < 0.001);
  CHECK(received(one, 3s, 6s) > 3'000'000);
  CHECK(received(one, 7s, 9s) < 2'600'000);
  CHECK(received(one, 13s, 15s) < 100'000);
  CHECK(received(one, 16s, 20s) > 3'000'000);
  CHECK(result.subscribers[1].samples.back().at <= 5s);
  CHECK(result.subscribers[2].tracks.size() == 1);
}

TEST_CASE("[M-100] the same seed gives the same output byte for byte, another seed another") {
  const auto text = [](const char* duration) {
    return "name: repeat\nduration: " + std::string(duration) + R"(
links:
  bad: {rate: 3M, delay: 30ms, jitter: 20ms, loss: 0.02, bursts: {good_to_bad: 0.001, bad_to_good: 0.1}}
  busy: {rate: 12M, delay: 20ms, cross: [{kind: tcp}, {kind: udp, rate: 1M, on: 2s, off: 3s}]}
publishers: [{identity: camera, count: 3, audio: true}]
subscribers:
  - {identity: bad, count: 3, down: bad, up: bad, allow_pause: true}
  - {identity: busy, count: 2, down: busy}
  - {identity: good, count: 5, quality: medium, adaptive: true}
)";
  };
  const ScenarioResult first = run(text("60s"));
  const ScenarioResult again = run(text("60s"));
  CHECK(first.subscribers.size() == 10);
  CHECK(first.trace == again.trace);
  CHECK(to_table(first) == to_table(again));
  CHECK((to_json(first) == to_json(again)));  // too long to be shown

  Scenario brief = parse(text("5s"));
  const std::uint64_t trace = run_scenario(brief).trace;
  brief.seed = 2;
  CHECK(run_scenario(brief).trace != trace);
}

TEST_CASE("sound as RED survives a loss of 5 % each way on both paths, and does not without") {
  const auto concealed = [](const char* red) {
    const std::string text = R"(
name: impaired
duration: 40s
links:
  up: {delay: 20ms, loss: 0.05}
  down: {delay: 20ms, loss: 0.05}
publishers: [{identity: ada, kind: audio, up: up, red: RED}]
subscribers: [{identity: ben, down: down, red: RED}]
)";
    std::string named = text;
    for (auto at = named.find("RED"); at != std::string::npos; at = named.find("RED")) named.replace(at, 3, red);
    return run(named).subscribers.at(0).concealed;
  };
  const auto with = concealed("true");
  const auto without = concealed("false");
  REQUIRE(with.has_value());
  REQUIRE(without.has_value());
  CHECK(*with < 0.01);
  CHECK(*without > 0.015);
}

TEST_CASE(
    "[M-072] a camera that comes in one large encoding is shown at once to a newcomer whose client allows a pause") {
  const ScenarioResult result = run(R"(
name: large
duration: 20s
links: {wide: {rate: 20M, delay: 20ms}}
publishers: [{identity: camera, kind: single, bitrates: [1.7M]}]
subscribers: [{identity: late, down: wide, join: 10s, allow_pause: true}]
)");
  const SubscriberFigures& late = result.subscribers.at(0);
  REQUIRE(late.first_frame.has_value());
  CHECK(*late.first_frame < 500ms);
  CHECK(late.longest_gap < 500ms);
}

TEST_CASE(
    "[M-072] what was paused for want of bandwidth is back within five seconds of the bandwidth, however long it was "
    "away") {
  for (const int gone : {10, 25, 47}) {
    CAPTURE(gone);
    const int back = 5 + gone;
    const ScenarioResult result = run(R"(
name: away
duration: )" + std::to_string(back + 8) +
                                      R"(s
links:
  way: {rate: 4M, delay: 20ms, at: [{t: 5s, rate: 60k}, {t: )" +
                                      std::to_string(back) + R"(s, rate: 4M}]}
publishers: [{identity: camera, bitrates: [150k, 500k, 1.2M]}]
subscribers: [{identity: viewer, down: way, allow_pause: true}]
)");
    bool paused = false;
    Duration resumed{};
    for (const Sample& sample : result.subscribers.at(0).samples) {
      if (sample.at > 8s && sample.at < std::chrono::seconds(back)) paused |= sample.tracks[0] == 1;
      if (sample.at > std::chrono::seconds(back) && resumed == Duration{} && sample.tracks[0] == 0) {
        resumed = sample.at - std::chrono::seconds(back);
      }
    }
    CHECK(paused);
    CHECK(resumed > Duration{});
    CHECK(resumed <= 5s);
  }
}
