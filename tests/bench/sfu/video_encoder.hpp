// SPDX-License-Identifier: Apache-2.0
// Pictures that nobody looks at: payloads as an encoder and its packetizer make them, whose descriptors and headers are
// those of the codec, with a sim::MediaTag at the end of each packet that tells when it was written. VP8 and Opus are
// the simulation's (tests/sim/synthetic_encoder.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/random.hpp"
#include "rtp/codec_name.hpp"
#include "synthetic_encoder.hpp"

namespace sfu::load {

inline constexpr unsigned kFramesPerSecond = 30;
// The id under which AV1's packets have their dependency descriptor.
inline constexpr std::uint8_t kDependencyDescriptorId = 8;

// One encoding of a track.
class VideoEncoder {
 public:
  virtual ~VideoEncoder() = default;
  // `frame` counts pictures.
  virtual std::vector<sim::Packet> encode(Instant now, std::uint32_t frame, bool is_keyframe) = 0;
};

// `codec`: VP8, H264 or AV1. `encoding`: its place in a simulcast.
std::unique_ptr<VideoEncoder> make_video_encoder(rtp::Codec codec, const sim::VideoLayer& layer, std::uint8_t encoding,
                                                 Random& random);

}  // namespace sfu::load
