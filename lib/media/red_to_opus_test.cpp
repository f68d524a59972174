// SPDX-License-Identifier: Apache-2.0
// Redundant audio on its way to subscribers that know RED, and to those that get the Opus inside.
#include <doctest/doctest.h>

#include <set>

#include "media/filter_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

ForwarderConfig without_red() {
  auto config = Studio::default_subscriber();
  config.payloads = {{kRed, kOutOpus, kNoPayloadType, true}, {kOpus, kOutOpus, kNoPayloadType, false}};
  return config;
}

PublishedTrackConfig red_config() {
  auto config = audio_config();
  config.nack = false;
  return config;
}

// A subscriber that gets Opus, and one that knows RED.
struct Call : Studio {
  explicit Call(const PublishedTrackConfig& config = red_config()) : Studio(config, without_red()) {
    auto other = Studio::default_subscriber();
    other.sink = &with_red;
    other.ssrc = 0x6000;
    Output output = world.out();
    red_id = track.add_forwarder(world.now(), other, output);
  }
  void red(std::initializer_list<std::uint8_t> numbers) {
    for (const std::uint8_t number : numbers) receive(red_packet(number));
  }
  // The numbers that the subscriber without RED was sent; each with its own sound and time.
  std::vector<int> heard() const {
    std::vector<int> numbers;
    for (std::size_t i = 0; i < subscriber.rtp.size(); ++i) {
      const auto packet = sent(i);
      CHECK(packet.payload_type() == kOutOpus);
      CHECK(packet.timestamp() == packet.sequence_number() * 960U);
      CHECK(payload(i) == Bytes{static_cast<std::uint8_t>(packet.sequence_number()), 7});
      numbers.push_back(packet.sequence_number());
    }
    return numbers;
  }
  std::vector<int> heard_as_red() const {
    std::vector<int> numbers;
    for (const Bytes& bytes : with_red.rtp) numbers.push_back(rtp::PacketView::parse(bytes)->sequence_number());
    return numbers;
  }

  RecordingSink with_red;
  ForwarderId red_id;
};

using Numbers = std::vector<int>;

}  // namespace

TEST_CASE("what is lost of RED reaches a subscriber without RED from the next packet; one with RED gets what came") {
  Call call;
  call.red({10, 12, 13, 16, 17, 21, 22});
  CHECK(call.heard() == Numbers{10, 11, 12, 13, 14, 15, 16, 17, 19, 20, 21, 22});
  CHECK(call.heard_as_red() == Numbers{10, 12, 13, 16, 17, 21, 22});
  for (std::size_t i = 0; i < call.with_red.rtp.size(); ++i) {
    const auto packet = *rtp::PacketView::parse(call.with_red.rtp[i]);
    const Bytes published = red_packet(static_cast<std::uint8_t>(packet.sequence_number()));
    CHECK(copy_of(packet.payload()) == copy_of(rtp::PacketView::parse(published)->payload()));
  }
  // For the publisher they are lost all the same.
  call.world.advance(call.track, 1s);
  CHECK(call.track.stream_stats(0)->reception.packets == 7);
  CHECK(call.track.stream_stats(0)->reception.lost == 6);
  CHECK(call.nacked() == 0);
}

TEST_CASE("what comes after its block has been sent goes to subscribers with RED alone") {
  Call call;
  call.red({10, 13, 12, 11, 14});
  CHECK(call.heard() == Numbers{10, 11, 12, 13, 14});
  CHECK(call.heard_as_red() == Numbers{10, 13, 12, 11, 14});
  // What no block brought keeps its place.
  call.subscriber.clear();
  call.red({18, 15});
  CHECK(call.heard() == Numbers{16, 17, 18, 15});
}

TEST_CASE("a subscription begins with the first packet that comes, whatever its blocks are") {
  Call call;
  call.red({10, 11});
  auto config = without_red();
  RecordingSink newcomer;
  config.sink = &newcomer;
  config.ssrc = 0x7000;
  Output output = call.world.out();
  call.track.add_forwarder(call.world.now(), config, output);
  call.red({13, 12, 15});
  CHECK(call.heard() == Numbers{10, 11, 12, 13, 14, 15});
  std::swap(newcomer.rtp, call.subscriber.rtp);
  CHECK(call.heard() == Numbers{13, 14, 15});
}

