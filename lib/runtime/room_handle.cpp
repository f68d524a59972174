// SPDX-License-Identifier: Apache-2.0
// The public handles: each call finds its room's worker, and asks there.
#include <algorithm>

#include "base/utf8.hpp"
#include "room/agent_dispatches.hpp"
#include "runtime/engine_impl.hpp"
#include "runtime/infos.hpp"
#include "sfu/room.hpp"

namespace sfu {
namespace {

Failure no_room(const std::string& name) {
  return fail(Errc::kNotFound, "no room " + name);
}
Failure no_participant(const std::string& identity) {
  return fail(Errc::kNotFound, "no participant " + identity);
}

}  // namespace

// `function(now, shard, room)` on the worker where the room lives.
template <typename Function>
auto Room::call(Function function) const
    -> decltype(function(Instant{}, std::declval<runtime::Shard&>(), std::declval<room::Room&>())) {
  using Returned = decltype(function(Instant{}, std::declval<runtime::Shard&>(), std::declval<room::Room&>()));
  const auto worker = engine_->impl_->placement().find(name_);
  if (!worker) return no_room(name_);
  return engine_->impl_->call(
      *worker, [name = name_, function = std::move(function)](Instant now, runtime::Shard& shard) -> Returned {
        room::Room* room = shard.find_room(name);
        if (room == nullptr) return no_room(name);
        return function(now, shard, *room);
      });
}

Result<RoomInfo> Room::info() const {
  return call([](Instant, runtime::Shard&, room::Room& room) -> Result<RoomInfo> {
    return runtime::to_info(room.info(), room.options());
  });
}

Result<std::vector<ParticipantInfo>> Room::participants() const {
  return call([](Instant, runtime::Shard&, room::Room& room) -> Result<std::vector<ParticipantInfo>> {
    std::vector<ParticipantInfo> infos;
    for (const room::ParticipantId id : room.participants()) {
      infos.push_back(wire::to_info(room.participant_info(id)));
    }
    return infos;
  });
}

Result<RoomStatistics> Room::statistics() const {
  return call(
      [](Instant now, runtime::Shard&, room::Room& room) -> Result<RoomStatistics> { return room.statistics(now); });
}

Result<void> Room::set_metadata(std::string metadata) const {
  SFU_CHECK_OK(check_utf8("metadata", metadata));
  return call([metadata = std::move(metadata)](Instant now, runtime::Shard& shard, room::Room& room) -> Result<void> {
    shard.with_room(now, room, [&](room::Room& r, room::Output& out) { r.set_metadata(now, metadata, out); });
    return {};
  });
}

Participant Room::participant(std::string identity) const {
  return {*this, std::move(identity)};
}

Result<void> Room::send_data(std::span<const std::uint8_t> payload, const DataOptions& options) const {
  constexpr std::size_t kMaxPayload = 60'000;  // with the rest of the packet below what SCTP carries
  if (payload.size() > kMaxPayload) return fail(Errc::kInvalidArgument, "data of more than 60000 bytes");
  SFU_CHECK_OK(check_utf8("topic", options.topic));
  SFU_CHECK_OK(check_utf8("to", options.to));
  SFU_CHECK_OK(check_utf8("to_sids", options.to_sids));
  livekit::DataPacket packet;
  packet.set_kind(options.reliable ? livekit::DataPacket::RELIABLE : livekit::DataPacket::LOSSY);
  packet.mutable_destination_identities()->Assign(options.to.begin(), options.to.end());
  livekit::UserPacket& user = *packet.mutable_user();
  user.set_payload(payload.data(), payload.size());
  if (!options.topic.empty()) user.set_topic(options.topic);
  if (!options.nonce.empty()) user.set_nonce(options.nonce);
  *user.mutable_destination_identities() = packet.destination_identities();
  user.mutable_destination_sids()->Assign(options.to_sids.begin(), options.to_sids.end());
  return call([packet = std::move(packet)](Instant now, runtime::Shard& shard, room::Room& room) -> Result<void> {
    shard.with_room(now, room, [&](room::Room& r, room::Output& out) { r.send_data(now, packet, out); });
    return {};
  });
}

Result<std::vector<AgentDispatch>> Room::agent_dispatches() const {
  return call([](Instant, runtime::Shard&, room::Room& room) -> Result<std::vector<AgentDispatch>> {
    return room.agent_dispatches().all();
  });
}

Result<AgentDispatch> Room::add_agent_dispatch(AgentDispatch dispatch) const {
  SFU_CHECK_OK(check_utf8("agent_name", dispatch.agent_name));
  SFU_CHECK_OK(check_utf8("metadata", dispatch.metadata));
  SFU_CHECK_OK(check_utf8("attributes", dispatch.attributes));
  SFU_CHECK_OK(check_utf8("deployment", dispatch.deployment));
  return call(
      [dispatch = std::move(dispatch)](Instant now, runtime::Shard&, room::Room& room) -> Result<AgentDispatch> {
        return room.agent_dispatches().add(now, dispatch);
      });
}

Result<AgentDispatch> Room::remove_agent_dispatch(const std::string& id) const {
  return call([id](Instant, runtime::Shard&, room::Room& room) { return room.agent_dispatches().remove(id); });
}

Result<void> Room::close() const {
  return call([](Instant now, runtime::Shard& shard, room::Room& room) -> Result<void> {
    shard.with_room(now, room, [now](room::Room& r, room::Output& out) { r.close(now, livekit::ROOM_DELETED, out); });
    return {};
  });
}

Result<ParticipantInfo> Participant::info() const {
  return room_.call([identity = identity_](Instant, runtime::Shard&, room::Room& room) -> Result<ParticipantInfo> {
    const room::ParticipantId id = room.find(identity);
    if (!id) return no_participant(identity);
    return wire::to_info(room.participant_info(id));
  });
}

Result<ParticipantPermission> Participant::permission() const {
  return room_.call(
      [identity = identity_](Instant, runtime::Shard&, room::Room& room) -> Result<ParticipantPermission> {
        const room::ParticipantId id = room.find(identity);
        if (!id) return no_participant(identity);
        return wire::to_info(room.participant_info(id).permission());
      });
}

Track Participant::track(std::string sid) const {
  return {*this, std::move(sid)};
}

// `operation(now, room, id, out)` on the participant, and what comes of it goes out.
template <typename Operation>
auto Participant::change(Operation operation) const {
  using Returned =
      decltype(operation(Instant{}, std::declval<room::Room&>(), room::ParticipantId(), std::declval<room::Output&>()));
  return room_.call([identity = identity_, operation = std::move(operation)](Instant now, runtime::Shard& shard,
                                                                             room::Room& room) -> Returned {
    const room::ParticipantId id = room.find(identity);
    if (!id) return no_participant(identity);
    Returned result = fail(Errc::kInternal);
    shard.with_room(now, room, [&](room::Room& r, room::Output& out) { result = operation(now, r, id, out); });
    return result;
  });
}

Result<void> Participant::remove(std::optional<WallTime> revoke_tokens_before) const {
  auto& engine = *room_.engine_->impl_;
  const auto revoke = [&engine, room = room_.name(), identity = identity_,
                       before = revoke_tokens_before](WallTime expiry) {
    if (before) engine.revoke_tokens(room, identity, *before, expiry);
  };
  revoke({});  // before it is gone: it may be back at once
  return room_.call(
      [identity = identity_, revoke](Instant now, runtime::Shard& shard, room::Room& room) -> Result<void> {
        const room::ParticipantId id = room.find(identity);
        if (!id) return no_participant(identity);
        revoke(shard.token_expiry(room, id));
        shard.with_room(now, room, [&](room::Room& r, room::Output& out) {
          r.remove_participant(now, id, livekit::PARTICIPANT_REMOVED, out);
        });
        return {};
      });
}

Result<void> Participant::set_permission(const ParticipantPermission& permission) const {
  return change([message = wire::to_message(permission)](Instant now, room::Room& room, room::ParticipantId id,
                                                         room::Output& out) {
    return room.set_permission(now, id, message, out);
  });
}

Result<void> Participant::update(const std::string& name, const std::string& metadata,
                                 const std::map<std::string, std::string>& attributes) const {
  SFU_CHECK_OK(check_utf8("name", name));
  SFU_CHECK_OK(check_utf8("metadata", metadata));
  SFU_CHECK_OK(check_utf8("attributes", attributes));
  livekit::UpdateParticipantMetadata update;
  update.set_name(name);
  update.set_metadata(metadata);
  update.mutable_attributes()->insert(attributes.begin(), attributes.end());
  return change([update = std::move(update)](Instant now, room::Room& room, room::ParticipantId id, room::Output& out) {
    return room.update_participant(now, id, update, out);
  });
}

Result<void> Participant::update_subscriptions(const std::vector<std::string>& track_sids, bool subscribe) const {
  SFU_CHECK_OK(check_utf8("track_sids", track_sids));
  livekit::UpdateSubscription update;
  for (const auto& sid : track_sids) update.add_track_sids(sid);
  update.set_subscribe(subscribe);
  return change([update = std::move(update)](Instant now, room::Room& room, room::ParticipantId id, room::Output& out) {
    return room.update_subscriptions(now, id, update, out);
  });
}

Result<void> Participant::perform_rpc(const RpcRequest& request, std::function<void(RpcResult)> done) const {
  SFU_CHECK_OK(check_utf8("method", request.method));
  SFU_CHECK_OK(check_utf8("payload", request.payload));
  return room_.call([identity = identity_, request, done = std::move(done)](Instant now, runtime::Shard& shard,
                                                                            room::Room& room) -> Result<void> {
    const room::ParticipantId id = room.find(identity);
    if (!id) return no_participant(identity);
    return shard.perform_rpc(now, room, id, request, done);
  });
}

Result<void> Participant::move_to(const Room& destination) const {
  return room_.engine_->impl_->with_both(
      room_.name(), destination.name(),
      [identity = identity_, to = destination.name()](Instant now, runtime::Shard& shard, room::Room& from, bool near) {
        return near ? shard.move_participant(now, from, identity, to) : shard.send_away(now, from, identity, to);
      });
}

Result<void> Participant::forward_to(const Room& destination) const {
  return room_.engine_->impl_->with_both(
      room_.name(), destination.name(),
      [identity = identity_, to = destination.name()](Instant now, runtime::Shard& shard, room::Room& from, bool near) {
        if (!near)
          return Result<void>(
              fail(Errc::kFailedPrecondition, "room " + to + " lives on another worker, which media cannot reach yet"));
        return shard.forward_participant(now, from, identity, to);
      });
}

Result<TrackInfo> Track::info() const {
  return participant_.room_.call(
      [identity = participant_.identity_, sid = sid_](Instant, runtime::Shard&, room::Room& room) -> Result<TrackInfo> {
        const livekit::ParticipantInfo participant = room.participant_info(room.find(identity));
        const auto found = std::ranges::find(participant.tracks(), sid, &livekit::TrackInfo::sid);
        if (found == participant.tracks().end()) return fail(Errc::kNotFound, "no track " + sid);
        return wire::to_info(*found);
      });
}

Result<TrackInfo> Track::set_muted(bool muted) const {
  return participant_.change([sid = sid_, muted](Instant now, room::Room& room, room::ParticipantId id,
                                                 room::Output& out) -> Result<TrackInfo> {
    SFU_TRY(const auto track, room.mute_published_track(now, id, sid, muted, out));
    return wire::to_info(track);
  });
}

}  // namespace sfu
