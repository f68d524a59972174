// SPDX-License-Identifier: Apache-2.0
#include "synthetic_encoder.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::sim {
namespace {

constexpr std::size_t kRtpHeader = 12;
constexpr std::size_t kMaxPayload = 1150;
constexpr std::size_t kMaxDescriptor = 40;  // and the frame header that is written

void write_rtp_header(ByteWriter& out, bool marker, std::uint16_t sequence_number, std::uint32_t timestamp) {
  out.u8(0x80);
  out.u8(marker ? 0x80 : 0);
  out.u16(sequence_number);
  out.u32(timestamp);
  out.u32(0);
}

// A frame of `bytes` in packets of about one size, as libwebrtc splits it. `describe` writes what comes before the tag.
template <typename Describe>
void packetize(std::size_t bytes, MediaTag tag, bool ends_picture, std::uint32_t timestamp,
               std::uint16_t& sequence_number, std::vector<Packet>& packets, Describe describe) {
  tag.count = static_cast<std::uint16_t>((bytes + kMaxPayload - 1) / kMaxPayload);
  const std::size_t size = std::max(bytes / tag.count, kMaxDescriptor + MediaTag::kSize);
  for (tag.index = 0; tag.index < tag.count; ++tag.index) {
    Packet& packet = packets.emplace_back(kRtpHeader + size);
    ByteWriter out(packet);
    write_rtp_header(out, ends_picture && tag.index + 1 == tag.count, sequence_number++, timestamp);
    describe(out, tag);
    out.fill(packet.size() - MediaTag::kSize - out.size(), 0x55);
    tag.write(out);
  }
}

}  // namespace

TemporalPlace temporal_place(std::uint32_t since_keyframe, unsigned temporal_layers) {
  const std::uint32_t cycle = 1U << (temporal_layers - 1);
  const std::uint32_t place = since_keyframe % cycle;
  if (place == 0) return {0, static_cast<std::uint8_t>(since_keyframe == 0 ? 0 : cycle)};
  // The lowest bit that is set tells both.
  const std::uint32_t lowest = place & -place;
  std::uint8_t layer = static_cast<std::uint8_t>(temporal_layers - 1);
  for (std::uint32_t bit = lowest; bit > 1; bit >>= 1) --layer;
  return {layer, static_cast<std::uint8_t>(lowest)};
}

std::size_t FrameSizes::next(std::uint8_t temporal, bool is_keyframe, unsigned temporal_layers) {
  // Of the bitrate, by layer, and frames of that layer in a cycle: libvpx's shares are like these.
  constexpr double kShares[3][3] = {{1, 0, 0}, {0.6, 0.4, 0}, {0.5, 0.2, 0.3}};
  const double cycle = 1U << (temporal_layers - 1);
  const double frames = temporal == 0 ? 1 : 1U << (temporal - 1);
  const double target = average_ * cycle * kShares[temporal_layers - 1][temporal] / frames;
  const double chance = random_.unit();
  double size = average_ * (4 + 4 * chance);
  if (!is_keyframe) {
    const double bell = (chance + random_.unit() + random_.unit() + random_.unit() - 2) * std::sqrt(3.0);
    size = target * std::exp(0.15 * bell);
    size -= std::clamp(debt_, -0.3 * size, 0.3 * size);
  }
  debt_ += size - target;
  return static_cast<std::size_t>(std::max(size, 80.0));
}

Vp8Encoder::Vp8Encoder(const VideoLayer& layer, std::uint8_t encoding, unsigned frames_per_second,
                       unsigned temporal_layers, std::uint64_t seed)
    : layer_(layer),
      encoding_(encoding),
      temporal_layers_(temporal_layers),
      sizes_(layer.bitrate, frames_per_second, seed) {}

std::vector<Packet> Vp8Encoder::encode(Instant now, std::uint32_t frame, std::uint32_t timestamp, bool is_keyframe) {
  if (is_keyframe) keyframe_ = frame;
  const TemporalPlace place = temporal_place(frame - keyframe_, temporal_layers_);
  if (place.layer == 0) ++tl0_picture_index_;
  const MediaTag tag{.frame = frame,
                     .spatial = encoding_,
                     .temporal = place.layer,
                     .reference = is_keyframe ? std::uint8_t{0} : place.reference,
                     .sent = now};
  // What refers to the base alone: a decoder may go up here.
  const bool sync = place.layer > 0 && (frame - keyframe_ - place.reference) % (1U << (temporal_layers_ - 1)) == 0;
  const std::size_t bytes = sizes_.next(place.layer, is_keyframe, temporal_layers_);
  std::vector<Packet> packets;
  packetize(bytes, tag, true, timestamp, sequence_number_, packets, [&](ByteWriter& out, const MediaTag& of) {
    out.u8(of.index == 0 ? 0x90 : 0x80);  // X, S
    out.u8(0xe0);                         // I, L, T
    out.u16(static_cast<std::uint16_t>(0x8000 | (frame & 0x7fff)));
    out.u8(tl0_picture_index_);
    out.u8(static_cast<std::uint8_t>(place.layer << 6 | (sync ? 0x20 : 0)));
    if (of.index > 0) return;
    out.u24(is_keyframe ? 0x100000 : 0x110000);  // P is the lowest bit of the first byte (RFC 7741 4.3)
    if (!is_keyframe) return;
    out.u24(0x9d012a);
    for (const std::uint32_t side : {layer_.width, layer_.height}) {  // little-endian
      out.u8(static_cast<std::uint8_t>(side));
      out.u8(static_cast<std::uint8_t>(side >> 8));
    }
  });
  return packets;
}