TEST_CASE("what was lost of RED during a pause or a mute does not come after it") {
  Call call;
  const auto pause = [&](bool paused) {
    Output output = call.world.out();
    SUBCASE("pause") {
      call.track.set_paused(call.world.now(), call.id, Pause::kDisabled, paused, output);
    }
    SUBCASE("mute") {
      call.track.set_muted(call.world.now(), paused, output);
    }
  };
  call.red({10, 11});
  pause(true);
  call.red({12, 13});
  call.world.advance(call.track, 80ms);
  pause(false);
  call.red({16, 15, 18});
  CHECK(call.is_gapless());
  std::erase_if(call.subscriber.rtp, [](const Bytes& packet) {  // what is heard of a mute
    return copy_of(rtp::PacketView::parse(packet)->payload()) == Bytes{0xf8, 0xff, 0xfe};
  });
  REQUIRE(call.subscriber.rtp.size() == 5);
  CHECK(call.payload(1) == Bytes{11, 7});
  CHECK(call.payload(2) == Bytes{16, 7});
  CHECK(call.payload(3) == Bytes{17, 7});
  CHECK(call.payload(4) == Bytes{18, 7});
}

TEST_CASE("lost packets of RED come back across the wrap of the numbers") {
  Call call;
  // Like red_packet(), of which the numbers are too small.
  const auto receive = [&](std::uint32_t number) {
    const auto low = static_cast<std::uint8_t>(number);
    const Bytes blocks[] = {{static_cast<std::uint8_t>(low - 2), 7}, {static_cast<std::uint8_t>(low - 1), 7}, {low, 7}};
    const codec::RedBlock red[] = {{kOpus, 1920, blocks[0]}, {kOpus, 960, blocks[1]}, {kOpus, 0, blocks[2]}};
    Bytes payload(100);
    payload.resize(*codec::build_red(red, payload));
    call.receive(rtp_packet({false, kRed, static_cast<std::uint16_t>(number), number * 960, 0x1000}, payload));
  };
  receive(65534);
  receive(65537);
  REQUIRE(call.subscriber.rtp.size() == 4);
  CHECK(call.is_gapless());
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(call.payload(i) == Bytes{static_cast<std::uint8_t>(254 + i), 7});
    CHECK(call.sent(i).timestamp() == (65534U + i) * 960U);
  }
}

TEST_CASE("what filters dropped or replaced does not come back from older blocks, and what they have not seen does") {
  Call call;
  std::set<int> dropped, replaced;
  Filter filter([&](const TrackPacket& packet, std::span<std::uint8_t> room) {
    if (dropped.contains(packet.sequence_number)) return PacketVerdict::drop();
    return replaced.contains(packet.sequence_number) ? invert(packet, room) : PacketVerdict::pass();
  });
  call.attach(filter);
  SUBCASE("dropped") {
    dropped = {11};
    call.red({10, 11, 13, 14});
    REQUIRE(call.subscriber.rtp.size() == 3);
    CHECK(call.payload(1) == Bytes{13, 7});
  }
  SUBCASE("replaced") {
    replaced = {11};
    call.red({10, 11, 13});
    REQUIRE(call.subscriber.rtp.size() == 3);
    CHECK(call.payload(1) == inverted({11, 7}));
    CHECK(call.payload(2) == Bytes{13, 7});
  }
  SUBCASE("a replacement has no blocks") {
    replaced = {12};
    call.red({10, 12});
    REQUIRE(call.subscriber.rtp.size() == 2);
    CHECK(call.payload(1) == inverted({12, 7}));
  }
  SUBCASE("dropped when it had been brought back: nothing more has its number") {
    dropped = {11};
    call.red({10, 12, 11, 13});
    CHECK(call.heard() == Numbers{10, 11, 12, 13});
    call.nack({11});
    REQUIRE(call.subscriber.rtp.size() == 5);
    CHECK(call.subscriber.rtp[4] == call.subscriber.rtp[1]);
  }
  SUBCASE("passed") {
    call.red({10, 12, 13});
    CHECK(call.heard() == Numbers{10, 11, 12, 13});
    CHECK(filter.shown.size() == 3);
  }
}

