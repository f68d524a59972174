// SPDX-License-Identifier: Apache-2.0
// What a room has asked the host's policy and waits for. Who acts on the verdict: RoomParts::decide(). Where there is
// no policy, everything is allowed and nothing is kept.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "livekit_rtc.pb.h"
#include "room/participant.hpp"
#include "room/policy.hpp"

namespace sfu::room {

// What a participant asked for, and what is to be decided of it.
struct SubscriptionQuestion {
  std::string track_sid;
  bool of_data = false;
};
using Matter = std::variant<livekit::AddTrackRequest, livekit::PublishDataTrackRequest, SubscriptionQuestion>;

struct Question {
  ParticipantId participant;
  Instant deadline{};
  Matter matter;
};

class PolicyQuestions {
 public:
  // Both outlive it.
  PolicyQuestions(Policy* policy, const std::string& room) : policy_(policy), room_(room) {}

  // Nullopt: it waits, and so does what asks.
  std::optional<Verdict> may_publish(Instant now, Participant& publisher, const livekit::AddTrackRequest& request);
  std::optional<Verdict> may_publish(Instant now, Participant& publisher,
                                     const livekit::PublishDataTrackRequest& request);
  // Asks once, and remembers the verdict in `approval`.
  std::optional<bool> may_subscribe(Instant now, Participant& subscriber, Participant& publisher,
                                    const livekit::TrackInfo& track, Approval& approval);
  std::optional<bool> may_subscribe(Instant now, Participant& subscriber, Participant& publisher,
                                    const livekit::DataTrackInfo& track, Approval& approval);

  // Nullopt if nobody waits for it (any more).
  std::optional<Question> take(QuestionId id);
  std::optional<QuestionId> overdue(Instant now) const;
  // Publications that wait.
  std::size_t tracks_of(ParticipantId publisher) const;
  // The participant goes to another room, and its requests with it.
  std::vector<Matter> take_requests_of(ParticipantId participant);

  Instant deadline() const { return waiting_.empty() ? kNever : waiting_.begin()->second.deadline; }

 private:
  std::optional<Verdict> ask_publish(Instant now, Participant& publisher, const TrackInfo& track, Matter matter);
  std::optional<bool> ask_subscribe(Instant now, Participant& subscriber, Participant& publisher,
                                    const std::function<TrackInfo()>& track, SubscriptionQuestion matter,
                                    Approval& approval);
  void wait(Instant now, QuestionId id, ParticipantId participant, Matter matter);

  Policy* policy_;
  const std::string& room_;
  std::map<QuestionId, Question> waiting_;  // in the order in which they were asked, all for the same while
};

// The participant as the policy sees it, as long as that lives.
PolicyParticipant describe(const Participant& participant);

}  // namespace sfu::room
