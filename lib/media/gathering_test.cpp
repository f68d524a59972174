// SPDX-License-Identifier: Apache-2.0
#include "media/gathering.hpp"

#include <doctest/doctest.h>

#include <memory>

#include "media/svc_testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kSubscribers = 4;

// A track and its subscribers; what is read in one turn is forwarded at once, or together at the turn's end.
struct Hall {
  explicit Hall(bool gathers, const PublishedTrackConfig& config)
      : track(std::make_unique<PublishedTrack>(config, publisher, world.random)), gathers_(gathers) {}

  Output out() {
    Output output = world.out();
    if (gathers_) output.gathering = &gathering;
    return output;
  }
  void add(ForwarderConfig (*configure)(RtpSink&)) {
    for (std::size_t i = 0; i < kSubscribers; ++i) {
      ForwarderConfig config = configure(subscribers[i]);
      config.max_temporal = static_cast<std::uint8_t>(i);
      Output output = world.out();
      track->add_forwarder(world.now(), config, output);
    }
  }
  void turn(std::span<const Bytes> packets) {
    for (const Bytes& packet : packets) {
      Output output = out();
      track->receive_rtp(world.now(), 0, *rtp::PacketView::parse(packet), output);
    }
    Output output = out();
    gathering.end(world.now(), output);
    world.advance(*track, 20ms);
  }

  World world;
  RecordingSink publisher;
  std::array<RecordingSink, kSubscribers> subscribers;
  Gathering gathering;
  std::unique_ptr<PublishedTrack> track;

 private:
  bool gathers_;
};

ForwarderConfig vp8_forwarder(RtpSink& sink) {
  return forwarder_config(sink);
}

// Some are lost, some come a turn late.
std::vector<Bytes> disturb(std::vector<Bytes> packets, std::vector<Bytes>& late, Random& random) {
  std::vector<Bytes> made = std::exchange(late, {});
  for (Bytes& packet : packets) {
    const auto chance = random.below(20);
    if (chance == 0) continue;
    (chance == 1 ? late : made).push_back(std::move(packet));
  }
  return made;
}

// `next(now, key)` is a picture's packets.
template <typename Next>
void compare(const PublishedTrackConfig& config, ForwarderConfig (*configure)(RtpSink&), std::uint64_t seed,
             Next next) {
  CAPTURE(seed);
  Hall at_once(false, config);
  Hall together(true, config);
  at_once.add(configure);
  together.add(configure);
  SeededRandom random(seed);
  std::vector<Bytes> late;
  for (int picture = 0; picture < 300; ++picture) {
    const auto packets = disturb(next(at_once.world.now(), picture % 50 == 0), late, random);
    at_once.turn(packets);
    together.turn(packets);
  }
  for (std::size_t i = 0; i < kSubscribers; ++i) {
    CAPTURE(i);
    CHECK(at_once.subscribers[i].rtp.size() > 200);
    CHECK(at_once.subscribers[i].rtp == together.subscribers[i].rtp);
  }
}

}  // namespace

TEST_CASE("what is read in one turn is forwarded together as it would be one by one") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SeededRandom random(seed);
    Vp8Source source(0, random);
    compare(video_config(), vp8_forwarder, seed, [&](Instant now, bool key) {
      return source.frame(now, key, 1 + static_cast<int>(random.below(12)), true);
    });
  }
}

TEST_CASE("what is read in one turn is forwarded together as it would be one by one, with layers inside the stream") {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    SvcOptions options;
    options.scheme = seed % 2 == 0 ? Scheme::kFull : Scheme::kKey;
    options.vp9 = seed % 4 < 2;
    options.descriptors = !options.vp9 || seed % 3 == 0;
    SvcSource source(options);
    compare(svc_config(), svc_forwarder_config, seed, [&](Instant now, bool key) {
      std::vector<Bytes> packets;
      for (auto& packet : source.picture(now, key)) packets.push_back(std::move(packet.bytes));
      return packets;
    });
  }
}

TEST_CASE("a track that ends while packets of it wait takes them along, and so does what gathers them") {
  Hall hall(true, video_config());
  hall.add(vp8_forwarder);
  SeededRandom random(1);
  Vp8Source source(0, random);
  const auto read = [&](Gathering& gathering) {
    for (const Bytes& packet : source.frame(hall.world.now(), true, 3)) {
      Output output = hall.world.out();
      output.gathering = &gathering;
      hall.track->receive_rtp(hall.world.now(), 0, *rtp::PacketView::parse(packet), output);
    }
  };
  {
    Gathering passing;
    read(passing);
    CHECK_FALSE(passing.empty());
  }
  read(hall.gathering);
  CHECK_FALSE(hall.gathering.empty());
  hall.track.reset();
  CHECK(hall.gathering.empty());
}