TEST_CASE("what was brought back is repeated byte for byte, also when the packet itself has come late") {
  auto config = red_config();
  config.extensions.set(3, rtp::Extension::kAudioLevel);
  Studio studio(config, [] {
    auto to = without_red();
    to.extensions.set(7, rtp::Extension::kAudioLevel);
    return to;
  }());
  const auto receive = [&](std::uint8_t number) {
    const Bytes level = {0x85};
    const Bytes plain = red_packet(number);
    studio.receive(
        rtp_packet({false, kRed, number, number * 960U, 0x1000}, rtp::PacketView::parse(plain)->payload(), 3, level));
  };
  receive(10);
  receive(12);
  receive(11);
  REQUIRE(studio.subscriber.rtp.size() == 3);
  studio.nack({11});
  REQUIRE(studio.subscriber.rtp.size() == 4);
  CHECK(studio.subscriber.rtp[3] == studio.subscriber.rtp[1]);
}

TEST_CASE("a packet that came late is not repeated to who has RED as what was brought back of it") {
  Call call;
  call.red({10, 12, 11, 13});
  call.world.clock.advance(150ms);
  Output output = call.world.out();
  call.track.on_nack(call.world.now(), call.red_id, std::vector<std::uint16_t>{11, 12}, output);
  CHECK(call.heard_as_red() == Numbers{10, 12, 11, 13, 12});
  CHECK(call.with_red.rtp[4] == call.with_red.rtp[1]);
}

TEST_CASE("who has RED and begins with a late packet gets none that was brought back, so that it may still come") {
  Call call;
  call.red({10, 14});
  auto config = Studio::default_subscriber();
  RecordingSink newcomer;
  config.sink = &newcomer;
  config.ssrc = 0x7000;
  Output output = call.world.out();
  call.track.add_forwarder(call.world.now(), config, output);
  call.red({11, 12});
  std::swap(newcomer.rtp, call.with_red.rtp);
  CHECK(call.heard_as_red() == Numbers{11, 14, 12});
}

TEST_CASE("an encrypted track is taken apart no further than its newest block") {
  auto config = red_config();
  config.encrypted = true;
  Call call(config);
  call.red({10, 12, 13});
  CHECK(call.heard() == Numbers{10, 12, 13});
}

TEST_CASE(
    "whatever of RED is lost, late and doubled, no number is sent twice to one subscriber, nor with other sound") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Call call;
    SeededRandom random(seed);
    std::vector<std::pair<double, int>> arrivals;  // when, in packets
    std::set<int> lost;
    const auto one_in = [&](std::uint32_t n) { return random.below(n) == 0; };
    for (int number = 10; number < 250; ++number) {
      // At most two in a row, so that all can come back.
      const bool may = number > 10 && !(lost.contains(number - 1) && lost.contains(number - 2)) && number < 248;
      if (may && one_in(3)) {
        lost.insert(number);
        continue;
      }
      const double late = one_in(6) ? random.below(12) + 0.5 : 0;
      arrivals.emplace_back(number + (number > 12 && seed % 2 == 0 ? late : 0), number);
      if (one_in(10)) arrivals.emplace_back(number + late + 3, number);
    }
    std::ranges::sort(arrivals);
    bool paused = false;
    for (const auto& [when, number] : arrivals) {
      if (seed % 4 == 0 && one_in(20)) {
        paused = !paused;
        Output output = call.world.out();
        call.track.set_paused(call.world.now(), call.id, Pause::kDisabled, paused, output);
      }
      call.receive(red_packet(static_cast<std::uint8_t>(number)));
      call.world.clock.advance(20ms);
    }
    std::set<int> numbers;
    std::set<std::uint8_t> sounds;
    for (std::size_t i = 0; i < call.subscriber.rtp.size(); ++i) {
      CHECK(numbers.insert(call.sent(i).sequence_number()).second);
      CHECK(sounds.insert(call.payload(i)[0]).second);
    }
    if (seed % 2 == 1) {
      Numbers all;
      for (int number = 10; number < 250; ++number) all.push_back(number);
      CHECK(call.heard() == all);
    }
    const Numbers as_red = call.heard_as_red();
    CHECK(as_red.size() == 240 - lost.size());
    CHECK(std::set<int>(as_red.begin(), as_red.end()).size() == as_red.size());
  }
}
