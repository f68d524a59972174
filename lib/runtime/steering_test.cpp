// SPDX-License-Identifier: Apache-2.0
#include "runtime/steering.hpp"

#include <doctest/doctest.h>

#include "ice/stun.hpp"

using namespace sfu;
using namespace sfu::runtime;

namespace {

constexpr unsigned kWorkers = 4;
constexpr unsigned kOther = 2;

Path path_of(std::uint32_t number) {
  const auto byte = [number](int shift) { return static_cast<std::uint8_t>(number >> shift); };
  return {{IpAddress::v4({192, 0, 2, 1}), 7882}, {IpAddress::v4({10, byte(24), byte(16), byte(8)}), byte(0)}};
}

std::vector<std::uint8_t> check_for(const std::string& ufrag) {
  std::vector<std::uint8_t> bytes(256);
  ice::stun::Writer writer(bytes, ice::stun::Class::kRequest, ice::stun::kBinding, {1, 2, 3});
  writer.username(ufrag + ":client");
  writer.priority(1);
  bytes.resize(writer.finish("whatever"));
  return bytes;
}

const std::vector<std::uint8_t> kCheck = check_for("02abcdefgh");
const std::vector<std::uint8_t> kMedia = {0x80, 96, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1};

}  // namespace

TEST_CASE("what follows a check that names another worker is handed to it, and nothing else is") {
  Steering steering(0);
  CHECK_FALSE(steering.take(path_of(1), kMedia, kWorkers));
  CHECK(steering.take(path_of(1), kCheck, kWorkers));
  CHECK(steering.take(path_of(1), kMedia, kWorkers));
  CHECK_FALSE(steering.take(path_of(2), kMedia, kWorkers));
  CHECK_FALSE(Steering(kOther).take(path_of(1), kCheck, kWorkers));
  std::size_t handed = 0;
  steering.hand_over([&](unsigned worker, const DatagramBundle& bundle) {
    CHECK(worker == kOther);
    handed = bundle.size();
  });
  CHECK(handed == 2);
  CHECK(steering.empty());
}

TEST_CASE("a flood of checks from strangers' addresses takes no peer's path away, and little memory") {
  Steering steering(0);
  constexpr std::uint32_t kPeers = 100;
  for (std::uint32_t peer = 0; peer < kPeers; ++peer) REQUIRE(steering.take(path_of(peer), kCheck, kWorkers));
  std::size_t most = 0;
  for (std::uint32_t i = 0; i < 10 * Steering::kGeneration; ++i) {
    steering.take(path_of(1000 + i), kCheck, kWorkers);
    if (i % 100 == 0) REQUIRE(steering.take(path_of(i / 100 % kPeers), kMedia, kWorkers));
    steering.hand_over([](unsigned, const DatagramBundle&) {});
    most = std::max(most, steering.remembered());
  }
  for (std::uint32_t peer = 0; peer < kPeers; ++peer) CHECK(steering.take(path_of(peer), kMedia, kWorkers));
  CHECK(most <= 2 * Steering::kGeneration);
}
