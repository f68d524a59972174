// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "media/published_track.hpp"
#include "media/testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

TEST_CASE("a room's playout delay is told in each packet of video, to subscribers that negotiated the extension") {
  constexpr std::uint8_t kId = 14;
  for (const bool negotiated : {true, false}) {
    CAPTURE(negotiated);
    World world;
    RecordingSink publisher;
    RecordingSink subscriber;
    PublishedTrack track(video_config(), publisher, world.random);
    auto config = forwarder_config(subscriber);
    if (negotiated) config.extensions.set(kId, rtp::Extension::kPlayoutDelay);
    config.playout_delay = rtp::PlayoutDelay{100ms, 2s};
    Output output = world.out();
    track.add_forwarder(world.now(), config, output);
    Vp8Source source(0, world.random);
    for (const Bytes& packet : source.frame(world.now(), true, 2)) world.receive(track, source.layer(), packet);
    REQUIRE(subscriber.rtp.size() == 2);
    for (const Bytes& packet : subscriber.rtp) {
      const auto delay = rtp::PlayoutDelay::parse(rtp::PacketView::parse(packet)->extension(kId));
      REQUIRE(delay.has_value() == negotiated);
      if (!negotiated) continue;
      CHECK(delay->min == 100ms);
      CHECK(delay->max == 2s);
    }
  }
}
