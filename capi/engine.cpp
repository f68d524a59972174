// SPDX-License-Identifier: Apache-2.0
#include "capi/engine.hpp"

#include "capi/results.hpp"
#include "capi/values.hpp"

using namespace sfu::capi;

sfu_status sfu_engine_create(const sfu_engine_options* options, sfu_engine** engine) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(engine);
    const auto in = read(options);
    const auto host = std::make_shared<EngineHost>();
    sfu::EngineOptions made;
    apply(in, made, host->plugs);
    made.turn.keys = pairs(in.keys, in.key_count, "keys");
    authenticate_with(made.turn.keys, made, host->plugs);
    host->engine = value(sfu::Engine::create(std::move(made)));
    auto object = std::make_shared<EngineObject>();
    object->engine = {host, host->engine.get()};
    object->drain = {host, &host->drain};
    object->owner = true;
    *engine = add<sfu_engine>(std::move(object));
    host->plugs.taken();
  });
}

sfu_status sfu_engine_release(sfu_engine* engine) {
  return enter([&] {
    if (engine == nullptr) return;
    must_be_free_to_wait();
    const auto object = take(engine);
    if (!object->owner) return;
    object->engine->stop();
    object->drain->close();
  });
}

sfu_status sfu_engine_stop(sfu_engine* engine) {
  return enter([&] {
    must_be_free_to_wait();
    const auto object = find(engine);
    object->engine->stop();
    object->drain->close();
  });
}

sfu_status sfu_engine_drain(sfu_engine* engine, sfu_drain_done done, void* user, uint64_t* participants) {
  return enter([&] {
    const auto object = find(engine);
    const auto here =
        object->drain->drain(done, user, [&](auto told) { return object->engine->drain(std::move(told)); });
    if (participants != nullptr) *participants = here;
  });
}

sfu_status sfu_engine_get_rooms(sfu_engine* engine, const char* const* names, size_t name_count,
                                const sfu_room_info_list** rooms) {
  return enter([&] {
    must_be_free_to_wait();
    needs_place(rooms);
    const auto object = find(engine);
    const auto infos = object->engine->rooms(texts(names, name_count, "names"));
    *rooms = give([&](Arena& arena) { return to_c_list<sfu_room_info_list>(arena, infos); });
  });
}

sfu_status sfu_engine_room(sfu_engine* engine, const char* name, sfu_room** room) {
  return enter([&] {
    needs_place(room);
    const auto object = find(engine);
    auto made = object->engine->room(needed_text(name, "the room's name"));
    *room = add<sfu_room>(std::make_shared<RoomObject>(object->engine, std::move(made)));
  });
}

sfu_status sfu_engine_create_room(sfu_engine* engine, const char* name, const sfu_room_configuration* configuration,
                                  const char* preset, const sfu_room_info** info) {
  return enter([&] {
    must_be_free_to_wait();
    const auto object = find(engine);
    const auto room = value(object->engine->create_room(needed_text(name, "the room's name"), from_c(configuration),
                                                        text(preset, "preset")));
    if (info != nullptr) *info = give([&](Arena& arena) { return to_c(arena, room); });
  });
}

sfu_status sfu_engine_get_poll_descriptor(sfu_engine* engine, int* descriptor) {
  return enter([&] {
    needs_place(descriptor);
    *descriptor = find(engine)->engine->poll_descriptor();
  });
}

sfu_status sfu_engine_get_poll_timeout(sfu_engine* engine, int64_t* nanoseconds) {
  return enter([&] {
    needs_place(nanoseconds);
    const sfu::Duration timeout = find(engine)->engine->poll_timeout();
    *nanoseconds = timeout == sfu::Duration::max() ? -1 : timeout.count();
  });
}

sfu_status sfu_engine_run_once(sfu_engine* engine) {
  return enter([&] { find(engine)->engine->run_once(); });
}
