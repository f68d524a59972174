// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: packets made by hand, and a sink that keeps what it was given.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/send_batch.hpp"
#include "base/time.hpp"
#include "codec/vp8.hpp"
#include "media/media.hpp"
#include "media/published_track.hpp"
#include "rtcp/rtcp.hpp"
#include "rtp/packet_view.hpp"
#include "rtp/packet_writer.hpp"
#include "rtp/rtx.hpp"

namespace sfu::media::testing {

using Bytes = std::vector<std::uint8_t>;

inline constexpr std::uint8_t kVp8 = 96, kVp8Rtx = 97, kH264 = 102, kOpus = 111, kRed = 63;
inline constexpr std::uint8_t kOutVp8 = 120, kOutRtx = 121, kOutH264 = 122, kOutOpus = 109, kOutRed = 64;

inline Bytes rtp_packet(const rtp::Header& header, ByteView payload, std::uint8_t extension_id = 0,
                        ByteView extension = {}, std::uint8_t padding = 0) {
  Bytes bytes(1500);
  rtp::PacketWriter writer(bytes, header);
  writer.extension(extension_id, extension);
  writer.payload(payload);
  writer.padding(padding);
  bytes.resize(writer.size());
  return bytes;
}

// A VP8 payload whose body begins with its layer and a serial number, by which a test knows it again.
struct Vp8Frame {
  std::uint16_t picture_id = 0;
  std::uint8_t tl0 = 0;
  std::uint8_t temporal = 0;
  std::uint8_t key_index = 0;
  bool layer_sync = false;
  bool keyframe = false;
};
// `packet` as the publisher sends it once more (RFC 4588).
inline Bytes rtx_of(const Bytes& packet, std::uint16_t sequence_number, rtp::Ssrc ssrc = 0x2000) {
  Bytes rtx(1500);
  rtx.resize(rtp::encapsulate_rtx(*rtp::PacketView::parse(packet), kVp8Rtx, ssrc, sequence_number, rtx));
  return rtx;
}

inline Bytes vp8_payload(const Vp8Frame& frame, bool first, std::uint8_t layer, std::uint32_t serial,
                         std::size_t size = 60) {
  codec::Vp8Descriptor descriptor;
  descriptor.starts_partition = first;
  descriptor.has_picture_id = descriptor.long_picture_id = true;
  descriptor.picture_id = frame.picture_id & 0x7fff;
  descriptor.has_tl0_picture_index = descriptor.has_temporal_layer = descriptor.has_key_index = true;
  descriptor.tl0_picture_index = frame.tl0;
  descriptor.temporal_layer = frame.temporal;
  descriptor.layer_sync = frame.layer_sync;
  descriptor.key_index = frame.key_index & 0x1f;
  std::array<std::uint8_t, codec::kMaxVp8DescriptorSize> head;
  const std::size_t head_size = codec::write_vp8_descriptor(descriptor, head);
  Bytes payload(head.begin(), head.begin() + static_cast<std::ptrdiff_t>(head_size));
  if (first) {
    // RFC 7741 4.3: the P bit, and in a key frame the start code with 640x360.
    payload.push_back(frame.keyframe ? 0x10 : 0x11);
    payload.insert(payload.end(), {0, 0});
    if (frame.keyframe) payload.insert(payload.end(), {0x9d, 0x01, 0x2a, 0x80, 0x02, 0x68, 0x01});
  }
  payload.insert(payload.end(),
                 {0xee, layer, static_cast<std::uint8_t>(serial >> 24), static_cast<std::uint8_t>(serial >> 16),
                  static_cast<std::uint8_t>(serial >> 8), static_cast<std::uint8_t>(serial)});
  payload.resize(std::max(payload.size(), head_size + size), 0x55);
  return payload;
}

// What was sent to one participant.
class RecordingSink final : public RtpSink {
 public:
  void send_rtp(SendBatch& batch, std::size_t size) override {
    const ByteSpan slot = batch.open().first(size);
    if (record) rtp.emplace_back(slot.begin(), slot.end());
    ++count;
  }
  void send_rtcp(ByteView compound, SendBatch&) override {
    if (record) rtcp.emplace_back(compound.begin(), compound.end());
    ++rtcp_count;
  }

  // All messages of one type that were sent since clear().
  template <typename T, typename Visit>
  void for_each(Visit&& visit) const {
    for (const Bytes& compound : rtcp) {
      rtcp::CompoundReader reader(compound);
      rtcp::Message message;
      while (reader.next(message)) {
        if (const T* found = std::get_if<T>(&message)) visit(*found);
      }
    }
  }
  template <typename T>
  int sent() const {
    int found = 0;
    for_each<T>([&](const T&) { ++found; });
    return found;
  }
  void clear() {
    rtp.clear();
    rtcp.clear();
  }

