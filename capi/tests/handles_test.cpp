// SPDX-License-Identifier: Apache-2.0
// Every function that takes a handle, with what is none, and within a callback.
#include <doctest/doctest.h>

#include <string>
#include <type_traits>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

// An argument that is good enough to come as far as the handle.
template <typename T>
T argument() {
  using Value = std::remove_const_t<std::remove_pointer_t<T>>;
  if constexpr (std::is_same_v<T, const char*>) {
    return "x";
  } else if constexpr (std::is_same_v<T, sfu_rpc_done>) {
    return [](void*, const sfu_rpc_result*) {};
  } else if constexpr (std::is_same_v<T, sfu_drain_done>) {
    return [](void*, sfu_status) {};
  } else if constexpr (std::is_integral_v<T>) {
    return 0;
  } else if constexpr (requires(Value value) { value.size; }) {
    static Value value;
    SFU_INIT(value);
    if constexpr (requires { value.method; }) value.method = "x";
    if constexpr (requires { value.remote_address; }) value.path = "/rtc";
    return &value;
  } else if constexpr (std::is_pointer_v<Value> || std::is_integral_v<Value>) {
    static std::remove_const_t<Value> place;  // for what comes back
    return &place;
  } else {
    return nullptr;
  }
}
template <>
const char* const* argument() {
  return nullptr;
}

template <auto kFunction, typename H, typename... Arguments>
sfu_status call_with(sfu_status (*)(H*, Arguments...), void* handle) {
  return kFunction(static_cast<H*>(handle), argument<Arguments>()...);
}

struct Function {
  const char* name;
  bool waits;
  sfu_status (*call)(void* handle);

  bool releases() const { return std::string_view(name).ends_with("_release"); }
};

#define FUNCTION(name, waits)                                                \
  Function {                                                                 \
    #name, waits, [](void* handle) { return call_with<name>(name, handle); } \
  }
#define WAITS(name) FUNCTION(name, true)
#define RETURNS(name) FUNCTION(name, false)

const Function functions[] = {
    WAITS(sfu_client_release),
    RETURNS(sfu_client_leave),
    RETURNS(sfu_client_publish),
    RETURNS(sfu_client_unpublish),
    RETURNS(sfu_client_set_muted),
    RETURNS(sfu_client_write_frame),
    RETURNS(sfu_client_write_rtp),
    RETURNS(sfu_client_subscribe),
    RETURNS(sfu_client_set_track_settings),
    RETURNS(sfu_client_request_key_frame),
    RETURNS(sfu_client_update),
    RETURNS(sfu_client_send_data),
    RETURNS(sfu_client_send_text),
    RETURNS(sfu_client_send_bytes),
    RETURNS(sfu_client_open_stream),
    RETURNS(sfu_client_write_stream),
    RETURNS(sfu_client_close_stream),
    RETURNS(sfu_client_perform_rpc),
    RETURNS(sfu_rpc_responder_answer),
    RETURNS(sfu_rpc_responder_release),
    RETURNS(sfu_client_register_rpc),
    RETURNS(sfu_client_unregister_rpc),
    RETURNS(sfu_decision_allow),
    RETURNS(sfu_decision_deny),
    RETURNS(sfu_decision_allow_with),
    RETURNS(sfu_decision_release),
    RETURNS(sfu_engine_get_poll_descriptor),
    RETURNS(sfu_engine_get_poll_timeout),
    RETURNS(sfu_engine_run_once),
    WAITS(sfu_engine_release),
    WAITS(sfu_engine_stop),
    RETURNS(sfu_engine_drain),
    WAITS(sfu_engine_get_rooms),
    RETURNS(sfu_engine_room),
    WAITS(sfu_engine_create_room),
    RETURNS(sfu_engine_get_statistics),
    WAITS(sfu_engine_get_counters),
    RETURNS(sfu_media_file_release),
    RETURNS(sfu_media_file_get_info),
    RETURNS(sfu_media_file_next),
    RETURNS(sfu_media_file_rewind),
    RETURNS(sfu_room_release),
    WAITS(sfu_room_join),
    WAITS(sfu_room_get_info),
    WAITS(sfu_room_get_participants),
    WAITS(sfu_room_get_statistics),
    WAITS(sfu_room_set_metadata),
    WAITS(sfu_room_send_data),
    WAITS(sfu_room_get_agent_dispatches),
    WAITS(sfu_room_add_agent_dispatch),
    WAITS(sfu_room_remove_agent_dispatch),
    WAITS(sfu_room_close),
    RETURNS(sfu_room_participant),
    RETURNS(sfu_participant_release),
    WAITS(sfu_participant_get_info),
    WAITS(sfu_participant_get_permission),
    WAITS(sfu_participant_remove),
    WAITS(sfu_participant_set_permission),
    WAITS(sfu_participant_update),
    WAITS(sfu_participant_update_subscriptions),
    WAITS(sfu_participant_perform_rpc),
    WAITS(sfu_participant_move_to),
    WAITS(sfu_participant_forward_to),
    RETURNS(sfu_participant_track),
    RETURNS(sfu_track_release),
    WAITS(sfu_track_get_info),
    WAITS(sfu_track_set_muted),
    // Not everywhere.
    RETURNS(sfu_track_attach_filter),
    RETURNS(sfu_packet_filter_release),
    WAITS(sfu_room_api_release),
    WAITS(sfu_room_api_create_room),
    WAITS(sfu_room_api_list_rooms),
    WAITS(sfu_room_api_delete_room),
    WAITS(sfu_room_api_update_room_metadata),
    WAITS(sfu_room_api_send_data),
    WAITS(sfu_room_api_list_participants),
    WAITS(sfu_room_api_get_participant),
    WAITS(sfu_room_api_remove_participant),
    WAITS(sfu_room_api_mute_published_track),
    WAITS(sfu_room_api_update_participant),
    WAITS(sfu_room_api_update_subscriptions),
    WAITS(sfu_room_api_forward_participant),
    WAITS(sfu_room_api_move_participant),
    WAITS(sfu_room_api_perform_rpc),
    WAITS(sfu_room_api_create_dispatch),
    WAITS(sfu_room_api_delete_dispatch),
    WAITS(sfu_room_api_list_dispatches),
    WAITS(sfu_server_release),
    WAITS(sfu_server_stop),
    RETURNS(sfu_server_drain),
    RETURNS(sfu_server_engine),
    RETURNS(sfu_server_get_port),
    RETURNS(sfu_server_announce),
    RETURNS(sfu_server_get_metrics),
    RETURNS(sfu_server_get_warnings),
    RETURNS(sfu_server_get_webhook_counters),
    RETURNS(sfu_engine_connect),
    RETURNS(sfu_signal_session_receive),
    RETURNS(sfu_signal_session_disconnected),
    RETURNS(sfu_signal_session_release),
    WAITS(sfu_engine_validate),
    RETURNS(sfu_engine_check_revoked),
    RETURNS(sfu_token_verifier_release),
    RETURNS(sfu_token_verifier_verify),
    RETURNS(sfu_webhook_receiver_release),
    RETURNS(sfu_webhook_receiver_receive),
};

