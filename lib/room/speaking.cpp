// SPDX-License-Identifier: Apache-2.0
#include "room/speaking.hpp"

#include <algorithm>

#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr double kSimulatedLevel = 0.9;

void add_speaker(livekit::SpeakersChanged& message, const Participant& speaker, double level) {
  auto* told = message.add_speakers();
  told->set_sid(speaker.profile.sid());
  told->set_level(static_cast<float>(level));
  told->set_active(level > 0);
}

}  // namespace

void Speaking::tracks_changed(Instant now) {
  if (due_ == kNever) due_ = now + state_.options.speakers.interval;
}

void Speaking::simulate(Instant now, const Participant& participant, Duration duration, Output& out) {
  const media::SpeakerRanking::Speaker speaks{participant.id.packed(), kSimulatedLevel};
  tell({&speaks, 1}, out);
  std::erase_if(simulated_, [&](const Simulated& other) { return other.id == participant.id; });
  simulated_.push_back({participant.id, now + duration});
}

Instant Speaking::deadline() const {
  Instant deadline = due_;
  for (const Simulated& simulated : simulated_) deadline = std::min(deadline, simulated.until);
  return deadline;
}

void Speaking::advance(Instant now, Output& out) {
  std::erase_if(simulated_, [&](const Simulated& simulated) {
    if (now < simulated.until) return false;
    const media::SpeakerRanking::Speaker silent{simulated.id.packed(), 0};
    tell({&silent, 1}, out);
    return true;
  });
  if (now < due_) return;
  const bool any = gather(now);
  const auto changes = ranking_.update(levels_);
  if (!changes.empty()) tell(changes, out);
  due_ = any ? now + state_.options.speakers.interval : kNever;
}

bool Speaking::gather(Instant now) {
  levels_.clear();
  bool any = false;
  state_.roster.for_each([&](Participant& participant) {
    for (const auto& publication : participant.publications) {
      if (!publication->live() || publication->info.source() != livekit::MICROPHONE) continue;
      any = true;
      double level = 0;
      for (const auto& codec : publication->codecs) {
        if (codec->live()) level = std::max(level, codec->media->audio_level(now));
      }
      if (level > 0) levels_.push_back({participant.id.packed(), level});
    }
  });
  return any;
}

void Speaking::tell_of(const Participant& recipient, const Participant& subject, Output& out) const {
  if (recipient.profile.protocol() < kSpeakerProtocol) return;
  const auto speakers = ranking_.current();
  const auto found = std::ranges::find(speakers, subject.id.packed(), &media::SpeakerRanking::Speaker::id);
  if (found == speakers.end()) return;
  livekit::SignalResponse message;
  add_speaker(*message.mutable_speakers_changed(), subject, found->level);
  send(out, recipient, std::move(message));
}

void Speaking::tell(std::span<const media::SpeakerRanking::Speaker> changes, Output& out) {
  state_.roster.for_each([&](Participant& recipient) {
    if (!recipient.profile.reachable() || recipient.profile.protocol() < kSpeakerProtocol) return;
    livekit::SignalResponse message;
    for (const auto& change : changes) {
      const ParticipantId id{static_cast<std::uint32_t>(change.id), static_cast<std::uint32_t>(change.id >> 32)};
      const auto* speaker = state_.roster.find(id);
      if (speaker == nullptr) continue;  // its going says enough
      if (id != recipient.id && !subscribing_.is_subscribed(recipient, *speaker)) continue;
      add_speaker(*message.mutable_speakers_changed(), *speaker, change.level);
    }
    if (message.has_speakers_changed()) send(out, recipient, std::move(message));
  });
}

}  // namespace sfu::room
