// SPDX-License-Identifier: Apache-2.0
#include "capi/policy.hpp"

#include <mutex>

#include "capi/answer.hpp"
#include "capi/claims.hpp"
#include "capi/handles.hpp"
#include "capi/kinds.hpp"
#include "capi/values.hpp"

namespace sfu::capi {
namespace {

static_assert(static_cast<int>(DataKind::kOther) == SFU_DATA_OTHER);

// C++ gives a Decision to one thread at a time; here any may answer.
class Pending {
 public:
  Pending(Decision decision, bool of_join) : of_join_(of_join), decision_(std::move(decision)) {}

  void decide(Verdict verdict) {
    if (verdict.grants && !of_join_) refuse(SFU_ERROR_FAILED_PRECONDITION, "grants are for those who join");
    const std::lock_guard lock(mutex_);
    decision_.decide(std::move(verdict));
  }

 private:
  const bool of_join_;
  std::mutex mutex_;
  Decision decision_;
};

const sfu_policy_participant* to_c(Arena& arena, const PolicyParticipant& participant) {
  auto* made = arena.make<sfu_policy_participant>();
  made->identity = arena.text(participant.identity);
  made->sid = arena.text(participant.sid);
  made->metadata = arena.text(participant.metadata);
  made->agent = participant.agent;
  made->recorder = participant.recorder;
  return made;
}

}  // namespace

template <>
struct Handle<sfu_decision> {
  using Object = Pending;
  static constexpr unsigned kKind = kinds::kDecision;
  static constexpr const char* kName = "sfu_decision";
};

namespace {

sfu_decision* pending(Decision decision, bool of_join = false) {
  return add<sfu_decision>(std::make_shared<Pending>(std::move(decision), of_join));
}

}  // namespace

void HostPolicy::on_join(const JoinRequest& request, Decision decision) {
  if (callbacks_->on_join == nullptr) return decision.allow();
  Arena arena;
  auto* made = arena.make<sfu_join_request>();
  made->claims = to_c(arena, request.claims);
  made->client_address = arena.text(request.client_address);
  made->room_exists = request.room_exists;
  made->already_there = request.already_there;
  made->checking = request.checking;
  made->participants = request.participants;
  callbacks_(callbacks_->on_join, made, pending(std::move(decision), true));
}

void HostPolicy::on_publish(const PublishRequest& request, Decision decision) {
  if (callbacks_->on_publish == nullptr) return decision.allow();
  Arena arena;
  auto* made = arena.make<sfu_publish_request>();
  made->room = arena.text(request.room);
  made->publisher = to_c(arena, request.publisher);
  made->track = to_c(arena, request.track);
  callbacks_(callbacks_->on_publish, made, pending(std::move(decision)));
}

void HostPolicy::on_subscribe(const SubscribeRequest& request, Decision decision) {
  if (callbacks_->on_subscribe == nullptr) return decision.allow();
  Arena arena;
  auto* made = arena.make<sfu_subscribe_request>();
  made->room = arena.text(request.room);
  made->subscriber = to_c(arena, request.subscriber);
  made->publisher = to_c(arena, request.publisher);
  made->track = to_c(arena, request.track);
  callbacks_(callbacks_->on_subscribe, made, pending(std::move(decision)));
}

DataVerdict HostPolicy::on_data(const DataRequest& request) {
  if (callbacks_->on_data == nullptr) return DataVerdict::allow();
  Arena arena;
  auto* made = arena.make<sfu_data_request>();
  made->room = arena.text(request.room);
  made->sender = to_c(arena, request.sender);
  made->kind = static_cast<sfu_data_kind>(request.kind);
  made->reliable = request.reliable;
  made->topic = arena.text(request.topic);
  made->id = arena.text(request.id);
  made->payload = request.payload.data();
  made->payload_length = request.payload.size();
  made->to_identities = arena.texts(request.to_identities);
  made->to_identity_count = request.to_identities.size();
  made->to_sids = arena.texts(request.to_sids);
  made->to_sid_count = request.to_sids.size();
  sfu_answer answer(sfu_answer::Question::kData);
  callbacks_(callbacks_->on_data, made, &answer);
  return {.allowed = answer.accepted, .payload = std::move(answer.payload)};
}

}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_decision_allow(sfu_decision* decision) {
  return enter([&] { find(decision)->decide(sfu::Verdict::allow()); });
}

sfu_status sfu_decision_deny(sfu_decision* decision, const char* reason) {
  return enter([&] { find(decision)->decide(sfu::Verdict::deny(text(reason, "reason"))); });
}

sfu_status sfu_decision_allow_with(sfu_decision* decision, const sfu_video_grant* grants) {
  return enter([&] {
    const auto object = find(decision);
    object->decide(sfu::Verdict::allow_with(from_c(grants)));
  });
}

sfu_status sfu_decision_release(sfu_decision* decision) {
  return release(decision);
}
