// SPDX-License-Identifier: Apache-2.0
#include "room/attributes.hpp"

#include "room/events.hpp"
#include "room/outbox.hpp"

namespace sfu::room {

namespace {

constexpr int kOkResponseProtocol = 15;

}  // namespace

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
  if (const char* problem = exceeds_limits(request)) {
    answer(livekit::RequestResponse::LIMIT_EXCEEDED, problem);
    return;
  }
  participant.profile.update(request);
  updates.changed(participant, Updates::Cause::kProfile);
  updates.flush(now, out);  // the update comes before the answer
  raise_participant_event(state, Event::Type::kParticipantUpdated, participant, out);
  if (participant.profile.protocol() >= kOkResponseProtocol) answer(livekit::RequestResponse::OK, {});
}

}  // namespace sfu::room
