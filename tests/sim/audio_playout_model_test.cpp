// SPDX-License-Identifier: Apache-2.0
#include "audio_playout_model.hpp"

#include <doctest/doctest.h>

using namespace sfu;
using namespace sfu::sim;
using namespace std::chrono_literals;

namespace {

constexpr Instant kStart{1000s};

struct Listener {
  AudioPlayoutModel model;
  void receive(std::uint32_t number, Duration delay) {
    const Instant sent = kStart + 20ms * static_cast<int>(number);
    model.receive(sent + delay, {.frame = number, .count = 1, .is_audio = true, .sent = sent});
  }
};

}  // namespace

TEST_CASE("sound that never comes is concealed, and what comes before its turn is not") {
  Listener alice;
  for (std::uint32_t i = 0; i < 10; ++i) alice.receive(i, 40ms);
  alice.receive(10, 60ms);
  CHECK(alice.model.concealed() == 0);
  alice.receive(13, 40ms);  // 11 and 12 are missing
  CHECK(alice.model.concealed() == 2);
  alice.receive(12, 60ms);
  CHECK(alice.model.concealed() == 1);
  CHECK(alice.model.expected() == 14);
  alice.model.interrupt();
  alice.receive(500, 40ms);
  CHECK(alice.model.expected() == 15);
  CHECK(alice.model.concealed() == 1);
}

TEST_CASE("a path that becomes slower is concealed for once; then sound plays later, and sooner again when it can") {
  Listener alice;
  std::uint32_t number = 0;
  for (; number < 200; ++number) alice.receive(number, 40ms);
  CHECK(alice.model.concealed() == 0);
  for (; number < 400; ++number) alice.receive(number, 240ms);
  const std::uint64_t once = alice.model.concealed();
  CHECK(once >= 7);
  CHECK(once <= 10);  // 200 ms, less what it played behind the fastest
  for (; number < 800; ++number) alice.receive(number, 40ms);
  CHECK(alice.model.concealed() == once);
  alice.receive(number++, 240ms);
  CHECK(alice.model.concealed() >= once + 7);
}

TEST_CASE("jitter that goes on is waited for") {
  Listener alice;
  for (std::uint32_t i = 0; i < 500; ++i) alice.receive(i, 40ms + 1ms * static_cast<int>(i * 37 % 100));
  const std::uint64_t begun = alice.model.concealed();
  for (std::uint32_t i = 500; i < 2000; ++i) alice.receive(i, 40ms + 1ms * static_cast<int>(i * 37 % 100));
  CHECK(alice.model.concealed() - begun <= 15);  // a hundredth
}
