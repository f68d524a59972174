// SPDX-License-Identifier: Apache-2.0
// Which layer frames one subscriber gets of a VP9 stream, by its payload descriptor (RFC 9628 4.2; media spec 3.3). A
// picture is made of one frame for each spatial layer. Lower ones go along, but for those that say themselves that
// upper ones do not need them (Z, as in K-SVC).
#pragma once

#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "media/incoming_packet.hpp"
#include "media/layer_choice.hpp"
#include "media/layered_frame.hpp"

namespace sfu::media {

class Vp9LayerSelector {
 public:
  // Hot path, in the order of arrival.
  LayerChoice choose(Instant now, const IncomingPacket& packet, const LayerLimits& limits);
  bool wants_keyframe(Instant now) const { return need_.wanted(now); }
  std::uint8_t spatial() const { return spatial_; }

 private:
  static constexpr std::size_t kPictures = 128;
  static constexpr std::uint8_t kBarren = 4;
  // What was decided on the layer frames of one picture: bit per spatial layer.
  struct Picture {
    std::int64_t number = -1;
    std::uint8_t decided = 0;
    std::uint8_t forwarded = 0;
    std::uint8_t temporal = 0;
  };

  Picture& at(std::int64_t number) { return pictures_[static_cast<std::uint64_t>(number) % kPictures]; }
  void begin_picture(Instant now, const LayeredFrame& frame, const IncomingPacket& packet, const LayerLimits& limits);
  bool enters_temporal(const LayeredFrame& frame, const LayerLimits& limits);
  void raise_temporal(const LayeredFrame& frame, const LayerLimits& limits);
  void enter_spatial(const LayeredFrame& frame, const Picture& picture, const LayerLimits& limits);
  bool decide(const LayeredFrame& frame, const Picture& picture);

  std::uint8_t spatial_ = kNoLayer;
  std::uint8_t temporal_ = 0;
  std::uint8_t next_temporal_ = 0;  // from the next picture on
  std::uint8_t top_ = 0;            // the highest layer that goes out of the newest picture, as far as can be told
  std::uint8_t seen_spatial_ = 0;   // the highest layer of the last pictures
  std::uint8_t whole_ = 0;          // bit per spatial layer: its frames since its last start went out
  std::uint8_t barren_ = 0;         // pictures in a row of which nothing went out: the layer is not sent any more
  std::int64_t newest_ = -1;
  std::int64_t first_ = -1;  // the newest key picture
  KeyframeNeed need_;
  std::array<Picture, kPictures> pictures_{};
};

}  // namespace sfu::media
