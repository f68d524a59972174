// SPDX-License-Identifier: Apache-2.0
// For the tests of filters: one that does what a test says, and a track that has some.
#pragma once

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <vector>

#include "codec/red.hpp"
#include "media/packet_filters.hpp"
#include "media/testing.hpp"
#include "rtp/rtx.hpp"

namespace sfu::media::testing {

using Action = PacketVerdict::Action;

inline Bytes copy_of(ByteView bytes) {
  return {bytes.begin(), bytes.end()};
}

// Does what the test says, and keeps what it was shown.
class Filter final : public PacketFilter {
 public:
  using Decide = std::function<PacketVerdict(const TrackPacket&, std::span<std::uint8_t>)>;
  explicit Filter(Decide decide = {}) : decide_(std::move(decide)) {}

  PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
    shown.push_back(packet);
    payloads.push_back(copy_of(packet.payload));
    return decide_ ? decide_(packet, room) : PacketVerdict::pass();
  }
  void on_ended() noexcept override { ++ended; }

  std::vector<TrackPacket> shown;  // their spans dangle
  std::vector<Bytes> payloads;
  int ended = 0;

 private:
  Decide decide_;
};

inline PacketVerdict invert(const TrackPacket& packet, std::span<std::uint8_t> room) {
  std::ranges::transform(packet.payload, room.begin(), [](std::uint8_t byte) { return byte ^ 0xff; });
  return PacketVerdict::replace(packet.payload.size());
}
inline Bytes inverted(Bytes bytes) {
  for (auto& byte : bytes) byte ^= 0xff;
  return bytes;
}

// A track with filters and one subscriber.
struct Studio {
  explicit Studio(const PublishedTrackConfig& config = video_config()) : Studio(config, default_subscriber()) {}
  Studio(const PublishedTrackConfig& config, ForwarderConfig to) : track(config, publisher, world.random) {
    to.sink = &subscriber;
    Output output = world.out();
    id = track.add_forwarder(world.now(), to, output);
  }
  static ForwarderConfig default_subscriber() {
    RecordingSink none;
    return forwarder_config(none);
  }
  std::shared_ptr<FilterPlace> attach(PacketFilter& filter) {
    auto place = filters.attach(filter);
    track.set_filters(&filters);
    return place;
  }
  void receive(const Bytes& packet, std::uint8_t layer = 0) { world.receive(track, layer, packet); }
  void receive_rtx(const Bytes& lost, std::uint16_t number) {
    Bytes rtx = rtx_of(lost, number);
    const auto view = *rtp::PacketView::parse(rtx);
    Output output = world.out();
    track.receive_rtx(world.now(), 0, 0x1000, rtx, view, output);
  }
  void nack(std::vector<std::uint16_t> numbers) {
    world.clock.advance(std::chrono::milliseconds(150));
    Output output = world.out();
    track.on_nack(world.now(), id, numbers, output);
  }
  rtp::PacketView sent(std::size_t index) const { return *rtp::PacketView::parse(subscriber.rtp.at(index)); }
  Bytes payload(std::size_t index) const { return copy_of(sent(index).payload()); }
  // What follows VP8's descriptor.
  Bytes body(std::size_t index) const {
    const Bytes whole = payload(index);
    return {whole.begin() + codec::parse_vp8(whole)->size, whole.end()};
  }
  bool is_gapless() const {
    for (std::size_t i = 1; i < subscriber.rtp.size(); ++i) {
      if (static_cast<std::uint16_t>(sent(i).sequence_number() - sent(i - 1).sequence_number()) != 1) return false;
    }
    return true;
  }
  int nacked() const {
    int numbers = 0;
    publisher.for_each<rtcp::Nack>([&](const rtcp::Nack& nack) { nack.for_each([&](std::uint16_t) { ++numbers; }); });
    return numbers;
  }

  World world;
  RecordingSink publisher;
  RecordingSink subscriber;
  PacketFilters filters;
  PublishedTrack track;
  ForwarderId id;
};

inline Bytes audio_packet(std::uint16_t sequence, ByteView payload, std::uint8_t payload_type = kOpus) {
  return rtp_packet({false, payload_type, sequence, sequence * 960U, 0x1000}, payload);
}

// Each block is two bytes: the number of the packet that brought it first.
inline Bytes red_packet(std::uint8_t number) {
  const Bytes blocks[] = {
      {static_cast<std::uint8_t>(number - 2), 7}, {static_cast<std::uint8_t>(number - 1), 7}, {number, 7}};
  const codec::RedBlock red[] = {{kOpus, 1920, blocks[0]}, {kOpus, 960, blocks[1]}, {kOpus, 0, blocks[2]}};
  Bytes payload(100);
  payload.resize(*codec::build_red(red, payload));
  return audio_packet(number, payload, kRed);
}

}  // namespace sfu::media::testing
