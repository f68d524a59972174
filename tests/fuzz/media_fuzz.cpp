// SPDX-License-Identifier: Apache-2.0
// layers: media
// Whatever a peer that got through SRTP may send: RTP with learned and told SSRCs, RTX, RTCP both as publisher and as
// subscriber, at any pace; and through filters of the host's, which touch all that they may. Input: records of a kind
// byte, a length byte and that many bytes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <numeric>
#include <vector>

#include "media/endpoint.hpp"
#include "media/packet_filters.hpp"

namespace {

using namespace sfu;
using namespace sfu::media;

class CheckingSink final : public RtpSink {
 public:
  void send_rtp(SendBatch& batch, std::size_t size) override {
    const auto packet = rtp::PacketView::parse(batch.open().first(size));
    if (!packet || (packet->ssrc() & 0xfffffff0u) != 0x5000) std::abort();  // only what was negotiated may leave
  }
  void send_rtcp(ByteView compound, SendBatch&) override {
    if (compound.empty()) std::abort();
  }
};

class Editor final : public PacketFilter {
 public:
  PacketVerdict on_packet(const TrackPacket& packet, std::span<std::uint8_t> room) noexcept override {
    const auto head = std::accumulate(packet.descriptor.begin(), packet.descriptor.end(), std::size_t{});
    const auto body = std::accumulate(packet.payload.begin(), packet.payload.end(), head);
    if (packet.payload.size() > room.size()) std::abort();
    std::ranges::fill(room, static_cast<std::uint8_t>(body));
    switch (packet.sequence_number % 4) {
      case 0: return PacketVerdict::drop();
      case 1: return PacketVerdict::pass();
      case 2: return PacketVerdict::replace(packet.payload.size());
      default: return PacketVerdict::replace(body % (room.size() + 2));
    }
  }
};

PublishedTrackConfig track_config(bool video) {
  PublishedTrackConfig config;
  config.kind = video ? rtp::MediaKind::kVideo : rtp::MediaKind::kAudio;
  if (video) {
    config.payloads = {{96, rtp::Codec::kVp8, 90000, 97},
                       {98, rtp::Codec::kVp9, 90000, 99},
                       {102, rtp::Codec::kH264, 90000, 103},
                       {35, rtp::Codec::kAv1, 90000, 36},
                       {116, rtp::Codec::kH265, 90000, 117}};
  } else {
    config.payloads = {{111, rtp::Codec::kOpus, 48000}, {63, rtp::Codec::kRed, 48000}};
  }
  config.extensions.set(1, rtp::Extension::kMid);
  config.extensions.set(2, rtp::Extension::kRid);
  config.extensions.set(3, rtp::Extension::kRepairedRid);
  config.extensions.set(4, rtp::Extension::kAudioLevel);
  config.extensions.set(5, rtp::Extension::kTransportCc);
  config.extensions.set(6, rtp::Extension::kDependencyDescriptor);
  return config;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  ManualClock clock;
  SendBatch batch;
  SeededRandom random(1);
  CheckingSink sink;
  Endpoint endpoint(sink);
  const PublishedTrackConfig video_config = track_config(true);
  PublishedTrack video(video_config, sink, random), audio(track_config(false), sink, random);
  Editor editor;
  PacketFilters filters;
  if (size % 2 == 1) {
    filters.attach(editor);
    filters.attach(editor);
    video.set_filters(&filters);
    audio.set_filters(&filters);
  }
  endpoint.configure(video_config.extensions, true, true);
  endpoint.router().add_section("0", audio);
  endpoint.router().add_section("1", video, {"q", "h", "f"});
  for (std::uint8_t layer = 0; layer < 3; ++layer) {
    endpoint.router().bind(0x10u + layer, video, layer);
    endpoint.router().bind_rtx(0x20u + layer, 0x10u + layer);
  }
  endpoint.router().bind(0x30, audio, 0);
  const auto out = [&] { return Output{batch, WallAnchor{clock.now(), clock.wall_now()}}; };
  std::vector<ForwarderId> ids;
  for (std::uint32_t i = 0; i < 4; ++i) {
    PublishedTrack& track = i == 3 ? audio : video;
    ForwarderConfig config;
    config.sink = &sink;
    config.ssrc = 0x5000 + 2 * i;
    config.rtx_ssrc = i == 1 ? 0 : 0x5001 + 2 * i;
    config.extensions.set(7, rtp::Extension::kDependencyDescriptor);
    config.extensions.set(8, rtp::Extension::kAbsSendTime);
    for (const ReceivePayload& payload : video_config.payloads) {
      config.payloads.push_back({payload.payload_type, payload.payload_type, payload.rtx, false});
    }
    config.payloads.push_back({111, 111, kNoPayloadType, false});
    config.payloads.push_back({63, 111, kNoPayloadType, true});
    config.max_layer = static_cast<std::uint8_t>(i);
    config.max_temporal = static_cast<std::uint8_t>(i % 2);
    Output output = out();
    ids.push_back(track.add_forwarder(clock.now(), config, output));
    endpoint.add_forwarder(config.ssrc, track, ids.back());
  }

  ByteReader reader({data, size});
  while (reader.ok() && reader.remaining() >= 2) {
    const std::uint8_t kind = reader.u8();
    const std::size_t length = std::min<std::size_t>(reader.u8(), reader.remaining());
    const ByteView bytes = reader.bytes(length);
    std::vector<std::uint8_t> packet(bytes.begin(), bytes.end());
    clock.advance(std::chrono::milliseconds(kind >> 3));
    Output output = out();
    switch (kind & 7) {
      case 0: video.set_paused(clock.now(), ids[0], Pause::kDisabled, length % 2 == 0, output); break;
      case 1: video.set_max_quality(clock.now(), ids[1], length % 3, length % 4, output); break;
      case 2: endpoint.receive_rtcp(clock.now(), packet, output); break;
      case 3: video.set_muted(clock.now(), length % 2 == 0, output); break;
      default: endpoint.receive_rtp(clock.now(), packet, clock.now(), output); break;
    }
    for (PublishedTrack* track : {&video, &audio}) {
      if (track->deadline() <= clock.now()) track->advance(clock.now(), output);
    }
    if (endpoint.deadline() <= clock.now()) endpoint.advance(clock.now(), output);
  }
  return 0;
}
