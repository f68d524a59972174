// SPDX-License-Identifier: Apache-2.0
// Which frames one subscriber gets of a stream whose packets tell a temporal layer and nothing else (H265 7.4.2.2,
// TemporalId). Frames are whole: what its first packet decides holds for all of a time.
#pragma once

#include <array>
#include <cstdint>

#include "media/incoming_packet.hpp"
#include "media/layer_choice.hpp"
#include "media/layered_frame.hpp"

namespace sfu::media {

class TemporalSelector {
 public:
  // Hot path, in the order of arrival.
  LayerChoice choose(const IncomingPacket& packet, const LayerLimits& limits) {
    const std::uint8_t layer = packet.info.temporal_layer;
    if (packet.timestamp > newest_) {
      newest_ = packet.timestamp;
      if (temporal_ > limits.temporal || packet.info.is_keyframe) temporal_ = limits.temporal;
      // A sub-layer access picture needs none of what was left out of its layer.
      const bool enters = packet.info.is_switching_point && layer > temporal_ && layer <= limits.temporal;
      if (enters) temporal_ = layer;
    }
    Frame& frame = frames_[static_cast<std::uint64_t>(packet.timestamp) % frames_.size()];
    if (frame.timestamp != packet.timestamp) frame = {packet.timestamp, layer <= temporal_};
    return {.forward = frame.forwarded, .marker = false};
  }

 private:
  struct Frame {
    std::int64_t timestamp = -1;
    bool forwarded = false;
  };
  std::uint8_t temporal_ = kNoLayer;  // begun at a key frame: all
  std::int64_t newest_ = -1;
  std::array<Frame, 61> frames_{};  // a prime: times come in steps
};

}  // namespace sfu::media
