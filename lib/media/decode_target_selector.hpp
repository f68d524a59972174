// SPDX-License-Identifier: Apache-2.0
// Which frames one subscriber gets of a stream with dependency descriptors (RTP Payload Format For AV1, appendix A;
// media spec 3.3): those of the highest decode target that is active, allowed and whose chain is whole. A frame whose
// references were left out is left out too, so that all that goes out can be decoded.
#pragma once

#include <array>
#include <cstdint>

#include "base/time.hpp"
#include "media/incoming_packet.hpp"
#include "media/layer_choice.hpp"
#include "media/layered_frame.hpp"

namespace sfu::media {

class DecodeTargetSelector {
 public:
  static constexpr Duration kWait = std::chrono::milliseconds(300);  // for a lost frame to be brought back

  // Hot path, in the order of arrival.
  LayerChoice choose(Instant now, const IncomingPacket& packet, const LayerLimits& limits);
  bool wants_keyframe(Instant now) const { return need_.wanted(now); }
  std::uint8_t spatial() const { return target_ < 0 ? kNoLayer : spatial_; }

 private:
  enum class Fate : std::uint8_t { kUnknown, kForwarded, kLeftOut };
  // Of the newest frames, by the low bits of their number.
  struct Decision {
    std::uint32_t number : 30 = 0;
    std::uint32_t fate : 2 = 0;
  };
  static constexpr std::size_t kDecisions = 256;
  struct Chain {
    bool whole = false;
    bool waits = false;
    std::int64_t awaited = 0;  // a frame of it that has not come
    Instant since{};
  };

  Fate fate(std::int64_t number) const;
  void decide(std::int64_t number, Fate fate);
  void begin_structure(const LayeredFrame& frame);
  void follow_chains(Instant now, const LayeredFrame& frame);
  void follow_chain(Instant now, std::int64_t number, std::uint8_t diff, Chain& chain);
  bool is_whole(const LayeredFrame& frame, std::size_t target) const;
  void choose_target(Instant now, const LayeredFrame& frame, const LayerLimits& limits, bool begins_picture);
  int best_target(const LayeredFrame& frame, const LayerLimits& limits, bool& better_exists) const;
  int least_target(const LayeredFrame& frame) const;
  void take(const LayeredFrame& frame, int target);
  bool is_needed(const LayeredFrame& frame) const;
  void note_targets(const LayeredFrame& frame);
  LayerChoice describe(const LayeredFrame& frame, const LayerChoice& choice);

  bool started_ = false;
  std::int8_t target_ = -1;  // none
  std::uint8_t spatial_ = 0;
  std::uint8_t temporal_ = 0;
  std::uint32_t structure_id_ = 0;
  std::uint32_t targets_ = 0;       // that the subscriber can decode
  std::uint32_t told_targets_ = 0;  // what its decoder takes them to be
  std::int64_t newest_ = 0;
  std::int64_t first_ = 0;
  std::int64_t timestamp_ = 0;  // of the newest frame
  KeyframeNeed need_;
  std::array<Chain, codec::kMaxChains> chains_;
  std::array<Decision, kDecisions> decisions_{};
};

}  // namespace sfu::media
