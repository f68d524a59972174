// SPDX-License-Identifier: Apache-2.0
#include "room/speaking.hpp"

#include <algorithm>

#include "room/outbox.hpp"
#include "room/updates.hpp"

namespace sfu::room {

namespace {

constexpr double kSimulatedLevel = 0.9;

ParticipantId unpacked(std::uint64_t id) {
  return {static_cast<std::uint32_t>(id), static_cast<std::uint32_t>(id >> 32)};
}

void note_speaking(Participant& recipient, ParticipantId speaker) {
  const auto told = std::ranges::find(recipient.told_speakers, speaker, &ToldSpeaker::id);
  if (told == recipient.told_speakers.end()) {
    recipient.told_speakers.push_back({speaker});
  } else {
    told->ended = kNever;
  }
}

// Whoever was told of the beginning is told of the end, also if it has left off hearing the speaker: livekit-client
// keeps its speakers until it is told. False if there is nothing to tell.
bool note_silence(Instant now, Participant& recipient, ParticipantId speaker) {
  const auto told = std::ranges::find(recipient.told_speakers, speaker, &ToldSpeaker::id);
  if (told == recipient.told_speakers.end() || told->ended != kNever) return false;
  told->ended = now;
  return true;
}

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
  tell(now, {&speaks, 1}, out);
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
    tell(now, {&silent, 1}, out);
    return true;
  });
  if (now < due_) return;
  const bool any = gather(now);
  const auto changes = ranking_.update(levels_);
  if (!changes.empty()) tell(now, changes, out);
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

void Speaking::tell_of(Participant& recipient, const Participant& subject, Output& out) const {
  if (recipient.profile.protocol() < kSpeakerProtocol || recipient.connection == 0) return;
  const auto speakers = ranking_.current();
  const auto found = std::ranges::find(speakers, subject.id.packed(), &media::SpeakerRanking::Speaker::id);
  if (found == speakers.end()) return;
  note_speaking(recipient, subject.id);
  livekit::SignalResponse message;
  add_speaker(*message.mutable_speakers_changed(), subject, found->level);
  send(out, recipient, std::move(message));
}

void Speaking::tell(Instant now, std::span<const media::SpeakerRanking::Speaker> changes, Output& out) {
  state_.roster.for_each([&](Participant& recipient) {
    if (!recipient.profile.reachable() || recipient.profile.protocol() < kSpeakerProtocol) return;
    if (recipient.connection == 0) return;  // a resume tells
    drop_heard(recipient);
    livekit::SignalResponse message;
    for (const auto& change : changes) {
      const auto id = unpacked(change.id);
      const auto* speaker = state_.roster.find(id);
      if (speaker == nullptr) continue;  // its going says enough
      if (change.level > 0) {
        if (id != recipient.id && !subscribing_.is_subscribed(recipient, *speaker)) continue;
        note_speaking(recipient, id);
      } else if (!note_silence(now, recipient, id)) {
        continue;
      }
      add_speaker(*message.mutable_speakers_changed(), *speaker, change.level);
    }
    if (message.has_speakers_changed()) send(out, recipient, std::move(message));
  });
}

void Speaking::resumed(Instant now, Participant& recipient, Output& out) const {
  if (recipient.profile.protocol() < kSpeakerProtocol) return;
  livekit::SignalResponse message;
  const auto speakers = ranking_.current();
  for (auto& told : recipient.told_speakers) {
    const auto* speaker = state_.roster.find(told.id);
    const auto current = std::ranges::find(speakers, told.id.packed(), &media::SpeakerRanking::Speaker::id);
    if (speaker == nullptr || current != speakers.end()) continue;
    told.ended = now;
    add_speaker(*message.mutable_speakers_changed(), *speaker, 0);
  }
  for (const auto& [id, level] : speakers) {
    const auto* speaker = state_.roster.find(unpacked(id));
    if (speaker == nullptr) continue;
    if (speaker->id != recipient.id && !subscribing_.is_subscribed(recipient, *speaker)) continue;
    note_speaking(recipient, speaker->id);
    add_speaker(*message.mutable_speakers_changed(), *speaker, level);
  }
  if (message.has_speakers_changed()) send(out, recipient, std::move(message));
}

// What the client has heard for certain, and those who are gone.
void Speaking::drop_heard(Participant& recipient) const {
  std::erase_if(recipient.told_speakers, [&](const ToldSpeaker& told) {
    const bool heard = told.ended != kNever && told.ended < recipient.last_signal - Updates::kLostOnTheWay;
    return heard || state_.roster.find(told.id) == nullptr;
  });
}

}  // namespace sfu::room