  bool record = true;
  std::vector<Bytes> rtp;
  std::vector<Bytes> rtcp;
  std::size_t count = 0;
  std::size_t rtcp_count = 0;
};

// Time, output and a seed for one test.
struct World {
  explicit World(std::uint64_t seed = 1) : random(seed) {}

  Instant now() const { return clock.now(); }
  Output out() { return {batch, WallAnchor{clock.now(), clock.wall_now()}}; }
  void advance(PublishedTrack& track, Duration by) {
    const Instant end = clock.now() + by;
    while (track.deadline() <= end) {
      clock.advance(std::max(track.deadline() - clock.now(), Duration::zero()));
      Output output = out();
      track.advance(clock.now(), output);
    }
    clock.advance(end - clock.now());
  }
  void receive(PublishedTrack& track, std::uint8_t layer, const Bytes& packet) {
    Output output = out();
    track.receive_rtp(clock.now(), layer, *rtp::PacketView::parse(packet), output);
  }

  ManualClock clock;
  SendBatch batch;
  SeededRandom random;
};

inline PublishedTrackConfig video_config() {
  PublishedTrackConfig config;
  config.kind = rtp::MediaKind::kVideo;
  config.payloads = {{kVp8, rtp::Codec::kVp8, 90000, kVp8Rtx}, {kH264, rtp::Codec::kH264, 90000, kNoPayloadType}};
  return config;
}
inline PublishedTrackConfig audio_config() {
  PublishedTrackConfig config;
  config.kind = rtp::MediaKind::kAudio;
  config.payloads = {{kOpus, rtp::Codec::kOpus, 48000, kNoPayloadType},
                     {kRed, rtp::Codec::kRed, 48000, kNoPayloadType}};
  return config;
}
inline ForwarderConfig forwarder_config(RtpSink& sink, rtp::Ssrc ssrc = 0x5000, rtp::Ssrc rtx_ssrc = 0x5001) {
  ForwarderConfig config;
  config.sink = &sink;
  config.ssrc = ssrc;
  config.rtx_ssrc = rtx_ssrc;
  config.payloads = {{kVp8, kOutVp8, kOutRtx, false},
                     {kH264, kOutH264, kNoPayloadType, false},
                     {kOpus, kOutOpus, kNoPayloadType, false},
                     {kRed, kOutRed, kNoPayloadType, false}};
  config.cname = "PA_publisher";
  return config;
}

// An encoder of one simulcast layer: frames of some packets, with temporal layers 0-2-1-2.
class Vp8Source {
 public:
  Vp8Source(std::uint8_t layer, Random& random)
      : layer_(layer), ssrc_(0x1000u + layer), sequence_(random.u16()), timestamp_offset_(random.u32()) {
    frame_.picture_id = random.u16() & 0x7fff;
    frame_.tl0 = static_cast<std::uint8_t>(random.u16());
    frame_.key_index = 3;
  }

  // A frame captured at `time`.
  std::vector<Bytes> frame(Instant time, bool keyframe, int packets, bool temporal_layers = false) {
    ++frame_.picture_id;
    frame_.keyframe = keyframe;
    if (keyframe) phase_ = 0;
    constexpr std::uint8_t kPattern[] = {0, 2, 1, 2};
    frame_.temporal = temporal_layers ? kPattern[phase_ % 4] : std::uint8_t{0};
    frame_.layer_sync = frame_.temporal > 0 && phase_ % 4 < 3;
    ++phase_;
    if (frame_.temporal == 0) ++frame_.tl0;
    std::vector<Bytes> made;
    for (int i = 0; i < packets; ++i) {
      const Bytes payload = vp8_payload(frame_, i == 0, layer_, serial_++);
      made.push_back(rtp_packet({.marker = i == packets - 1,
                                 .payload_type = kVp8,
                                 .sequence_number = sequence_++,
                                 .timestamp = timestamp(time),
                                 .ssrc = ssrc_},
                                payload));
    }
    return made;
  }
  std::uint32_t timestamp(Instant time) const {
    return timestamp_offset_ + static_cast<std::uint32_t>(to_ticks(time.time_since_epoch(), 90000));
  }
  std::uint16_t next_sequence() const { return sequence_; }
  // As a new encoder does that goes on in the old one's stream.
  void count_pictures_from(std::uint16_t picture_id) { frame_.picture_id = picture_id; }
  void skip_sequence(int by) { sequence_ = static_cast<std::uint16_t>(sequence_ + by); }
  rtp::Ssrc ssrc() const { return ssrc_; }
  std::uint8_t layer() const { return layer_; }

 private:
  std::uint8_t layer_;
  rtp::Ssrc ssrc_;
  std::uint16_t sequence_;
  std::uint32_t timestamp_offset_;
  std::uint32_t serial_ = 0;
  int phase_ = 0;
  Vp8Frame frame_;
};

}  // namespace sfu::media::testing
