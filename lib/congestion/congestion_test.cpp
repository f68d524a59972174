// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "base/random.hpp"
#include "congestion/feedback_generator.hpp"
#include "congestion/remb_generator.hpp"
#include "rtcp/rtcp.hpp"

using namespace sfu;
using namespace sfu::congestion;
using namespace std::chrono_literals;

namespace {

// What a sender learns from the feedback packets that are due.
struct Feedback {
  std::map<std::uint16_t, bool> told;  // received or not, the last word
  std::map<std::uint16_t, Duration> arrival;
  std::vector<std::size_t> sizes;
  std::vector<std::uint8_t> counts;

  void collect(FeedbackGenerator& generator, Instant now) {
    generator.advance(now, 1, [&](ByteView packet) {
      sizes.push_back(packet.size());
      rtcp::CompoundReader reader(packet);
      rtcp::Message message;
      REQUIRE(reader.next(message));
      const auto* feedback = std::get_if<rtcp::TransportFeedback>(&message);
      REQUIRE(feedback != nullptr);
      counts.push_back(feedback->feedback_count());
      feedback->for_each([&](const rtcp::TransportFeedback::Status& status) {
        told[status.sequence] = status.received;
        if (status.received) arrival[status.sequence] = status.arrival;
      });
    });
  }
};

}  // namespace

TEST_CASE("[M-036] a single packet is reported after 50 ms, and nothing follows") {
  FeedbackGenerator generator;
  const Instant start{1s};
  CHECK(generator.deadline() == kNever);
  generator.on_packet(start, start, 65535, 7);
  CHECK(generator.deadline() == start + 50ms);
  Feedback feedback;
  feedback.collect(generator, start + 49ms);
  CHECK(feedback.told.empty());
  feedback.collect(generator, start + 50ms);
  CHECK(feedback.told == std::map<std::uint16_t, bool>{{65535, true}});
  CHECK(generator.deadline() == kNever);
}

TEST_CASE("[M-036] reports cover losses and the wrap, and keep the distances of arrivals to 250 us") {
  FeedbackGenerator generator;
  Feedback feedback;
  const std::uint64_t seed = 11;
  CAPTURE(seed);
  SeededRandom random(seed);
  std::map<std::uint16_t, Instant> arrived;
  std::set<std::uint16_t> lost;
  Instant now{1s};
  for (int i = 0; i < 3000; ++i) {
    const auto sequence = static_cast<std::uint16_t>(64000 + i);
    now += random.below(3000) * 1us;
    if (generator.deadline() <= now) feedback.collect(generator, now);
    if (i > 0 && i < 2999 && random.below(10) == 0) {
      lost.insert(sequence);
      continue;
    }
    // A busy worker reads later than the kernel received.
    arrived[sequence] = now - random.below(2000) * 1us;
    generator.on_packet(now, arrived[sequence], sequence, 7);
  }
  feedback.collect(generator, now + 50ms);
  for (const auto sequence : lost) CHECK(feedback.told.at(sequence) == false);
  std::optional<Duration> offset;
  for (const auto& [sequence, at] : arrived) {
    REQUIRE(feedback.told.at(sequence));
    const Duration difference = at.time_since_epoch() - feedback.arrival.at(sequence);
    if (!offset) offset = difference;
    CHECK(std::chrono::abs(difference - *offset) <= 500us);
  }
  for (std::size_t i = 1; i < feedback.counts.size(); ++i) {
    CHECK(feedback.counts[i] == static_cast<std::uint8_t>(feedback.counts[i - 1] + 1));
  }
}

TEST_CASE("[M-036] a burst too large for one packet is split below the MTU") {
  FeedbackGenerator generator;
  Instant now{1s};
  for (int i = 0; i < 2000; ++i) {
    now += i % 2 == 0 ? 20ms : 1us;  // large deltas: two bytes each
    generator.on_packet(now, now, static_cast<std::uint16_t>(i), 7);
  }
  Feedback feedback;
  feedback.collect(generator, now + 50ms);
  CHECK(feedback.sizes.size() > 1);
  for (const auto size : feedback.sizes) CHECK(size <= 1200);
  CHECK(feedback.told.size() == 2000);
}

TEST_CASE("[M-036] a packet that comes late is reported anew, unless it is very late") {
  FeedbackGenerator generator;
  Feedback feedback;
  Instant now{1s};
  generator.on_packet(now, now, 10, 7);
  generator.on_packet(now, now, 12, 7);
  feedback.collect(generator, now + 50ms);
  CHECK(feedback.told.at(11) == false);
  now += 400ms;
  generator.on_packet(now, now, 11, 7);
  CHECK(generator.deadline() == now + 50ms);
  feedback.collect(generator, now + 50ms);
  CHECK(feedback.told.at(11));

  generator.on_packet(now, now, 14, 7);
  feedback.collect(generator, now + 100ms);
  generator.on_packet(now + 700ms, now + 700ms, 13, 7);
  CHECK(generator.deadline() == kNever);
}

TEST_CASE("a sender that counts afresh is followed") {
  FeedbackGenerator generator;
  Feedback feedback;
  generator.on_packet(Instant{1s}, Instant{1s}, 30000, 7);
  feedback.collect(generator, Instant{2s});
  generator.on_packet(Instant{3s}, Instant{3s}, 100, 7);
  feedback.collect(generator, Instant{4s});
  CHECK(feedback.told.size() == 2);
  CHECK(feedback.told.at(100));
}

TEST_CASE("REMB leaves a sender room to climb, names its streams, and rests when they do") {
  RembGenerator generator;
  Instant now{1s};
  std::vector<Bitrate> told;
  std::array<std::uint8_t, 128> buffer;
  for (int i = 0; i < 400; ++i) {
    now += 10ms;
    generator.on_packet(now, 100 + static_cast<std::uint32_t>(i % 2), 12500);  // 10 Mbit/s
    if (generator.deadline() > now) continue;
    const std::size_t size = generator.advance(now, 1, buffer);
    REQUIRE(size > 0);
    rtcp::CompoundReader reader(ByteView(buffer).first(size));
    rtcp::Message message;
    REQUIRE(reader.next(message));
    const auto& remb = std::get<rtcp::Remb>(message);
    told.push_back(remb.bitrate);
    CHECK(remb.ssrcs.size() == 2);
  }
  REQUIRE(told.size() >= 4);
  CHECK(told.back().bps == doctest::Approx(15e6).epsilon(0.02));
  CHECK(generator.advance(now + 2s, 1, buffer) > 0);  // what came since the last report
  CHECK(generator.advance(now + 4s, 1, buffer) == 0);
  CHECK(generator.deadline() == kNever);
}
