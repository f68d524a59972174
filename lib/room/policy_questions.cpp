// SPDX-License-Identifier: Apache-2.0
#include "room/policy_questions.hpp"

#include <algorithm>
#include <utility>

#include "room/announcement.hpp"
#include "wire/infos.hpp"

namespace sfu::room {

namespace {

TrackInfo describe_track(const livekit::DataTrackInfo& track) {
  TrackInfo info;
  info.kind = TrackKind::kData;
  info.sid = track.sid();
  info.name = track.name();
  return info;
}

}  // namespace

PolicyParticipant describe(const Participant& participant) {
  const Profile& profile = participant.profile;
  return {profile.identity(), profile.sid(), profile.metadata(), profile.is_agent(), profile.is_recorder()};
}

std::optional<Verdict> PolicyQuestions::may_publish(Instant now, Participant& publisher,
                                                    const livekit::AddTrackRequest& request) {
  if (policy_ == nullptr) return Verdict::allow();
  return ask_publish(now, publisher, wire::to_info(make_track_info(request, {}, publisher.publish_codecs)), request);
}

std::optional<Verdict> PolicyQuestions::may_publish(Instant now, Participant& publisher,
                                                    const livekit::PublishDataTrackRequest& request) {
  if (policy_ == nullptr) return Verdict::allow();
  TrackInfo track;
  track.kind = TrackKind::kData;
  track.name = request.name();
  return ask_publish(now, publisher, track, request);
}

std::optional<bool> PolicyQuestions::may_subscribe(Instant now, Participant& subscriber, Participant& publisher,
                                                   const livekit::TrackInfo& track, Approval& approval) {
  return ask_subscribe(
      now, subscriber, publisher, [&] { return wire::to_info(track); }, {track.sid(), false}, approval);
}

std::optional<bool> PolicyQuestions::may_subscribe(Instant now, Participant& subscriber, Participant& publisher,
                                                   const livekit::DataTrackInfo& track, Approval& approval) {
  return ask_subscribe(
      now, subscriber, publisher, [&] { return describe_track(track); }, {track.sid(), true}, approval);
}

std::optional<Verdict> PolicyQuestions::ask_publish(Instant now, Participant& publisher, const TrackInfo& track,
                                                    Matter matter) {
  auto answer = policy_->ask(PublishRequest{room_, describe(publisher), track});
  if (auto* verdict = std::get_if<Verdict>(&answer)) return std::move(*verdict);
  wait(now, std::get<QuestionId>(answer), publisher.id, std::move(matter));
  return std::nullopt;
}

std::optional<bool> PolicyQuestions::ask_subscribe(Instant now, Participant& subscriber, Participant& publisher,
                                                   const std::function<TrackInfo()>& track, SubscriptionQuestion matter,
                                                   Approval& approval) {
  if (policy_ == nullptr) return true;
  if (approval.allowed || approval.question != 0) return approval.allowed;
  const TrackInfo info = track();
  const auto answer = policy_->ask(SubscribeRequest{room_, describe(subscriber), describe(publisher), info});
  if (const auto* verdict = std::get_if<Verdict>(&answer)) return approval.allowed = verdict->allowed;
  approval.question = std::get<QuestionId>(answer);
  wait(now, approval.question, subscriber.id, std::move(matter));
  return std::nullopt;
}

void PolicyQuestions::wait(Instant now, QuestionId id, ParticipantId participant, Matter matter) {
  waiting_.emplace(id, Question{participant, now + policy_->timeout(), std::move(matter)});
}

std::optional<Question> PolicyQuestions::take(QuestionId id) {
  auto found = waiting_.extract(id);
  if (found.empty()) return std::nullopt;
  return std::move(found.mapped());
}

std::optional<QuestionId> PolicyQuestions::overdue(Instant now) const {
  if (deadline() > now) return std::nullopt;
  return waiting_.begin()->first;
}

std::size_t PolicyQuestions::tracks_of(ParticipantId publisher) const {
  return static_cast<std::size_t>(std::ranges::count_if(waiting_, [publisher](const auto& entry) {
    return entry.second.participant == publisher && !std::holds_alternative<SubscriptionQuestion>(entry.second.matter);
  }));
}

std::vector<Matter> PolicyQuestions::take_requests_of(ParticipantId participant) {
  std::vector<Matter> requests;
  std::erase_if(waiting_, [&](auto& entry) {
    if (entry.second.participant != participant) return false;
    requests.push_back(std::move(entry.second.matter));
    return true;
  });
  return requests;
}

}  // namespace sfu::room
