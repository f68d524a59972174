// SPDX-License-Identifier: Apache-2.0
// The packet path allocates nothing (style: "The packet path allocates nothing"). This program's operator new counts.
#include <doctest/doctest.h>

#include <cstdlib>
#include <new>

#include "media/endpoint.hpp"
#include "media/filter_testing.hpp"
#include "media/packet_filters.hpp"
#include "media/svc_testing.hpp"
#include "rtp/rtx.hpp"

namespace {

std::size_t allocations = 0;

void* counted(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}

}  // namespace

void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}

using namespace sfu;
using namespace sfu::media;
using namespace sfu::media::testing;
using namespace std::chrono_literals;

namespace {

// Drops some packets and rewrites the others.
class Rewriter final : public PacketFilter {
 public:
  PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
    if (++count_ % 50 == 0) return PacketVerdict::drop();
    std::ranges::transform(packet.payload, room.begin(), [](std::uint8_t byte) { return byte ^ 0xff; });
    return PacketVerdict::replace(packet.payload.size());
  }

 private:
  int count_ = 0;
};

// Takes slots as a Peer would.
class CommittingSink final : public RtpSink {
 public:
  void send_rtp(SendBatch& batch, std::size_t size) override { batch.commit(size, path_); }
  void send_rtcp(ByteView compound, SendBatch& batch) override { batch.add(compound, path_); }

 private:
  Path path_;
};

}  // namespace

TEST_CASE("[M-088] from receipt to forty send slots nothing is allocated, with loss, NACK, RTX, reports and switches") {
  World world;
  CommittingSink publisher, subscriber;
  Endpoint uplink(publisher), downlink(subscriber);
  PublishedTrack track(video_config(), publisher, world.random);
  PacketFilters filters;
  Rewriter first;
  Rewriter second;
  SUBCASE("bare") {}
  SUBCASE("with filters") {
    filters.attach(first);
    filters.attach(second);
    track.set_filters(&filters);
  }
  rtp::ExtensionMap extensions;
  extensions.set(5, rtp::Extension::kTransportCc);
  uplink.configure(extensions, true, false);
  std::vector<ForwarderId> ids;
  for (rtp::Ssrc i = 0; i < 40; ++i) {
    auto config = forwarder_config(subscriber, 0x5000 + 2 * i, 0x5001 + 2 * i);
    config.max_layer = static_cast<std::uint8_t>(i % 2);
    config.max_temporal = static_cast<std::uint8_t>(i % 3);
    Output output = world.out();
    ids.push_back(track.add_forwarder(world.now(), config, output));
    downlink.add_forwarder(0x5000 + 2 * i, track, ids.back());
  }
  SeededRandom random(1);
  Vp8Source sources[] = {{0, random}, {1, random}};
  for (std::uint8_t layer = 0; layer < 2; ++layer) {
    uplink.router().bind(0x1000u + layer, track, layer);
    uplink.router().bind_rtx(0x2000u + layer, 0x1000u + layer);
  }

  // Made before, so that only the path is counted.
  struct Arrival {
    Bytes packet;
    Bytes rtcp;
    Duration after{};
  };
  std::vector<Arrival> arrivals;
  Instant time = world.now();
  std::uint16_t transport = 0;
  for (int frame = 0; frame < 600; ++frame) {
    for (Vp8Source& source : sources) {
      auto packets = source.frame(time, frame % 100 == 0, 6, true);
      for (std::size_t i = 0; i < packets.size(); ++i) {
        const auto view = *rtp::PacketView::parse(packets[i]);
        Bytes bytes(1500);
        rtp::PacketWriter writer(
            bytes, {view.marker(), view.payload_type(), view.sequence_number(), view.timestamp(), view.ssrc()});
        std::uint8_t number[2];
        store_be16(number, transport++);
        writer.extension(5, number);
        writer.payload(view.payload());
        bytes.resize(writer.size());
        if (frame % 5 == 3 && i == 2) {  // lost, and brought back by RTX
          bytes = rtx_of(bytes, transport, 0x2000u + source.layer());
          std::swap(packets[i], packets.back());
        }
        arrivals.push_back({bytes, {}, 1ms});
      }
      if (frame % 30 == 0) {
        Bytes report(100);
        ByteWriter writer(report);
        rtcp::write_sender_report(writer, {.ssrc = source.ssrc(),
                                           .ntp = to_ntp(world.clock.wall_now() + (time - world.now())),
                                           .rtp_timestamp = source.timestamp(time)});
        report.resize(writer.size());
        arrivals.push_back({{}, report, 0ms});
      }
    }
    arrivals.back().after += 21ms;
    time += 33ms;
  }
  Bytes nack(200);
  std::size_t sent = 0;
  std::size_t before = 0;
  for (std::size_t i = 0; i < arrivals.size(); ++i) {
    if (i == arrivals.size() / 2) before = allocations;
    world.clock.advance(arrivals[i].after);
    Output output = world.out();
    if (!arrivals[i].packet.empty()) uplink.receive_rtp(world.now(), arrivals[i].packet, world.now(), output);
    if (!arrivals[i].rtcp.empty()) uplink.receive_rtcp(world.now(), arrivals[i].rtcp, output);
    if (i % 50 == 0) {
      // Someone missed the last few packets and someone lost the picture.
      const auto last =
          rtp::PacketView::parse(world.batch.datagrams().empty() ? ByteView() : world.batch.datagrams().back().bytes);
      ByteWriter writer(nack);
      const std::uint16_t number = last ? last->sequence_number() : std::uint16_t{0};
      const std::uint16_t numbers[] = {static_cast<std::uint16_t>(number - 2), number};
      rtcp::write_nack(writer, 1, last ? last->ssrc() : 0x5000, numbers);
      rtcp::write_pli(writer, 1, 0x5000);
      world.clock.advance(101ms);
      downlink.receive_rtcp(world.now(), writer.written(), output);
    }
    if (track.deadline() <= world.now()) track.advance(world.now(), output);
    if (uplink.deadline() <= world.now()) uplink.advance(world.now(), output);
    if (i >= arrivals.size() / 2) sent += world.batch.size();
    world.batch.clear();
  }
  const std::size_t during = allocations - before;
  CHECK(sent > 40000);
  CHECK(during == 0);
  CHECK(track.forwarder(ids[1])->stats().layer == 1);
}

