// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: a published track and one subscriber's Forwarder.
#pragma once

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <vector>

#include "media/testing.hpp"

namespace sfu::media::testing {

inline constexpr Duration kClockError = std::chrono::seconds(5);  // of the publisher's wall clock

// A track with one subscriber; frames are handed in one by one.
struct Line {
  explicit Line(PublishedTrackConfig track_config = video_config(), ForwarderConfig config = ForwarderConfig{})
      : track(track_config, publisher, world.random) {
    if (config.sink == nullptr) config = forwarder_config(subscriber);
    config.sink = &subscriber;
    Output output = world.out();
    id = track.add_forwarder(world.now(), config, output);
  }

  void frame(Vp8Source& source, bool keyframe, int packets = 1) {
    for (const Bytes& packet : source.frame(world.now(), keyframe, packets))
      world.receive(track, source.layer(), packet);
  }
  void report(Vp8Source& source, Duration clock_error = {}) {
    track.on_sender_report(world.now(), source.layer(), to_ntp(world.clock.wall_now() + kClockError + clock_error),
                           source.timestamp(world.now()));
  }
  void nack(std::vector<std::uint16_t> numbers) {
    Output output = world.out();
    track.on_nack(world.now(), id, numbers, output);
  }
  void set_rtt(Duration rtt) {
    // A report that answers the last sender report.
    std::uint64_t ntp = 0;
    subscriber.for_each<rtcp::SenderReport>([&](const rtcp::SenderReport& report) { ntp = report.sender.ntp; });
    REQUIRE(ntp != 0);
    rtcp::ReportBlock block;
    block.last_sr = compact_ntp(ntp);
    block.delay_since_last_sr = to_compact_ntp(world.clock.wall_now() + kClockError - from_ntp(ntp));
    world.clock.advance(rtt);
    track.on_receiver_report(world.now(), id, block);
  }
  Forwarder::Stats stats() { return track.forwarder(id)->stats(); }
  rtp::PacketView sent(std::size_t index) const { return *rtp::PacketView::parse(subscriber.rtp.at(index)); }
  rtp::PacketView last() const { return sent(subscriber.rtp.size() - 1); }
  int plis(rtp::Ssrc ssrc) const {
    int found = 0;
    publisher.for_each<rtcp::Pli>([&](const rtcp::Pli& pli) { found += pli.media == ssrc ? 1 : 0; });
    return found;
  }

  World world;
  RecordingSink publisher;
  RecordingSink subscriber;
  PublishedTrack track;
  ForwarderId id;
};

}  // namespace sfu::media::testing