// Handles of two kinds, so that each function finds one of another kind than its own.
struct Strangers {
  Strangers() {
    SFU_REQUIRE(sfu_token_verifier_create(&kKey, 1, 0, &verifier));
    SFU_REQUIRE(sfu_webhook_receiver_create(&kKey, 1, &receiver));
  }
  void release() {
    SFU_CHECK(sfu_token_verifier_release(verifier));
    SFU_CHECK(sfu_webhook_receiver_release(receiver));
  }
  void* for_function(const Function& function) const {
    return std::string_view(function.name).starts_with("sfu_token_verifier") ? static_cast<void*>(receiver)
                                                                             : static_cast<void*>(verifier);
  }
  sfu_token_verifier* verifier = nullptr;
  sfu_webhook_receiver* receiver = nullptr;
};

void checks_within_a_callback(void* user, const char*, int64_t, sfu_answer*) {
  const auto& strangers = *static_cast<const Strangers*>(user);
  for (const Function& function : functions) {
    CAPTURE(function.name);
    const sfu_status status = function.call(strangers.for_function(function));
    CHECK(status == (function.waits ? SFU_ERROR_WRONG_THREAD : SFU_ERROR_INVALID_HANDLE));
  }
}

}  // namespace

TEST_CASE("NULL, a handle of another kind and a released one are told of by every function") {
  Strangers strangers;
  for (const Function& function : functions) {
    CAPTURE(function.name);
    CHECK(function.call(nullptr) == (function.releases() ? SFU_OK : SFU_ERROR_INVALID_HANDLE));
    CHECK(function.call(strangers.for_function(function)) == SFU_ERROR_INVALID_HANDLE);
    CHECK(why().find("this is no sfu_") == 0);
  }
  strangers.release();
  CHECK(sfu_token_verifier_release(strangers.verifier) == SFU_ERROR_INVALID_HANDLE);
  CHECK(why() == "sfu_token_verifier was released");
  const sfu_claims* claims = nullptr;
  CHECK(sfu_token_verifier_verify(strangers.verifier, "x", 0, &claims) == SFU_ERROR_INVALID_HANDLE);
}

TEST_CASE("a handle that was released stays so, however many come after it") {
  sfu_engine* engine = null_engine();
  sfu_room* first = nullptr;
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &first));
  SFU_CHECK(sfu_room_release(first));
  for (int i = 0; i < 1000; ++i) {
    sfu_room* next = nullptr;
    SFU_REQUIRE(sfu_engine_room(engine, "hall", &next));
    REQUIRE(next != first);
    SFU_CHECK(sfu_room_release(next));
  }
  CHECK(sfu_room_close(first) == SFU_ERROR_INVALID_HANDLE);
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("within a callback what waits says so, and does nothing") {
  Strangers strangers;
  sfu_auth_callbacks auth;
  SFU_INIT(auth);
  auth.user = &strangers;
  auth.authenticate = checks_within_a_callback;
  sfu_engine_options options = null_options();
  options.auth = &auth;
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));
  const sfu_pair query = {"access_token", "mine"};
  sfu_connect_request request;
  SFU_INIT(request);
  request.path = "/rtc/validate";
  request.query = &query;
  request.query_count = 1;
  std::int32_t status = 0;
  SFU_CHECK(sfu_engine_validate(engine, &request, &status, nullptr));
  CHECK(status == 401);  // nobody answered
  SFU_CHECK(sfu_engine_release(engine));
  strangers.release();
}

TEST_CASE("what is made of a handle keeps what it needs, in whatever order they are released") {
  sfu_engine* engine = null_engine();
  sfu_room* room = nullptr;
  sfu_participant* participant = nullptr;
  sfu_track* track = nullptr;
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));
  SFU_REQUIRE(sfu_room_participant(room, "alice", &participant));
  SFU_REQUIRE(sfu_participant_track(participant, "TR_x", &track));
  SFU_CHECK(sfu_engine_release(engine));
  SFU_CHECK(sfu_room_release(room));
  const sfu_track_info* info = nullptr;
  const sfu_status status = sfu_track_get_info(track, &info);
  CHECK((status == SFU_ERROR_NOT_FOUND || status == SFU_ERROR_CLOSED));
  SFU_CHECK(sfu_participant_release(participant));
  SFU_CHECK(sfu_track_release(track));
}
