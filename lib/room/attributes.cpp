// SPDX-License-Identifier: Apache-2.0
#include "room/attributes.hpp"

#include "room/events.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr int kOkResponseProtocol = 15;

}  // namespace

Result<void> apply_metadata(Instant now, RoomState& state, Updates& updates, Participant& participant,
                            const livekit::UpdateParticipantMetadata& update, Output& out) {
  if (auto problem = exceeds_limits(update, state.options.limits, participant.profile.attributes())) {
    return fail(Errc::kLimitExceeded, *std::move(problem));
  }
  participant.profile.update(update);
  updates.changed(participant, Updates::Cause::kProfile);
  updates.flush(now, out);  // before any answer
  renew_token(out, participant);
  raise_participant_event(state, Event::Type::kParticipantUpdated, participant, out);
  return {};
}

void update_own_metadata(Instant now, RoomState& state, Updates& updates, Participant& participant,
                         const livekit::UpdateParticipantMetadata& request, Output& out) {
  const auto answer = [&](livekit::RequestResponse::Reason reason, std::string message) {
    respond(out, participant, reason, std::move(message), [&](livekit::RequestResponse& response) {
      response.set_request_id(request.request_id());
      *response.mutable_update_metadata() = request;
    });
  };
  if (!participant.profile.permission().can_update_metadata()) {
    answer(livekit::RequestResponse::NOT_ALLOWED, "does not have permission to update own metadata");
    return;
  }
  const auto updated = apply_metadata(now, state, updates, participant, request, out);
  if (!updated) {
    answer(livekit::RequestResponse::LIMIT_EXCEEDED, updated.error().message);
    return;
  }
  if (participant.profile.protocol() >= kOkResponseProtocol) answer(livekit::RequestResponse::OK, {});
}

}  // namespace sfu::room
