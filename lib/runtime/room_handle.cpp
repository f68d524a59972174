// SPDX-License-Identifier: Apache-2.0
// The public handles: each call finds its room's worker, and asks there.
#include <algorithm>

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
      infos.push_back(runtime::to_info(room.participant_info(id)));
    }
    return infos;
  });
}

Result<void> Room::set_metadata(std::string metadata) const {
  return call([metadata = std::move(metadata)](Instant now, runtime::Shard& shard, room::Room& room) -> Result<void> {
    shard.with_room(now, room, [&](room::Room& r, room::Output& out) { r.set_metadata(now, metadata, out); });
    return {};
  });
}

Participant Room::participant(std::string identity) const {
  return {*this, std::move(identity)};
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
    return runtime::to_info(room.participant_info(id));
  });
}

Track Participant::track(std::string sid) const {
  return {*this, std::move(sid)};
}

Result<void> Participant::remove() const {
  return room_.call([identity = identity_](Instant now, runtime::Shard& shard, room::Room& room) -> Result<void> {
    const room::ParticipantId id = room.find(identity);
    if (!id) return no_participant(identity);
    shard.with_room(now, room, [now, id](room::Room& r, room::Output& out) {
      r.remove_participant(now, id, livekit::PARTICIPANT_REMOVED, out);
    });
    return {};
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
        if (!near) return Result<void>(fail(Errc::kUnsupported, "room " + to + " lives on another worker"));
        return shard.forward_participant(now, from, identity, to);
      });
}

Result<TrackInfo> Track::info() const {
  auto participant = participant_.info();
  if (!participant) return Failure{participant.error()};
  const auto found = std::ranges::find(participant->tracks, sid_, &TrackInfo::sid);
  if (found == participant->tracks.end()) return fail(Errc::kNotFound, "no track " + sid_);
  return *found;
}

}  // namespace sfu
