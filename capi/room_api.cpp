// SPDX-License-Identifier: Apache-2.0
#include "sfu-c/room_api.h"

#include <optional>

#include "capi/handles.hpp"
#include "capi/kinds.hpp"
#include "capi/results.hpp"
#include "capi/values.hpp"
#include "sfu/room_api_client.hpp"

namespace sfu::capi {

template <>
struct Handle<sfu_room_api> {
  using Object = RoomApiClient;
  static constexpr unsigned kKind = kinds::kRoomApi;
  static constexpr const char* kName = "sfu_room_api";
};

namespace {

thread_local std::optional<ApiError> last_api_error;

template <typename T>
T answer(ApiResult<T> result) {
  if (!result) {
    last_api_error = result.error();
    refuse(to_status(result.error().kind), result.error().message);
  }
  if constexpr (!std::is_void_v<T>) return *std::move(result);
}

// Calls `call(client)`, which waits for an answer.
template <typename Call>
auto ask(sfu_room_api* api, Call call) {
  must_be_free_to_wait();
  return answer(call(*find(api)));
}

// The place is optional: who only wants it done asks for nothing back.
template <typename C, typename T>
void give_to(const C** place, const T& got) {
  if (place != nullptr) *place = give([&](Arena& arena) { return to_c(arena, got); });
}

template <typename C, typename T>
void give_list_to(const C** place, const std::vector<T>& got) {
  *place = give([&](Arena& arena) { return to_c_list<C>(arena, got); });
}

}  // namespace
}  // namespace sfu::capi

using namespace sfu::capi;

sfu_status sfu_room_api_create(const sfu_room_api_options* options, sfu_room_api** api) {
  return enter([&] {
    needs_place(api);
    const auto in = read(options);
    sfu::RoomApiClientOptions made;
    made.url = text(in.url, "url");
    made.api_key = text(in.api_key, "api_key");
    made.api_secret = text(in.api_secret, "api_secret");
    made.token = text(in.token, "token");
    made.json = in.json != 0;
    set_time(made.timeout, in.timeout_ms, "timeout_ms");
    made.ca_file = as_is(in.ca_file);
    made.verify_server = in.any_server == 0;
    *api = add<sfu_room_api>(value(sfu::RoomApiClient::create(std::move(made))));
  });
}

sfu_status sfu_room_api_release(sfu_room_api* api) {
  return enter([&] {
    if (api == nullptr) return;
    must_be_free_to_wait();
    take(api);
  });
}

sfu_status sfu_room_api_get_last_error(const sfu_api_error** error) {
  return enter([&] {
    needs_place(error);
    if (!last_api_error) refuse(SFU_ERROR_NOT_FOUND, "no call has failed on this thread");
    *error = give([&](Arena& arena) {
      auto* made = arena.make<sfu_api_error>();
      made->http_status = last_api_error->status;
      made->code = arena.text(last_api_error->code);
      made->message = arena.text(last_api_error->message);
      made->meta = arena.pairs(last_api_error->meta);
      made->meta_count = last_api_error->meta.size();
      return made;
    });
  });
}

sfu_status sfu_room_api_create_room(sfu_room_api* api, const char* name, const sfu_create_room_options* options,
                                    const sfu_room_info** info) {
  return enter([&] {
    const auto in = read_or_default(options);
    sfu::CreateRoomOptions how{.preset = text(in.preset, "preset"), .node_id = text(in.node_id, "node_id")};
    how.configuration = from_c(in.configuration);
    give_to(info, ask(api, [&](auto& client) { return client.create_room(text(name, "name"), how); }));
  });
}

sfu_status sfu_room_api_list_rooms(sfu_room_api* api, const char* const* names, size_t name_count,
                                   const sfu_room_info_list** rooms) {
  return enter([&] {
    needs_place(rooms);
    const auto wanted = texts(names, name_count, "names");
    give_list_to(rooms, ask(api, [&](auto& client) { return client.list_rooms(wanted); }));
  });
}

sfu_status sfu_room_api_delete_room(sfu_room_api* api, const char* room) {
  return enter([&] { ask(api, [&](auto& client) { return client.delete_room(text(room, "room")); }); });
}

sfu_status sfu_room_api_update_room_metadata(sfu_room_api* api, const char* room, const char* metadata,
                                             const sfu_room_info** info) {
  return enter([&] {
    give_to(info, ask(api, [&](auto& client) {
              return client.update_room_metadata(text(room, "room"), text(metadata, "metadata"));
            }));
  });
}

sfu_status sfu_room_api_send_data(sfu_room_api* api, const char* room, const uint8_t* in, size_t length,
                                  const sfu_data_options* options) {
  return enter([&] {
    const auto how = from_c(options);
    const auto payload = bytes(in, length);
    ask(api, [&](auto& client) { return client.send_data(text(room, "room"), payload, how); });
  });
}

