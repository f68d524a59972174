// SPDX-License-Identifier: Apache-2.0
// From where a datagram comes to the peer it belongs to, of so many; and from an SSRC to the track, in a peer that
// publishes as much as people do.
#include <benchmark/benchmark.h>

#include <array>
#include <cstdint>
#include <vector>

#include "ice/demux.hpp"
#include "media/ssrc_router.hpp"
#include "media/testing.hpp"

namespace {

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;

// Steps through all, in an order that no cache guesses.
std::uint32_t next_of(std::uint32_t number, std::uint32_t count) {
  return (number + 389) % count;
}

void lookup_address(benchmark::State& state) {
  const auto peers = static_cast<std::uint32_t>(state.range(0));
  ice::Demux demux;
  std::vector<Path> paths;
  for (std::uint32_t peer = 0; peer < peers; ++peer) {
    const IpAddress ip = IpAddress::v4({10, 0, static_cast<std::uint8_t>(peer >> 8), static_cast<std::uint8_t>(peer)});
    paths.push_back({.local = {IpAddress::v4({192, 0, 2, 1}), 7882}, .remote = {ip, 50000}});
    demux.add_path(paths.back(), peer);
  }
  const std::array<std::uint8_t, 64> rtp{0x80, 96};
  std::uint32_t peer = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(demux.route(paths[peer], rtp));
    peer = next_of(peer, peers);
  }
}
BENCHMARK(lookup_address)->Arg(100)->Arg(10000);

void lookup_ssrc(benchmark::State& state) {
  constexpr rtp::Ssrc kStreams = 8;  // camera and screen in three encodings each, microphone, and its sound
  World world;
  RecordingSink sink;
  PublishedTrack track(video_config(), sink, world.random);
  SsrcRouter router;
  for (rtp::Ssrc ssrc = 0; ssrc < kStreams; ++ssrc) router.bind(ssrc, track, 0);
  rtp::Ssrc ssrc = 0;
  for (auto _ : state) {
    benchmark::DoNotOptimize(router.find(ssrc));
    ssrc = (ssrc + 3) % kStreams;
  }
}
BENCHMARK(lookup_ssrc);

}  // namespace
