// SPDX-License-Identifier: Apache-2.0
#include "media/decode_target_selector.hpp"

#include <algorithm>

namespace sfu::media {

using Indication = codec::DecodeTargetIndication;

DecodeTargetSelector::Fate DecodeTargetSelector::fate(std::int64_t number) const {
  const Decision& at = decisions_[static_cast<std::uint64_t>(number) % kDecisions];
  const bool known = at.number == (static_cast<std::uint64_t>(number) & 0x3fffffff);
  return known ? static_cast<Fate>(at.fate) : Fate::kUnknown;
}

void DecodeTargetSelector::decide(std::int64_t number, Fate fate) {
  Decision& at = decisions_[static_cast<std::uint64_t>(number) % kDecisions];
  at.number = static_cast<std::uint64_t>(number) & 0x3fffffff;
  at.fate = static_cast<std::uint32_t>(fate) & 3;
}

LayerChoice DecodeTargetSelector::choose(Instant now, const IncomingPacket& packet, const LayerLimits& limits) {
  const LayeredFrame& frame = *packet.frame;
  LayerChoice choice;
  choice.forward = false;
  if (frame.kind != LayeredFrame::Kind::kDependencies) {
    // The end of a frame of before the newest structure: its start was decided on.
    choice.forward = fate(frame.number) == Fate::kForwarded;
    // Or the structure is lost: if it is not brought back, only another key frame helps.
    if (frame.number > newest_) need_.note(now, KeyframeNeed::Need::kBetter);
    return choice;
  }
  if (!started_ || frame.structure_id != structure_id_) begin_structure(frame);
  if (frame.number < first_ || newest_ - frame.number >= static_cast<std::int64_t>(kDecisions)) return choice;

  // One that comes late changes nothing: it is of use, or not.
  if (frame.number > newest_) {
    newest_ = frame.number;
    follow_chains(now, frame);
    choose_target(now, frame, limits, packet.timestamp != timestamp_);
    timestamp_ = packet.timestamp;
  }
  Fate decided = fate(frame.number);
  if (decided == Fate::kUnknown) {
    decided = is_needed(frame) ? Fate::kForwarded : Fate::kLeftOut;
    decide(frame.number, decided);
  }
  choice.forward = decided == Fate::kForwarded;
  return describe(frame, choice);
}

// A key frame: whatever was before, it starts all chains that its chain diffs do not refer back with. What overtook it
// keeps its fate.
void DecodeTargetSelector::begin_structure(const LayeredFrame& frame) {
  started_ = true;
  structure_id_ = frame.structure_id;
  target_ = -1;
  first_ = frame.number;
  newest_ = frame.number - 1;
  timestamp_ = -1;
  for (Chain& chain : chains_) chain = {};
  // What a decoder believes until it is told otherwise.
  told_targets_ = static_cast<std::uint32_t>((std::uint64_t{1} << frame.structure->decode_target_count) - 1);
}

void DecodeTargetSelector::follow_chains(Instant now, const LayeredFrame& frame) {
  for (std::size_t i = 0; i < frame.structure->chain_count; ++i) {
    follow_chain(now, frame.number, frame.descriptor.frame.chain_diffs[i], chains_[i]);
  }
}

void DecodeTargetSelector::follow_chain(Instant now, std::int64_t number, std::uint8_t diff, Chain& chain) {
  if (diff == 0) {
    chain = {.whole = true};
    return;
  }
  if (!chain.whole) return;
  // A second loss is looked at once the first is made good: a decoder that misses it will say so.
  if (!chain.waits) {
    chain.awaited = number - diff;
    chain.since = now;
  }
  switch (fate(chain.awaited)) {
    case Fate::kForwarded: chain.waits = false; break;
    case Fate::kLeftOut: chain = {}; break;
    case Fate::kUnknown:
      chain.waits = true;
      if (chain.awaited < first_ || now - chain.since >= kWait) chain = {};
      break;
  }
}

bool DecodeTargetSelector::is_whole(const LayeredFrame& frame, std::size_t target) const {
  return frame.structure->chain_count == 0 || chains_[frame.structure->protecting_chain[target]].whole;
}

// The highest that is active, allowed and whole. Into more than was forwarded before only at a frame from which on all
// of the target can be decoded. `better_exists`: one that would be allowed has a higher spatial layer.
int DecodeTargetSelector::best_target(const LayeredFrame& frame, const LayerLimits& limits, bool& better_exists) const {
  const codec::FrameDependencyStructure& structure = *frame.structure;
  const auto rank = [&](int target) {
    return target < 0 ? -1 : structure.target_spatial[target] * 8 + structure.target_temporal[target];
  };
  int best = -1;
  int highest_spatial = -1;
  for (int target = 0; target < structure.decode_target_count; ++target) {
    const std::uint8_t spatial = structure.target_spatial[target];
    const std::uint8_t temporal = structure.target_temporal[target];
    if ((frame.active_targets >> target & 1) == 0 || temporal > limits.temporal) continue;
    if (limits.spatial != kNoLayer && spatial > limits.spatial) continue;
    highest_spatial = std::max<int>(highest_spatial, spatial);
    const bool within = target_ >= 0 && spatial <= spatial_ && temporal <= temporal_;
    const bool enters = frame.descriptor.frame.decode_targets[target] == Indication::kSwitch;
    if (is_whole(frame, target) && (within || enters) && rank(target) > rank(best)) best = target;
  }
  better_exists = highest_spatial > (best < 0 ? -1 : int{structure.target_spatial[best]});
  return best;
}

// Nothing is sent that is allowed: the least of what is, rather than nothing (media spec 3.8, overshoot).
int DecodeTargetSelector::least_target(const LayeredFrame& frame) const {
  const codec::FrameDependencyStructure& structure = *frame.structure;
  int least = -1;
  for (int target = 0; target < structure.decode_target_count; ++target) {
    if ((frame.active_targets >> target & 1) == 0 || !is_whole(frame, target)) continue;
    const bool enters = frame.descriptor.frame.decode_targets[target] == Indication::kSwitch;
    if (target != target_ && !enters) continue;
    if (least < 0 || structure.target_spatial[target] < structure.target_spatial[least]) least = target;
  }
  return least;
}

void DecodeTargetSelector::choose_target(Instant now, const LayeredFrame& frame, const LayerLimits& limits,
                                         bool begins_picture) {
  bool better_exists = false;
  int best = best_target(frame, limits, better_exists);
  const bool holds = target_ >= 0 && (frame.active_targets >> target_ & 1) != 0 && is_whole(frame, target_);
  if (best < 0 && !better_exists) best = least_target(frame);
  const bool leaves_spatial = holds && (best < 0 || frame.structure->target_spatial[best] < spatial_);
  // A lower layer that cannot be entered yet (it was not needed and not forwarded): what is shown goes on until then,
  // unless there is no room for it. And a picture that began with an upper layer ends with it.
  const bool stays = leaves_spatial && (!begins_picture || (best < 0 && !limits.deficient));
  const bool stranded = stays && best < 0;
  if (stranded) {
    LayerLimits shown = limits;
    shown.spatial = spatial_;
    bool ignored = false;
    best = best_target(frame, shown, ignored);
  }
  if (!stays || (stranded && best >= 0)) take(frame, best);
  if (target_ < 0 || stranded) {
    need_.note(now, KeyframeNeed::Need::kUrgent);
  } else {
    need_.note(now, better_exists ? KeyframeNeed::Need::kBetter : KeyframeNeed::Need::kNone);
  }
  note_targets(frame);
}

void DecodeTargetSelector::take(const LayeredFrame& frame, int target) {
  target_ = static_cast<std::int8_t>(target);
  if (target < 0) return;
  spatial_ = frame.structure->target_spatial[target];
  temporal_ = frame.structure->target_temporal[target];
}

bool DecodeTargetSelector::is_needed(const LayeredFrame& frame) const {
  const codec::FrameDependencies& needs = frame.descriptor.frame;
  if (target_ < 0 || needs.decode_targets[target_] == Indication::kNotPresent) return false;
  for (std::size_t i = 0; i < needs.frame_diff_count; ++i) {
    if (fate(frame.number - needs.frame_diffs[i]) == Fate::kLeftOut) return false;
  }
  return true;
}

void DecodeTargetSelector::note_targets(const LayeredFrame& frame) {
  const codec::FrameDependencyStructure& structure = *frame.structure;
  targets_ = 0;
  for (std::size_t target = 0; target_ >= 0 && target < structure.decode_target_count; ++target) {
    const bool within = structure.target_spatial[target] <= spatial_ && structure.target_temporal[target] <= temporal_;
    if (within && is_whole(frame, target)) targets_ |= 1u << target;
  }
  targets_ &= frame.active_targets;
}

LayerChoice DecodeTargetSelector::describe(const LayeredFrame& frame, const LayerChoice& choice) {
  LayerChoice out = choice;
  if (!out.forward) return out;
  out.marker = frame.descriptor.header.last_in_frame && frame.descriptor.frame.spatial_layer >= spatial_;
  if (!frame.descriptor.header.first_in_frame) return out;
  out.tells_targets = targets_ != frame.active_targets || targets_ != told_targets_;
  out.target_count = frame.structure->decode_target_count;
  out.active_targets = targets_;
  told_targets_ = targets_;
  return out;
}

}  // namespace sfu::media
