// SPDX-License-Identifier: Apache-2.0
#include "congestion/standing_queue.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::congestion;
using namespace std::chrono_literals;
using Sign = StandingQueue::Sign;

namespace {

// Feedback every 50 ms.
struct Feedback {
  StandingQueue queue;
  Instant now{1000s};
  void give(Sign sign, Duration length) {
    for (const Instant end = now + length; now < end; now += 50ms) queue.update(now, sign);
  }
};

}  // namespace

TEST_CASE("a queue that goes when less is sent was our own, however often it comes") {
  Feedback feedback;
  for (int i = 0; i < 5; ++i) {
    feedback.give(Sign::kStands, 3s);
    CHECK(feedback.queue.stands());
    feedback.give(Sign::kUnclear, 500ms);
    feedback.give(Sign::kGone, 200ms);
    CHECK_FALSE(feedback.queue.stands());
    CHECK_FALSE(feedback.queue.is_others());
  }
}

TEST_CASE("a queue that stays is somebody else's, until it has been gone for two seconds; then it is known sooner") {
  Feedback feedback;
  feedback.give(Sign::kStands, 4100ms);
  CHECK(feedback.queue.is_others());
  feedback.give(Sign::kGone, 1500ms);
  CHECK(feedback.queue.is_others());
  feedback.give(Sign::kGone, 1s);
  CHECK_FALSE(feedback.queue.is_others());
  feedback.give(Sign::kStands, 1600ms);
  CHECK(feedback.queue.is_others());
}

TEST_CASE("a queue that drained in a trial has to stay for long again") {
  Feedback feedback;
  feedback.give(Sign::kStands, 5s);
  feedback.queue.disprove();
  CHECK_FALSE(feedback.queue.is_others());
  feedback.give(Sign::kStands, 3500ms);
  CHECK_FALSE(feedback.queue.is_others());
  feedback.give(Sign::kStands, 1s);
  CHECK(feedback.queue.is_others());
}

TEST_CASE("losses that come less than a second apart are one queue") {
  for (const Duration pause : {800ms, 1200ms}) {
    CAPTURE(pause.count());
    Feedback feedback;
    for (int i = 0; i < 6; ++i) {
      feedback.give(Sign::kLossy, 100ms);
      feedback.give(Sign::kGone, pause);
    }
    feedback.give(Sign::kLossy, 100ms);
    CHECK(feedback.queue.is_others() == (pause < 1s));
  }
}
