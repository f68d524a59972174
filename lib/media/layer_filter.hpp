// SPDX-License-Identifier: Apache-2.0
// One subscriber's choice among the layers inside a stream, by whatever the stream tells of them. Only forwarders of
// streams that tell have one.
#pragma once

#include <cstdint>
#include <variant>

#include "base/time.hpp"
#include "media/decode_target_selector.hpp"
#include "media/incoming_packet.hpp"
#include "media/layer_choice.hpp"
#include "media/temporal_selector.hpp"
#include "media/vp9_layer_selector.hpp"

namespace sfu::media {

class LayerFilter {
 public:
  explicit LayerFilter(const LayerLimits& limits) : limits_(limits) {}

  // Hot path, in the order of arrival.
  LayerChoice choose(Instant now, const IncomingPacket& packet);
  void set_limits(const LayerLimits& limits) { limits_ = limits; }
  // A new line of packets begins, at a key frame.
  void restart() { selector_.emplace<std::monostate>(); }
  bool wants_keyframe(Instant now) const;
  // Spatial layer that is forwarded now; kNoLayer: none.
  std::uint8_t spatial() const;

 private:
  template <typename Selector>
  Selector& use() {
    if (auto* used = std::get_if<Selector>(&selector_)) return *used;
    return selector_.emplace<Selector>();
  }

  LayerLimits limits_;
  std::variant<std::monostate, DecodeTargetSelector, Vp9LayerSelector, TemporalSelector> selector_;
};

}  // namespace sfu::media
