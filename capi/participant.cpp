// SPDX-License-Identifier: Apache-2.0
#include "capi/participant.hpp"

#include "capi/engine.hpp"
#include "capi/results.hpp"
#include "capi/rpc.hpp"
#include "capi/values.hpp"

namespace sfu::capi {
namespace {

// Of the same engine: a participant of one cannot go to a room of another.
std::shared_ptr<RoomObject> find_destination(const ParticipantObject& participant, sfu_room* destination) {
  auto room = find(destination);
  if (room->engine != participant.engine) refuse_argument("the destination is a room of another engine");
  return room;
}

}  // namespace
}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_participant_release(sfu_participant* participant) {
  return release(participant);
}

sfu_status sfu_participant_get_info(sfu_participant* participant, const sfu_participant_info** info) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(info);
    const auto got = value(find(participant)->participant.info());
    *info = give([&](Arena& arena) { return to_c(arena, got); });
  });
}

sfu_status sfu_participant_get_permission(sfu_participant* participant, const sfu_permission** permission) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(permission);
    const auto got = value(find(participant)->participant.permission());
    *permission = give([&](Arena& arena) { return to_c(arena, got); });
  });
}

sfu_status sfu_participant_remove(sfu_participant* participant, int64_t revoke_tokens_before_ms) {
  return enter([&] {
    must_be_free_to_wait();
    value(find(participant)->participant.remove(wall_time(revoke_tokens_before_ms, "revoke_tokens_before_ms")));
  });
}

sfu_status sfu_participant_set_permission(sfu_participant* participant, const sfu_permission* permission) {
  return enter([&] {
    must_be_free_to_wait();
    value(find(participant)->participant.set_permission(from_c(permission)));
  });
}

sfu_status sfu_participant_update(sfu_participant* participant, const sfu_participant_changes* changes) {
  return enter([&] {
    must_be_free_to_wait();
    const auto object = find(participant);
    const auto in = from_c(changes);
    value(object->participant.update(in.name, in.metadata, in.attributes));
    if (in.permission) value(object->participant.set_permission(*in.permission));
  });
}

sfu_status sfu_participant_update_subscriptions(sfu_participant* participant, const char* const* track_sids,
                                                size_t track_sid_count, sfu_bool subscribe) {
  return enter([&] {
    must_be_free_to_wait();
    value(find(participant)
              ->participant.update_subscriptions(texts(track_sids, track_sid_count, "track_sids"), subscribe != 0));
  });
}

sfu_status sfu_participant_perform_rpc(sfu_participant* participant, const sfu_rpc_request* request, sfu_rpc_done done,
                                       void* user) {
  return enter([&] {
    must_be_free_to_wait();
    const auto object = find(participant);
    const auto in = from_c(request, std::chrono::seconds(10));
    const auto waiter = std::make_shared<RpcWaiter>(done, user);
    auto asked = object->participant.perform_rpc(in, [waiter](const sfu::RpcResult& result) { waiter->tell(result); });
    if (!asked) waiter->forget();
    value(std::move(asked));
  });
}

sfu_status sfu_participant_move_to(sfu_participant* participant, sfu_room* destination) {
  return enter([&] {
    must_be_free_to_wait();
    const auto object = find(participant);
    value(object->participant.move_to(find_destination(*object, destination)->room));
  });
}

sfu_status sfu_participant_forward_to(sfu_participant* participant, sfu_room* destination) {
  return enter([&] {
    must_be_free_to_wait();
    const auto object = find(participant);
    value(object->participant.forward_to(find_destination(*object, destination)->room));
  });
}

sfu_status sfu_participant_track(sfu_participant* participant, const char* sid, sfu_track** track) {
  return enter([&] {
    needs_place(track);
    const auto object = find(participant);
    auto made = object->participant.track(needed_text(sid, "the track's sid"));
    *track = add<sfu_track>(std::make_shared<TrackObject>(object->engine, std::move(made)));
  });
}

sfu_status sfu_track_release(sfu_track* track) {
  return release(track);
}

sfu_status sfu_track_get_info(sfu_track* track, const sfu_track_info** info) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(info);
    const auto got = value(find(track)->track.info());
    *info = give([&](Arena& arena) { return to_c(arena, got); });
  });
}

sfu_status sfu_track_set_muted(sfu_track* track, sfu_bool muted, const sfu_track_info** info) {
  return enter([&] {
    must_be_free_to_wait();
    const auto got = value(find(track)->track.set_muted(muted != 0));
    if (info != nullptr) *info = give([&](Arena& arena) { return to_c(arena, got); });
  });
}
