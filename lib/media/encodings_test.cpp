// SPDX-License-Identifier: Apache-2.0
#include "media/encodings.hpp"

#include <doctest/doctest.h>

#include "media/published_track.hpp"
#include "media/testing.hpp"

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;

TEST_CASE("dependency descriptors go on only with codecs whose layers are told by them") {
  constexpr std::uint8_t kIn = 12, kOut = 8;
  constexpr std::uint8_t kAv1 = 45, kOutAv1 = 46;
  const std::uint8_t descriptor[] = {0xc0, 0x00, 0x01};      // first and last packet of frame 1
  const std::uint8_t h264_key_frame[] = {0x65, 0x88, 0x80};  // a slice of an IDR picture
  const std::uint8_t av1_key_frame[] = {0x18, 0x08, 0x00};   // N, one OBU: a sequence header
  const struct {
    std::uint8_t from;
    std::uint8_t to;
    ByteView payload;
    bool carried;
  } kCases[] = {{kH264, kOutH264, h264_key_frame, false}, {kAv1, kOutAv1, av1_key_frame, true}};
  for (const auto& one : kCases) {
    CAPTURE(one.from);
    World world;
    RecordingSink publisher;
    RecordingSink subscriber;
    auto source = video_config();
    source.payloads.push_back({kAv1, rtp::Codec::kAv1, 90000, kNoPayloadType});
    source.extensions.set(kIn, rtp::Extension::kDependencyDescriptor);
    PublishedTrack track(std::move(source), publisher, world.random);
    auto config = forwarder_config(subscriber);
    config.payloads = {{one.from, one.to, kNoPayloadType, false}};
    config.extensions.set(kOut, rtp::Extension::kDependencyDescriptor);
    Output output = world.out();
    track.add_forwarder(world.now(), config, output);
    world.receive(track, 0,
                  rtp_packet({.marker = true, .payload_type = one.from, .sequence_number = 5, .ssrc = 9}, one.payload,
                             kIn, descriptor));
    REQUIRE(subscriber.rtp.size() == 1);
    const auto sent = rtp::PacketView::parse(subscriber.rtp[0])->extension(kOut);
    CHECK(!sent.empty() == one.carried);
  }
}
