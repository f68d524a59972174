// SPDX-License-Identifier: Apache-2.0
// Operations on rooms that the host asks for by name, and those that concern two of them.
#include <algorithm>

#include "runtime/infos.hpp"
#include "runtime/shard.hpp"
#include "runtime/shard_parts.hpp"
#include "signal/room_settings.hpp"

namespace sfu::runtime {

// To be settled by the caller.
room::Room& Shard::find_or_open_room(Instant now, const std::string& name, const RoomConfiguration& configuration) {
  if (room::Room* room = find_room(name)) return *room;
  room::RoomOptions options = config_.room_defaults;
  options.name = name;
  signal::apply_configuration(configuration, options);
  return open_home(now, std::move(options))->room;
}

RoomInfo Shard::create_room(Instant now, const std::string& name, const RoomConfiguration& configuration) {
  room::Room& room = find_or_open_room(now, name, configuration);
  RoomInfo info = to_info(room.info(), room.options());
  settle(now, *home_of(room));
  return info;
}

Result<void> Shard::move_participant(Instant now, room::Room& from, std::string_view identity,
                                     const std::string& destination) {
  const room::ParticipantId id = from.find(identity);
  SFU_CHECK_OK(from.may_move(id, destination));
  room::Room& to = find_or_open_room(now, destination, {});
  const room::ConnectionId connection = from.connection_of(id);
  room::Output out = output();
  const auto moved = from.move_participant(now, id, to, out);
  // The connection speaks to its new room from now on, if its participant is there.
  Connection* of_moved = connection_of(connection);
  if (moved && of_moved != nullptr && to.find_connection(connection)) of_moved->home = home_of(to)->key;
  if (Local* local = local_of(connection); moved && local != nullptr) local->home = home_of(to)->key;
  settle_both(now, from, to);
  return moved;
}

Result<void> Shard::send_away(Instant now, room::Room& from, std::string_view identity,
                              const std::string& destination) {
  const room::ParticipantId id = from.find(identity);
  room::Output out = output();
  const auto sent = from.send_away(now, id, destination, out);
  settle(now, *home_of(from));
  return sent;
}

Result<void> Shard::forward_participant(Instant now, room::Room& from, std::string_view identity,
                                        const std::string& destination) {
  const room::ParticipantId id = from.find(identity);
  SFU_CHECK_OK(from.may_forward(id, destination));
  room::Room& to = find_or_open_room(now, destination, {});
  room::Output out = output();
  const auto forwarded = from.forward_participant(now, id, to, out);
  settle_both(now, from, to);
  return forwarded;
}

Result<void> Shard::perform_rpc(Instant now, room::Room& room, room::ParticipantId id, const RpcRequest& request,
                                RpcDone done) {
  const room::RpcCallId call = next_rpc_++;
  rpcs_[call] = std::move(done);
  room::Output out = output();
  const auto called = room.perform_rpc(now, id, call, request, out);
  if (!called) rpcs_.erase(call);
  settle(now, *home_of(room));
  return called;
}

void Shard::answer_rpcs(room::Room& room) {
  for (room::RpcEnded& ended : room.take_ended_rpcs()) {
    const auto call = rpcs_.extract(ended.id);
    call.mapped()(std::move(ended.result));
  }
}

void Shard::touched(room::Room& room) {
  const HomeKey key = home_of(room)->key;
  if (std::ranges::find(touched_, key) == touched_.end()) touched_.push_back(key);
}

void Shard::settle_touched(Instant now) {
  while (!touched_.empty()) {
    const HomeKey key = touched_.back();
    touched_.pop_back();
    Home* home = home_at(key);
    if (home == nullptr) continue;
    room::Output out = output();
    home->room.settle(now, out);
    settle_one(now, *home);
  }
}

// Two rooms after an operation on both: settling the one may end the other.
void Shard::settle_both(Instant now, const room::Room& first, const room::Room& second) {
  const HomeKey other = home_of(second)->key;
  settle(now, *home_of(first));
  if (Home* home = home_at(other)) settle(now, *home);
}

}  // namespace sfu::runtime