Vp9SvcEncoder::Vp9SvcEncoder(std::vector<VideoLayer> layers, unsigned frames_per_second, unsigned temporal_layers,
                             std::uint64_t seed)
    : layers_(std::move(layers)), temporal_layers_(temporal_layers) {
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    sizes_.emplace_back(layers_[i].bitrate, frames_per_second, seed * 31 + i);
  }
}

void Vp9SvcEncoder::write_descriptor(ByteWriter& out, const MediaTag& tag, std::uint32_t frame,
                                     bool key_picture) const {
  const bool first = tag.index == 0;
  const bool structure = key_picture && tag.spatial == 0 && first;
  const bool referred_above = key_picture && tag.spatial + 1U < layers_.size();
  // I, P, L, F, B, E, V, Z (RFC 9628 4.2)
  out.u8(static_cast<std::uint8_t>(0x80 | (key_picture ? 0 : 0x40) | 0x20 | 0x10 | (first ? 0x08 : 0) |
                                   (tag.index + 1 == tag.count ? 0x04 : 0) | (structure ? 0x02 : 0) |
                                   (referred_above ? 0 : 0x01)));
  out.u16(static_cast<std::uint16_t>(0x8000 | (frame & 0x7fff)));
  // T, U, S, D
  out.u8(static_cast<std::uint8_t>(tag.temporal << 5 | 0x10 | tag.spatial << 1 | (tag.needs_lower ? 1 : 0)));
  if (!key_picture) out.u8(static_cast<std::uint8_t>(tag.reference << 1));
  if (structure) {
    out.u8(static_cast<std::uint8_t>((layers_.size() - 1) << 5 | 0x10));
    for (const VideoLayer& layer : layers_) {
      out.u16(static_cast<std::uint16_t>(layer.width));
      out.u16(static_cast<std::uint16_t>(layer.height));
    }
  }
  if (!first) return;
  out.u8(tag.is_keyframe() ? 0x82 : 0x86);  // the uncompressed header (VP9 6.2)
  if (tag.is_keyframe()) out.u24(0x498342);
}

std::vector<Packet> Vp9SvcEncoder::encode(Instant now, std::uint32_t frame, std::uint32_t timestamp, bool is_keyframe) {
  if (is_keyframe) keyframe_ = frame;
  const TemporalPlace place = temporal_place(frame - keyframe_, temporal_layers_);
  std::vector<Packet> packets;
  for (std::size_t i = 0; i < layers_.size(); ++i) {
    const MediaTag tag{.frame = frame,
                       .spatial = static_cast<std::uint8_t>(i),
                       .temporal = place.layer,
                       .reference = is_keyframe ? std::uint8_t{0} : place.reference,
                       .needs_lower = is_keyframe && i > 0,
                       .sent = now};
    packetize(sizes_[i].next(place.layer, is_keyframe, temporal_layers_), tag, i + 1 == layers_.size(), timestamp,
              sequence_number_, packets,
              [&](ByteWriter& out, const MediaTag& of) { write_descriptor(out, of, frame, is_keyframe); });
  }
  return packets;
}

Packet opus_packet(Instant now, std::uint32_t number, Bitrate bitrate) {
  constexpr std::uint32_t kTicks = 960;  // 20 ms at 48 kHz
  Packet packet(kRtpHeader + static_cast<std::size_t>(bitrate.bps / 8 / 50));
  ByteWriter out(packet);
  write_rtp_header(out, false, static_cast<std::uint16_t>(number), number * kTicks);
  out.u8(0x78);  // CELT, full band, 20 ms, one frame (RFC 6716 3.1)
  out.fill(packet.size() - out.size() - MediaTag::kSize, 0x55);
  MediaTag{.frame = number, .count = 1, .is_audio = true, .sent = now}.write(out);
  return packet;
}

}  // namespace sfu::sim