TEST_CASE("[M-088] layers inside a stream are chosen and rewritten without an allocation") {
  for (const bool vp9 : {false, true}) {
    CAPTURE(vp9);
    World world;
    CommittingSink publisher, subscriber;
    PublishedTrack track(svc_config(), publisher, world.random);
    for (rtp::Ssrc i = 0; i < 9; ++i) {
      auto config = svc_forwarder_config(subscriber);
      config.max_layer = static_cast<std::uint8_t>(i % 3);
      config.max_temporal = static_cast<std::uint8_t>(i / 3);
      Output output = world.out();
      track.add_forwarder(world.now(), config, output);
    }
    SvcSource source({.vp9 = vp9, .descriptors = !vp9});
    std::vector<Bytes> packets;
    for (int picture = 0; picture < 200; ++picture) {
      for (auto& packet : source.picture(world.now() + picture * 33ms, picture % 50 == 0)) {
        packets.push_back(std::move(packet.bytes));
      }
    }
    std::size_t before = 0;
    std::size_t sent = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) {
      if (i == packets.size() / 2) before = allocations;
      Output output = world.out();
      track.receive_rtp(world.now(), 0, *rtp::PacketView::parse(packets[i]), output);
      world.clock.advance(5ms);
      sent += world.batch.size();
      world.batch.clear();
    }
    CHECK(allocations == before);
    CHECK(sent > 3000);
  }
}

TEST_CASE("what redundancy brings back of lost sound is sent without an allocation") {
  World world;
  CommittingSink publisher, subscriber;
  PublishedTrack track(audio_config(), publisher, world.random);
  auto config = forwarder_config(subscriber);
  config.payloads = {{kRed, kOutOpus, kNoPayloadType, true}};
  Output output = world.out();
  const ForwarderId id = track.add_forwarder(world.now(), config, output);
  std::vector<Bytes> packets;
  for (std::uint8_t number = 10; number < 210; ++number) packets.push_back(red_packet(number));
  std::size_t before = 0;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == packets.size() / 2) before = allocations;
    if (i % 3 == 0) world.receive(track, 0, packets[i]);
    world.clock.advance(20ms);
    world.batch.clear();
  }
  CHECK(allocations == before);
  CHECK(track.forwarder(id)->stats().packets == 199);
}
