// SPDX-License-Identifier: Apache-2.0
// The public API's values as structs of C, in an arena, and back.
#pragma once

#include <vector>

#include "capi/arena.hpp"
#include "capi/input.hpp"
#include "sfu-c/values.h"
#include "sfu/info.hpp"
#include "sfu/room.hpp"
#include "sfu/room_api_client.hpp"
#include "sfu/room_options.hpp"
#include "sfu/rpc.hpp"

struct sfu_room_configuration;

namespace sfu::capi {

inline std::int64_t to_ms(Duration duration) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
}
inline std::int64_t to_us(Duration duration) {
  return std::chrono::duration_cast<std::chrono::microseconds>(duration).count();
}
inline std::int64_t to_ms(WallTime time) {
  return to_ms(time.time_since_epoch());
}

const sfu_track_info* to_c(Arena& arena, const TrackInfo& track);
const sfu_participant_info* to_c(Arena& arena, const ParticipantInfo& participant);
const sfu_room_info* to_c(Arena& arena, const RoomInfo& room);
const sfu_permission* to_c(Arena& arena, const ParticipantPermission& permission);
const sfu_agent_dispatch* to_c(Arena& arena, const AgentDispatch& dispatch);
const sfu_rpc_result* to_c(Arena& arena, const RpcResult& result);

// A list struct of C, which has items and count.
template <typename List, typename T>
const List* to_c_list(Arena& arena, const std::vector<T>& values) {
  List* list = arena.make<List>();
  list->count = values.size();
  list->items = arena.pointers<std::remove_cvref_t<decltype(**list->items)>>(
      values, [&](const T& value) { return to_c(arena, value); });
  return list;
}

TrackSource to_source(sfu_track_source source);
ParticipantPermission from_c(const sfu_permission* permission);
ParticipantUpdate from_c(const sfu_participant_changes* changes);
AgentDispatch from_c(const sfu_agent_dispatch* dispatch);
DataOptions from_c(const sfu_data_options* options);  // NULL: the defaults
RpcRequest from_c(const sfu_rpc_request* request, Duration default_timeout);
RpcResult from_c(const sfu_rpc_result* result);
RoomConfiguration from_c(const sfu_room_configuration* configuration);  // NULL: empty

}  // namespace sfu::capi
