// SPDX-License-Identifier: Apache-2.0
#include "media/speaker_ranking.hpp"

#include <algorithm>
#include <cmath>

namespace sfu::media {
namespace {

constexpr double kSteps = 8;

bool louder(const SpeakerRanking::Speaker& a, const SpeakerRanking::Speaker& b) {
  return a.level != b.level ? a.level > b.level : a.id < b.id;
}

const SpeakerRanking::Speaker* find_speaker(std::span<const SpeakerRanking::Speaker> speakers, std::uint64_t id) {
  const auto found = std::ranges::find(speakers, id, &SpeakerRanking::Speaker::id);
  return found != speakers.end() ? &*found : nullptr;
}

}  // namespace

std::span<const SpeakerRanking::Speaker> SpeakerRanking::update(std::span<const Speaker> levels) {
  next_.clear();
  for (const Speaker& speaker : levels) {
    if (speaker.level <= 0) continue;
    const double level = std::min(std::ceil(speaker.level * kSteps) / kSteps, 1.0);
    const auto known = std::ranges::find(next_, speaker.id, &Speaker::id);
    if (known == next_.end()) {
      next_.push_back({speaker.id, level});
    } else {
      known->level = std::max(known->level, level);
    }
  }
  std::ranges::sort(next_, louder);

  changes_.clear();
  for (const Speaker& speaker : next_) {
    const Speaker* before = find_speaker(current_, speaker.id);
    if (before == nullptr || before->level != speaker.level) changes_.push_back(speaker);
  }
  for (const Speaker& before : current_) {
    if (find_speaker(next_, before.id) == nullptr) changes_.push_back({before.id, 0});
  }
  current_.swap(next_);
  return changes_;
}

}  // namespace sfu::media
