// SPDX-License-Identifier: Apache-2.0
#include "scenario.hpp"

#include <algorithm>
#include <array>

namespace sfu::load {
namespace {

void vary_subscribers(Load& load, unsigned value) {
  load.subscribers = value;
}
void vary_publishers(Load& load, unsigned value) {
  load.publishers = value;
}
void vary_rooms(Load& load, unsigned value) {
  load.rooms = value;
}
void vary_joins(Load& load, unsigned value) {
  load.joins_per_second = value;
}

constexpr std::array kScenarios = {
    Scenario{.name = "broadcast",
             .about = "one publishes a camera, N watch (--subscribers 100)",
             .load = {.publishers = 1, .subscribers = 100},
             .video = true,
             .bare_loop = true,
             .vary = vary_subscribers},
    Scenario{.name = "meeting",
             .about = "N publish and watch each other, simulcast, the speaker large (--publishers 10)",
             .load = {.publishers = 10},
             .video = true,
             .audio = true,
             .simulcast = true,
             .publishers_subscribe = true,
             .speakers = true,
             .vary = vary_publishers},
    Scenario{.name = "audio-room",
             .about = "ten speak, N listen (--publishers 10 --subscribers 100)",
             .load = {.publishers = 10, .subscribers = 100},
             .audio = true,
             .bare_loop = true,
             .vary = vary_subscribers},
    Scenario{.name = "many-rooms",
             .about = "two publish and watch each other in each of N rooms (--rooms 50)",
             .load = {.rooms = 50, .publishers = 2},
             .video = true,
             .publishers_subscribe = true,
             .vary = vary_rooms},
    Scenario{.name = "churn",
             .about = "a broadcast whose viewers come and go (--joins-per-second 10 --stay 5)",
             .load = {.publishers = 1, .subscribers = 10, .joins_per_second = 10},
             .video = true,
             .vary = vary_joins},
    Scenario{.name = "data",
             .about = "one sends data packets to N (--subscribers 50 --messages 50 --message-size 200)",
             .load = {.publishers = 1, .subscribers = 50},
             .data = true,
             .vary = vary_subscribers},
};

}  // namespace

std::span<const Scenario> scenarios() {
  return kScenarios;
}

const Scenario* find_scenario(std::string_view name) {
  const auto found = std::ranges::find_if(kScenarios, [&](const Scenario& one) { return name == one.name; });
  return found == kScenarios.end() ? nullptr : &*found;
}

Scenario with_options(const Scenario& scenario, const Options& options) {
  Scenario wanted = scenario;
  Load& load = wanted.load;
  load.rooms = options.rooms.value_or(load.rooms);
  load.publishers = options.publishers.value_or(load.publishers);
  load.subscribers = options.subscribers.value_or(load.subscribers);
  load.joins_per_second = options.joins_per_second.value_or(load.joins_per_second);
  wanted.simulcast = options.simulcast.value_or(wanted.simulcast);
  if (wanted.video && options.codec == rtp::Codec::kOpus) {
    wanted.video = wanted.simulcast = false;
    wanted.audio = true;
  }
  return wanted;
}

std::size_t participants_of(const Scenario& scenario) {
  return std::size_t{scenario.load.rooms} * (scenario.load.publishers + scenario.load.subscribers);
}

std::size_t streams_of(const Scenario& scenario) {
  const Load& load = scenario.load;
  const std::size_t tracks = load.publishers * (std::size_t{scenario.video} + std::size_t{scenario.audio});
  std::size_t streams = tracks * load.subscribers;
  if (scenario.publishers_subscribe && load.publishers > 0) streams += tracks * (load.publishers - 1);
  return streams * load.rooms;
}

}  // namespace sfu::load