sfu_status sfu_room_api_list_participants(sfu_room_api* api, const char* room,
                                          const sfu_participant_info_list** participants) {
  return enter([&] {
    needs_place(participants);
    give_list_to(participants, ask(api, [&](auto& client) { return client.list_participants(text(room, "room")); }));
  });
}

sfu_status sfu_room_api_get_participant(sfu_room_api* api, const char* room, const char* identity,
                                        const sfu_participant_info** info) {
  return enter([&] {
    needs_place(info);
    give_to(info, ask(api, [&](auto& client) {
              return client.get_participant(text(room, "room"), text(identity, "identity"));
            }));
  });
}

sfu_status sfu_room_api_remove_participant(sfu_room_api* api, const char* room, const char* identity,
                                           int64_t revoke_tokens_before_ms) {
  return enter([&] {
    const auto before = wall_time(revoke_tokens_before_ms, "revoke_tokens_before_ms");
    ask(api, [&](auto& client) {
      return client.remove_participant(text(room, "room"), text(identity, "identity"), before);
    });
  });
}

sfu_status sfu_room_api_mute_published_track(sfu_room_api* api, const char* room, const char* identity,
                                             const char* track_sid, sfu_bool muted, const sfu_track_info** info) {
  return enter([&] {
    const auto track = ask(api, [&](auto& client) {
      return client.mute_published_track(text(room, "room"), text(identity, "identity"), text(track_sid, "track_sid"),
                                         muted != 0);
    });
    if (track) {
      give_to(info, *track);
    } else if (info != nullptr) {
      *info = nullptr;
    }
  });
}

sfu_status sfu_room_api_update_participant(sfu_room_api* api, const char* room, const char* identity,
                                           const sfu_participant_changes* changes, const sfu_participant_info** info) {
  return enter([&] {
    const auto update = from_c(changes);
    give_to(info, ask(api, [&](auto& client) {
              return client.update_participant(text(room, "room"), text(identity, "identity"), update);
            }));
  });
}

sfu_status sfu_room_api_update_subscriptions(sfu_room_api* api, const char* room, const char* identity,
                                             const char* const* track_sids, size_t track_sid_count,
                                             sfu_bool subscribe) {
  return enter([&] {
    const auto sids = texts(track_sids, track_sid_count, "track_sids");
    ask(api, [&](auto& client) {
      return client.update_subscriptions(text(room, "room"), text(identity, "identity"), sids, subscribe != 0);
    });
  });
}

sfu_status sfu_room_api_forward_participant(sfu_room_api* api, const char* room, const char* identity,
                                            const char* destination_room) {
  return enter([&] {
    ask(api, [&](auto& client) {
      return client.forward_participant(text(room, "room"), text(identity, "identity"),
                                        text(destination_room, "destination_room"));
    });
  });
}

sfu_status sfu_room_api_move_participant(sfu_room_api* api, const char* room, const char* identity,
                                         const char* destination_room) {
  return enter([&] {
    ask(api, [&](auto& client) {
      return client.move_participant(text(room, "room"), text(identity, "identity"),
                                     text(destination_room, "destination_room"));
    });
  });
}

sfu_status sfu_room_api_perform_rpc(sfu_room_api* api, const char* room, const char* identity,
                                    const sfu_rpc_request* request, char** payload) {
  return enter([&] {
    needs_place(payload);
    const auto in = from_c(request, std::chrono::seconds(10));
    const auto said =
        ask(api, [&](auto& client) { return client.perform_rpc(text(room, "room"), text(identity, "identity"), in); });
    *payload = give([&](Arena& arena) { return arena.text(said); });
  });
}

sfu_status sfu_room_api_create_dispatch(sfu_room_api* api, const char* room, const sfu_agent_dispatch* dispatch,
                                        const sfu_agent_dispatch** created) {
  return enter([&] {
    const auto in = from_c(dispatch);
    give_to(created, ask(api, [&](auto& client) { return client.create_dispatch(text(room, "room"), in); }));
  });
}

sfu_status sfu_room_api_delete_dispatch(sfu_room_api* api, const char* room, const char* dispatch_id,
                                        const sfu_agent_dispatch** deleted) {
  return enter([&] {
    give_to(deleted, ask(api, [&](auto& client) {
              return client.delete_dispatch(text(room, "room"), text(dispatch_id, "dispatch_id"));
            }));
  });
}

sfu_status sfu_room_api_list_dispatches(sfu_room_api* api, const char* room, const char* dispatch_id,
                                        const sfu_agent_dispatch_list** dispatches) {
  return enter([&] {
    needs_place(dispatches);
    give_list_to(dispatches, ask(api, [&](auto& client) {
                   return client.list_dispatches(text(room, "room"), text(dispatch_id, "dispatch_id"));
                 }));
  });
}
