// SPDX-License-Identifier: Apache-2.0
#include "media/vp9_layer_selector.hpp"

#include <algorithm>
#include <bit>

namespace sfu::media {
namespace {

constexpr std::uint8_t bit(std::uint8_t spatial) {
  return static_cast<std::uint8_t>(1u << spatial);
}

}  // namespace

LayerChoice Vp9LayerSelector::choose(Instant now, const IncomingPacket& packet, const LayerLimits& limits) {
  const LayeredFrame& frame = *packet.frame;
  const codec::Vp9Descriptor& vp9 = frame.vp9;
  LayerChoice choice;
  choice.forward = false;
  if (frame.kind != LayeredFrame::Kind::kVp9) return choice;
  if (frame.number > newest_) begin_picture(now, frame, packet, limits);
  if (newest_ - frame.number >= static_cast<std::int64_t>(kPictures)) return choice;

  Picture& picture = at(frame.number);
  // All of it was lost at first.
  if (picture.number != frame.number) picture = {.number = frame.number, .temporal = vp9.temporal_layer};
  const std::uint8_t layer = bit(vp9.spatial_layer);
  if ((picture.decided & layer) == 0) {
    // Of before the key picture, of which other layers went out than do now.
    if (frame.number < first_) return choice;
    if (frame.number == newest_ && vp9.starts_frame) enter_spatial(frame, picture, limits);
    picture.decided |= layer;
    if (decide(frame, picture)) {
      picture.forwarded |= layer;
    } else if (vp9.temporal_layer <= temporal_) {
      whole_ = static_cast<std::uint8_t>(whole_ & ~layer);
    }
    if (frame.number == newest_) raise_temporal(frame, limits);
  }
  choice.forward = (picture.forwarded & layer) != 0;
  choice.marker = choice.forward && vp9.ends_frame && vp9.spatial_layer >= top_;
  return choice;
}

// Down where a picture begins: the one before is whole then. Up in temporal layers from the picture after a switching
// point on.
void Vp9LayerSelector::begin_picture(Instant now, const LayeredFrame& frame, const IncomingPacket& packet,
                                     const LayerLimits& limits) {
  const Picture& last = at(newest_);
  if (last.number == newest_ && last.decided != 0) {
    seen_spatial_ = static_cast<std::uint8_t>(std::bit_width(last.decided) - 1);
    if (last.temporal <= temporal_) barren_ = last.forwarded != 0 ? 0 : static_cast<std::uint8_t>(barren_ + 1);
    if (barren_ >= kBarren) {
      barren_ = 0;
      spatial_ = kNoLayer;
    }
  }
  newest_ = frame.number;
  at(frame.number) = {.number = frame.number, .temporal = frame.vp9.temporal_layer};
  temporal_ = std::min(next_temporal_, limits.temporal);
  if (packet.info.is_keyframe) {
    first_ = frame.number;
    temporal_ = limits.temporal;
    spatial_ = kNoLayer;
    whole_ = 0;
  }
  if (enters_temporal(frame, limits)) temporal_ = frame.vp9.temporal_layer;
  next_temporal_ = temporal_;
  using Need = KeyframeNeed::Need;
  if (spatial_ == kNoLayer) {
    need_.note(now, packet.info.is_keyframe ? Need::kNone : Need::kUrgent);
  } else if (spatial_ > limits.spatial) {
    const auto allowed = static_cast<std::uint8_t>(whole_ & (bit(limits.spatial) * 2 - 1));
    const bool can = allowed != 0;
    if (can) spatial_ = static_cast<std::uint8_t>(std::bit_width(allowed) - 1);
    // Nothing lower is at hand: what is shown goes on until a key frame, unless there is no room for it.
    if (!can && limits.deficient) spatial_ = kNoLayer;
    need_.note(now, can ? Need::kNone : Need::kUrgent);
  } else {
    need_.note(now, spatial_ < std::min(seen_spatial_, limits.spatial) ? Need::kBetter : Need::kNone);
  }
  top_ = spatial_;
  if (packet.info.is_keyframe) {
    const auto& vp9 = frame.vp9;
    const auto highest = vp9.has_scalability ? static_cast<std::uint8_t>(vp9.spatial_layer_count - 1) : seen_spatial_;
    top_ = std::min(highest, limits.spatial);
  }
}

void Vp9LayerSelector::enter_spatial(const LayeredFrame& frame, const Picture& picture, const LayerLimits& limits) {
  const codec::Vp9Descriptor& vp9 = frame.vp9;
  // It needs nothing of earlier pictures, and what it needs of this one is there.
  if (vp9.inter_picture_predicted || vp9.temporal_layer > temporal_) return;
  const bool needs_below = vp9.inter_layer_predicted && vp9.spatial_layer > 0;
  if (needs_below && (picture.forwarded & bit(static_cast<std::uint8_t>(vp9.spatial_layer - 1))) == 0) return;
  // A layer above what may be had is entered only where nothing is shown: a picture without lower ones.
  if (spatial_ == kNoLayer ? vp9.spatial_layer <= limits.spatial || picture.decided == 0
                           : vp9.spatial_layer > spatial_ && vp9.spatial_layer <= limits.spatial) {
    spatial_ = vp9.spatial_layer;
  }
  if (vp9.spatial_layer <= spatial_) whole_ |= bit(vp9.spatial_layer);
}

bool Vp9LayerSelector::decide(const LayeredFrame& frame, const Picture& picture) {
  const codec::Vp9Descriptor& vp9 = frame.vp9;
  if (spatial_ == kNoLayer || vp9.spatial_layer > spatial_) return false;
  if (picture.temporal > temporal_) return false;
  if (vp9.spatial_layer < spatial_ && vp9.not_reference_for_upper) return false;
  // Its start did not come, or what went out of it has a hole.
  return (whole_ & bit(vp9.spatial_layer)) != 0 || vp9.spatial_layer < spatial_;
}

// A switching point in a layer above those that go out, which needs nothing that was left out: it speaks of the layers
// above its own. What a picture refers to is told in flexible mode; elsewhere encoders have none refer to its own layer
// and be a switching point.
bool Vp9LayerSelector::enters_temporal(const LayeredFrame& frame, const LayerLimits& limits) {
  const codec::Vp9Descriptor& vp9 = frame.vp9;
  if (!vp9.starts_frame || !vp9.switching_up_point) return false;
  if (vp9.temporal_layer <= temporal_ || vp9.temporal_layer >= limits.temporal) return false;
  for (std::size_t i = 0; i < vp9.reference_count; ++i) {
    const std::int64_t number = frame.number - vp9.references[i];
    if (at(number).number == number && at(number).forwarded == 0) return false;
  }
  return true;
}

void Vp9LayerSelector::raise_temporal(const LayeredFrame& frame, const LayerLimits& limits) {
  const codec::Vp9Descriptor& vp9 = frame.vp9;
  if (!vp9.starts_frame || !vp9.switching_up_point || vp9.temporal_layer > temporal_) return;
  if (spatial_ != kNoLayer && vp9.spatial_layer == spatial_) next_temporal_ = limits.temporal;
}

}  // namespace sfu::media
