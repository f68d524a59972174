// SPDX-License-Identifier: Apache-2.0
// Which encoding one subscriber gets (media spec 3.3): the best one that is being sent and not above what it may have,
// entered at a key frame only. A target that gives no key frame is left alone for a while, so that the picture is
// never waited for in vain.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "media/incoming_packet.hpp"
#include "media/media.hpp"

namespace sfu::media {

class LayerSelector {
 public:
  enum class Verdict { kDrop, kForward, kSwitch };

  static constexpr Duration kHold = std::chrono::seconds(1);  // for the target, before a lower one is begun with
  // Waiting for the target's key frame: while another layer is shown, and while nothing is.
  static constexpr Duration kGiveUp = std::chrono::seconds(5);
  static constexpr Duration kGiveUpDark = std::chrono::seconds(2);
  static constexpr Duration kLeaveAlone = std::chrono::seconds(10);

  LayerSelector(rtp::MediaKind kind, std::uint8_t max_layer) : kind_(kind), max_(max_layer) {}

  // Hot path. kSwitch: this packet can begin the layer; call switched() if that was done.
  Verdict judge(Instant now, const IncomingPacket& packet) const;
  void switched(Instant now, const IncomingPacket& packet);

  // What is being sent changed, or time passed.
  void update(Instant now, std::uint8_t usable_layers);
  void set_max(std::uint8_t layer) { max_ = layer; }
  // There is no bandwidth for a layer above what may be had: it stops at once if a lower one is to be shown. True: it
  // stopped.
  bool stop_excess(Instant now);
  // Forwarding begins, or goes on after a pause: only a key frame will do.
  void restart(Instant now);

  std::uint8_t current() const { return current_; }
  std::uint8_t target() const { return target_; }
  std::uint8_t max() const { return max_; }
  // A key frame is needed of this layer; kNoLayer if of none.
  std::uint8_t wanted() const { return kind_ == rtp::MediaKind::kVideo && current_ != target_ ? target_ : kNoLayer; }

 private:
  bool showing() const { return current_ != kNoLayer && (usable_ >> current_ & 1) != 0; }
  std::uint8_t best(Instant now, std::uint8_t usable_layers) const;

  rtp::MediaKind kind_;
  std::uint8_t current_ = kNoLayer;
  std::uint8_t current_generation_ = 0;
  std::uint8_t target_ = kNoLayer;
  std::uint8_t max_;
  std::uint8_t usable_ = 0;
  Instant hold_until_ = Instant::min();
  Instant target_since_{};
  std::array<Instant, kMaxLayers> left_alone_until_{Instant::min(), Instant::min(), Instant::min()};
};

}  // namespace sfu::media
