// SPDX-License-Identifier: Apache-2.0
#include "media/layer_selector.hpp"

#include <bit>

namespace sfu::media {

LayerSelector::Verdict LayerSelector::judge(Instant now, const IncomingPacket& packet) const {
  const bool continues = packet.layer == current_ && packet.generation == current_generation_;
  if (kind_ == rtp::MediaKind::kAudio) return continues ? Verdict::kForward : Verdict::kSwitch;
  if (packet.info.is_keyframe && packet.layer != current_) {
    if (packet.layer == target_) return Verdict::kSwitch;
    // More is shown than may be had: anything that may be is better.
    if (showing() && current_ > max_ && packet.layer <= max_) return Verdict::kSwitch;
    // Nothing is being shown: after the hold any layer will do that does not exceed what was asked for.
    if (!showing() && now >= hold_until_ && (packet.layer <= max_ || target_ == kNoLayer)) return Verdict::kSwitch;
  }
  if (continues) return Verdict::kForward;
  // The same encoding with fresh numbers (the sender restarted).
  if (packet.layer == current_ && packet.info.is_keyframe) return Verdict::kSwitch;
  return Verdict::kDrop;
}

void LayerSelector::switched(Instant now, const IncomingPacket& packet) {
  current_ = packet.layer;
  current_generation_ = packet.generation;
  left_alone_until_[packet.layer] = Instant::min();
  if (target_ == kNoLayer) target_ = current_;
  target_since_ = now;
}

void LayerSelector::update(Instant now, std::uint8_t usable_layers) {
  usable_ = usable_layers;
  const bool waiting = target_ != kNoLayer && target_ != current_;
  const bool in_vain = waiting && now - target_since_ >= (showing() ? kGiveUp : kGiveUpDark);
  if (in_vain) left_alone_until_[target_] = now + kLeaveAlone;
  const std::uint8_t chosen = best(now, usable_layers);
  if (chosen == target_) {
    if (in_vain) target_since_ = now;
    return;
  }
  target_ = chosen;
  target_since_ = now;
}

bool LayerSelector::stop_excess(Instant now) {
  if (current_ == kNoLayer || current_ <= max_ || target_ >= current_) return false;
  current_ = kNoLayer;
  hold_until_ = now;
  target_since_ = now;
  return true;
}

void LayerSelector::restart(Instant now) {
  current_ = kNoLayer;
  hold_until_ = now + kHold;
  target_since_ = now;
  left_alone_until_.fill(Instant::min());
}

std::uint8_t LayerSelector::best(Instant now, std::uint8_t usable_layers) const {
  if (usable_layers == 0) return current_ != kNoLayer ? current_ : target_;
  std::uint8_t candidates = 0;
  for (std::uint8_t layer = 0; layer < kMaxLayers; ++layer) {
    if ((usable_layers >> layer & 1) != 0 && left_alone_until_[layer] <= now) {
      candidates |= static_cast<std::uint8_t>(1u << layer);
    }
  }
  // All were tried in vain: keep what there is, else try all again.
  if (candidates == 0) {
    if (current_ != kNoLayer) return current_;
    candidates = usable_layers;
  }
  const auto allowed = static_cast<std::uint8_t>(candidates & ((1u << (max_ + 1)) - 1));
  // Only above what may be had: the least of that, rather than nothing (media spec 3.8, overshoot).
  if (allowed == 0) return static_cast<std::uint8_t>(std::countr_zero(candidates));
  return static_cast<std::uint8_t>(std::bit_width(allowed) - 1);
}

}  // namespace sfu::media
