// SPDX-License-Identifier: Apache-2.0
// A packet of a VP8 simulcast on its way through a published track to so many forwarders, which rewrite its numbers and
// descriptor into the slots of a batch. Nobody encrypts it.
#include <benchmark/benchmark.h>

#include <deque>

#include "media/testing.hpp"

namespace {

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;

// Takes packets and leaves their slots.
struct Discard final : RtpSink {
  void send_rtp(SendBatch& batch, std::size_t) override { benchmark::DoNotOptimize(batch.open().data()); }
  void send_rtcp(ByteView, SendBatch&) override {}
};

void munge_vp8(benchmark::State& state) {
  constexpr std::uint8_t kLayer = 2;
  constexpr std::size_t kPayload = 1000;
  World world;
  Discard sink;
  PublishedTrack track(video_config(), sink, world.random);
  Output out = world.out();
  for (std::uint32_t n = 0; n < state.range(0); ++n) {
    track.add_forwarder(world.now(), forwarder_config(sink, 0x5000 + 2 * n, 0x5001 + 2 * n), out);
  }
  Vp8Frame frame{.keyframe = true};
  rtp::Header header{.marker = true, .payload_type = kVp8, .ssrc = 0x1000};
  world.receive(track, kLayer, rtp_packet(header, vp8_payload(frame, true, kLayer, 0, kPayload)));
  // A picture of one packet, again and again, with the numbers of the next one.
  frame.keyframe = false;
  Bytes packet = rtp_packet(header, vp8_payload(frame, true, kLayer, 0, kPayload));
  std::uint8_t* const descriptor = packet.data() + rtp::kFixedHeaderSize;
  for (auto _ : state) {
    store_be16(packet.data() + 2, ++header.sequence_number);
    store_be32(packet.data() + 4, header.timestamp += 3000);
    store_be16(descriptor + 2, static_cast<std::uint16_t>(0x8000 | ++frame.picture_id));
    descriptor[4] = ++frame.tl0;
    world.clock.advance(std::chrono::milliseconds(33));
    world.receive(track, kLayer, packet);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(munge_vp8)->Arg(1)->Arg(100);

}  // namespace
