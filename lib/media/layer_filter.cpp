// SPDX-License-Identifier: Apache-2.0
#include "media/layer_filter.hpp"

namespace sfu::media {
LayerChoice LayerFilter::choose(Instant now, const IncomingPacket& packet) {
  switch (packet.frame->kind) {
    case LayeredFrame::Kind::kDependencies: return use<DecodeTargetSelector>().choose(now, packet, limits_);
    case LayeredFrame::Kind::kVp9: return use<Vp9LayerSelector>().choose(now, packet, limits_);
    case LayeredFrame::Kind::kTemporal: return use<TemporalSelector>().choose(packet, limits_);
    case LayeredFrame::Kind::kUnreadable:
      if (auto* by_target = std::get_if<DecodeTargetSelector>(&selector_)) {
        return by_target->choose(now, packet, limits_);
      }
      break;
  }
  return {.forward = false};
}

bool LayerFilter::wants_keyframe(Instant now) const {
  if (const auto* by_target = std::get_if<DecodeTargetSelector>(&selector_)) return by_target->wants_keyframe(now);
  if (const auto* vp9 = std::get_if<Vp9LayerSelector>(&selector_)) return vp9->wants_keyframe(now);
  return false;
}

std::uint8_t LayerFilter::spatial() const {
  if (const auto* by_target = std::get_if<DecodeTargetSelector>(&selector_)) return by_target->spatial();
  if (const auto* vp9 = std::get_if<Vp9LayerSelector>(&selector_)) return vp9->spatial();
  return kNoLayer;
}

}  // namespace sfu::media
