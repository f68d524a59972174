// SPDX-License-Identifier: Apache-2.0
// Encoders that encode nothing: packets as those of libvpx (RFC 7741, RFC 9628) with frames of the sizes that a rate
// control would give, and a MediaTag each.
#pragma once

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "media_tag.hpp"

namespace sfu::sim {

using Packet = std::vector<std::uint8_t>;  // RTP; payload type and SSRC are the sender's to set

struct VideoLayer {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  Bitrate bitrate;
};

// How large the next frame is. Key frames are four to eight times an average one, others vary around the share of
// their temporal layer; what is over or under the bitrate is made up for by frames that follow.
class FrameSizes {
 public:
  FrameSizes(Bitrate bitrate, unsigned frames_per_second, std::uint64_t seed)
      : average_(static_cast<double>(bitrate.bps) / 8 / frames_per_second), random_(seed) {}
  std::size_t next(std::uint8_t temporal, bool is_keyframe, unsigned temporal_layers);

 private:
  double average_;
  double debt_ = 0;
  SeededRandom random_;
};

// Where a frame stands in the hierarchy T0 T2 T1 T2, which begins anew with each key frame. With two layers it is
// T0 T1, with one T0.
struct TemporalPlace {
  std::uint8_t layer = 0;
  std::uint8_t reference = 0;  // pictures back
};
TemporalPlace temporal_place(std::uint32_t since_keyframe, unsigned temporal_layers);

// One encoding of VP8.
class Vp8Encoder {
 public:
  Vp8Encoder(const VideoLayer& layer, std::uint8_t encoding, unsigned frames_per_second, unsigned temporal_layers,
             std::uint64_t seed);
  std::vector<Packet> encode(Instant now, std::uint32_t frame, std::uint32_t timestamp, bool is_keyframe);

 private:
  VideoLayer layer_;
  std::uint8_t encoding_;
  unsigned temporal_layers_;
  FrameSizes sizes_;
  std::uint32_t keyframe_ = 0;
  std::uint16_t sequence_number_ = 100;
  std::uint8_t tl0_picture_index_ = 0;
};

// VP9 with spatial layers in one stream, of which key pictures alone refer to the layer below (L3T3_KEY), in flexible
// mode.
class Vp9SvcEncoder {
 public:
  Vp9SvcEncoder(std::vector<VideoLayer> layers, unsigned frames_per_second, unsigned temporal_layers,
                std::uint64_t seed);
  std::vector<Packet> encode(Instant now, std::uint32_t frame, std::uint32_t timestamp, bool is_keyframe);

 private:
  void write_descriptor(ByteWriter& out, const MediaTag& tag, std::uint32_t frame, bool key_picture) const;

  std::vector<VideoLayer> layers_;
  unsigned temporal_layers_;
  std::vector<FrameSizes> sizes_;
  std::uint32_t keyframe_ = 0;
  std::uint16_t sequence_number_ = 100;
};

// 20 ms of Opus at `bitrate`.
Packet opus_packet(Instant now, std::uint32_t number, Bitrate bitrate);

}  // namespace sfu::sim
