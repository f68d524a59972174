// SPDX-License-Identifier: Apache-2.0
// What the host's API asks of participants. It is no sign of life of their clients.
#include "room/attributes.hpp"
#include "room/room.hpp"
#include "room/room_parts.hpp"

namespace sfu::room {

namespace {

// A copy is as its source, whose own room it is that changes it.
Result<Participant*> find_own(Roster& roster, ParticipantId id) {
  auto* participant = roster.find(id);
  if (participant == nullptr) return fail(Errc::kNotFound, "no such participant");
  if (participant->is_copy()) return fail(Errc::kUnsupported, "a forwarded participant is changed in its own room");
  return participant;
}

}  // namespace

Result<void> Room::set_permission(Instant now, ParticipantId id, const livekit::ParticipantPermission& permission,
                                  Output& out) {
  SFU_TRY(auto* participant, find_own(parts_->state.roster, id));
  parts_->administration.set_permission(now, *participant, permission, out);
  parts_->settle(now, out);
  return {};
}

Result<void> Room::update_participant(Instant now, ParticipantId id, const livekit::UpdateParticipantMetadata& update,
                                      Output& out) {
  SFU_TRY(auto* participant, find_own(parts_->state.roster, id));
  auto updated = apply_metadata(now, parts_->state, parts_->updates, *participant, update, out);
  parts_->settle(now, out);
  return updated;
}

Result<livekit::TrackInfo> Room::mute_published_track(Instant now, ParticipantId id, const std::string& track_sid,
                                                      bool muted, Output& out) {
  SFU_TRY(auto* participant, find_own(parts_->state.roster, id));
  auto track = parts_->administration.mute_track(now, *participant, track_sid, muted, out);
  parts_->settle(now, out);
  return track;
}

Result<std::shared_ptr<media::FilterPlace>> Room::attach_filter(ParticipantId id, const std::string& track_sid,
                                                                PacketFilter& filter) {
  SFU_TRY(auto* participant, find_own(parts_->state.roster, id));
  Publication* publication = participant->find_publication(track_sid);
  if (publication == nullptr) return fail(Errc::kNotFound, "no such track");
  auto place = publication->filters.attach(filter);
  for (const auto& codec : publication->codecs) {
    if (codec->live()) codec->media->set_filters(&publication->filters);
  }
  return place;
}

Result<void> Room::update_subscriptions(Instant now, ParticipantId id, const livekit::UpdateSubscription& update,
                                        Output& out) {
  SFU_TRY(auto* participant, find_own(parts_->state.roster, id));
  parts_->subscribing.update(now, *participant, update);
  parts_->settle(now, out);
  return {};
}

void Room::send_data(Instant now, const livekit::DataPacket& packet, Output& out) {
  parts_->data.send(now, packet, out);
  parts_->settle(now, out);
}

Result<void> Room::perform_rpc(Instant now, ParticipantId id, RpcCallId call, const RpcRequest& request, Output& out) {
  SFU_TRY(auto* participant, find_own(parts_->state.roster, id));
  if (const auto packet = parts_->rpc.start(now, call, *participant, request)) parts_->data.send(now, *packet, out);
  parts_->settle(now, out);
  return {};
}

bool Room::any_rpc_ended() const {
  return parts_->rpc.any_ended();
}
std::vector<RpcEnded> Room::take_ended_rpcs() {
  return parts_->rpc.take_ended();
}

AgentDispatches& Room::agent_dispatches() {
  return parts_->agent_dispatches;
}

}  // namespace sfu::room
