// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/room.h"

#include "capi/engine.hpp"
#include "capi/participant.hpp"
#include "capi/results.hpp"
#include "capi/values.hpp"

using namespace sfu::capi;

sfu_status sfu_room_release(sfu_room* room) {
  return release(room);
}

sfu_status sfu_room_get_info(sfu_room* room, const sfu_room_info** info) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(info);
    const auto got = value(find(room)->room.info());
    *info = give([&](Arena& arena) { return to_c(arena, got); });
  });
}

sfu_status sfu_room_get_participants(sfu_room* room, const sfu_participant_info_list** participants) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(participants);
    const auto got = value(find(room)->room.participants());
    *participants = give([&](Arena& arena) { return to_c_list<sfu_participant_info_list>(arena, got); });
  });
}

sfu_status sfu_room_set_metadata(sfu_room* room, const char* metadata) {
  return enter([&] {
    must_be_free_to_wait();
    value(find(room)->room.set_metadata(text(metadata, "metadata")));
  });
}

sfu_status sfu_room_send_data(sfu_room* room, const uint8_t* in, size_t length, const sfu_data_options* options) {
  return enter([&] {
    must_be_free_to_wait();
    value(find(room)->room.send_data(bytes(in, length), from_c(options)));
  });
}

sfu_status sfu_room_get_agent_dispatches(sfu_room* room, const sfu_agent_dispatch_list** dispatches) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(dispatches);
    const auto got = value(find(room)->room.agent_dispatches());
    *dispatches = give([&](Arena& arena) { return to_c_list<sfu_agent_dispatch_list>(arena, got); });
  });
}

sfu_status sfu_room_add_agent_dispatch(sfu_room* room, const sfu_agent_dispatch* dispatch,
                                       const sfu_agent_dispatch** added) {
  return enter([&] {
    must_be_free_to_wait();
    const auto got = value(find(room)->room.add_agent_dispatch(from_c(dispatch)));
    if (added != nullptr) *added = give([&](Arena& arena) { return to_c(arena, got); });
  });
}

sfu_status sfu_room_remove_agent_dispatch(sfu_room* room, const char* id, const sfu_agent_dispatch** removed) {
  return enter([&] {
    must_be_free_to_wait();
    const auto got = value(find(room)->room.remove_agent_dispatch(text(id, "id")));
    if (removed != nullptr) *removed = give([&](Arena& arena) { return to_c(arena, got); });
  });
}

sfu_status sfu_room_close(sfu_room* room) {
  return enter([&] {
    must_be_free_to_wait();
    value(find(room)->room.close());
  });
}

sfu_status sfu_room_participant(sfu_room* room, const char* identity, sfu_participant** participant) {
  return enter([&] {
    needs_place(participant);
    const auto object = find(room);
    auto made = object->room.participant(needed_text(identity, "the identity"));
    *participant = add<sfu_participant>(std::make_shared<ParticipantObject>(object->engine, std::move(made)));
  });
}
