// SPDX-License-Identifier: Apache-2.0
// The engine alone, without a network.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <future>
#include <string>
#include <thread>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

sfu_connect_request request_of(const char* token, sfu_pair (&query)[2], const char* path = "/rtc") {
  query[0] = {"access_token", token};
  query[1] = {"protocol", "16"};
  sfu_connect_request request;
  SFU_INIT(request);
  request.path = path;
  request.query = query;
  request.query_count = 2;
  request.remote_address = "192.0.2.7";
  return request;
}

// Everything that a WebSocket would be told.
sfu_signal_callbacks socket_of(Lines& lines) {
  sfu_signal_callbacks callbacks;
  SFU_INIT(callbacks);
  callbacks.user = &lines;
  callbacks.dropped = [](void* user) { static_cast<Lines*>(user)->add("dropped"); };
  callbacks.accepted = [](void* user) { static_cast<Lines*>(user)->add("accepted"); };
  callbacks.rejected = [](void* user, std::int32_t status, const char* body) {
    static_cast<Lines*>(user)->add("rejected " + std::to_string(status) + ' ' + body);
  };
  callbacks.send = [](void* user, const std::uint8_t*, std::size_t length, sfu_bool text) {
    static_cast<Lines*>(user)->add(text ? "text" : length > 0 ? "message" : "empty");
  };
  callbacks.close = [](void* user, std::uint16_t code) {
    static_cast<Lines*>(user)->add("closed " + std::to_string(code));
  };
  return callbacks;
}

}  // namespace

TEST_CASE("an engine starts within some milliseconds") {
  constexpr int kTimes = 21;
  std::vector<double> starts;
  for (int i = 0; i < kTimes; ++i) {
    const auto before = std::chrono::steady_clock::now();
    sfu_engine* engine = null_engine();
    starts.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count());
    SFU_CHECK(sfu_engine_release(engine));
  }
  std::ranges::sort(starts);
  MESSAGE("start of an engine: " << starts[kTimes / 2] << " ms in the middle of " << kTimes << " (aim: below 5)");
}

TEST_CASE("rooms are made, found, described and closed, and the events tell of it") {
  Lines events;
  sfu_event_callbacks heard;
  SFU_INIT(heard);
  heard.user = &events;
  heard.dropped = [](void* user) { static_cast<Lines*>(user)->add("dropped"); };
  heard.on_event = [](void* user, const sfu_event* event) {
    const bool complete = event->size == sizeof(sfu_event) && event->at_ms > 0 &&
                          std::strncmp(event->id, "EV_", 3) == 0 && event->participant == nullptr &&
                          event->track == nullptr;
    static_cast<Lines*>(user)->add(std::string(event->name) + ' ' + event->room->name + ' ' +
                                   std::to_string(event->sequence) + (complete ? "" : " incomplete"));
  };
  sfu_room_configuration big;
  SFU_INIT(big);
  big.max_participants = 7;
  big.metadata = "of the preset";
  sfu_room_preset preset;
  SFU_INIT(preset);
  preset.name = "big";
  preset.configuration = &big;
  const sfu_room_preset* presets[] = {&preset};
  sfu_engine_options options = null_options();
  options.events = &heard;
  options.room_presets = presets;
  options.room_preset_count = 1;
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));

  const sfu_pair tag = {"colour", "blue"};
  sfu_room_configuration own;
  SFU_INIT(own);
  own.empty_timeout_ms = 5000;
  own.tags = &tag;
  own.tag_count = 1;
  const sfu_room_info* info = nullptr;
  SFU_REQUIRE(sfu_engine_create_room(engine, "hall", &own, "big", &info));
  CHECK(std::string(info->name) == "hall");
  CHECK(std::string(info->metadata) == "of the preset");
  CHECK(info->max_participants == 7);
  CHECK(info->empty_timeout_ms == 5000);
  REQUIRE(info->tag_count == 1);
  CHECK(std::string(info->tags[0].value) == "blue");
  CHECK(info->message_length > 0);
  SFU_CHECK(sfu_free(info));
  CHECK(sfu_engine_create_room(engine, "attic", nullptr, "small", nullptr) == SFU_ERROR_NOT_FOUND);
  own.empty_timeout_ms = -5;
  CHECK(sfu_engine_create_room(engine, "attic", &own, nullptr, nullptr) == SFU_ERROR_INVALID_ARGUMENT);

  const char* const wanted[] = {"hall"};
  const sfu_room_info_list* rooms = nullptr;
  SFU_REQUIRE(sfu_engine_get_rooms(engine, wanted, 1, &rooms));
  REQUIRE(rooms->count == 1);
  CHECK(std::string(rooms->items[0]->name) == "hall");
  SFU_CHECK(sfu_free(rooms));

  sfu_room* room = nullptr;
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));
  SFU_CHECK(sfu_room_set_metadata(room, "new"));
  SFU_REQUIRE(sfu_room_get_info(room, &info));
  CHECK(std::string(info->metadata) == "new");
  SFU_CHECK(sfu_free(info));
  SFU_CHECK(sfu_room_send_data(room, reinterpret_cast<const std::uint8_t*>("x"), 1, nullptr));
  const std::vector<std::uint8_t> large(60001);
  CHECK(sfu_room_send_data(room, large.data(), large.size(), nullptr) == SFU_ERROR_INVALID_ARGUMENT);

  sfu_agent_dispatch dispatch;
  SFU_INIT(dispatch);
  dispatch.agent_name = "helper";
  dispatch.restarts = SFU_OFF;
  const sfu_agent_dispatch* added = nullptr;
  SFU_REQUIRE(sfu_room_add_agent_dispatch(room, &dispatch, &added));
  CHECK(std::string(added->agent_name) == "helper");
  CHECK(added->restarts == SFU_OFF);
  CHECK(added->created_at_ms > 0);
  const sfu_agent_dispatch_list* dispatches = nullptr;
  SFU_REQUIRE(sfu_room_get_agent_dispatches(room, &dispatches));
  CHECK(dispatches->count >= 1);
  SFU_CHECK(sfu_free(dispatches));
  const sfu_agent_dispatch* removed = nullptr;
  SFU_REQUIRE(sfu_room_remove_agent_dispatch(room, added->id, &removed));
  CHECK(std::string(removed->id) == added->id);
  SFU_CHECK(sfu_free(removed));
  CHECK(sfu_room_remove_agent_dispatch(room, added->id, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
  SFU_CHECK(sfu_free(added));

  const sfu_engine_statistics* statistics = nullptr;
  SFU_REQUIRE(sfu_engine_get_statistics(engine, &statistics));
  CHECK(statistics->worker_count == 1);
  CHECK(statistics->started_at_ms > 0);
  SFU_CHECK(sfu_free(statistics));
  const sfu_engine_counters* counters = nullptr;
  SFU_REQUIRE(sfu_engine_get_counters(engine, &counters));
  CHECK(counters->packets_received == 0);
  SFU_CHECK(sfu_free(counters));
  const sfu_room_statistics* figures = nullptr;
  SFU_REQUIRE(sfu_room_get_statistics(room, &figures));
  CHECK(std::string(figures->name) == "hall");
  CHECK(figures->participant_count == 0);
  SFU_CHECK(sfu_free(figures));

  SFU_CHECK(sfu_room_close(room));
  CHECK(sfu_room_get_info(room, &info) == SFU_ERROR_NOT_FOUND);
  SFU_CHECK(sfu_room_release(room));
  SFU_CHECK(sfu_engine_stop(engine));
  CHECK(sfu_engine_create_room(engine, "late", nullptr, nullptr, nullptr) == SFU_ERROR_CLOSED);
  SFU_CHECK(sfu_engine_stop(engine));
  SFU_CHECK(sfu_engine_release(engine));
  CHECK(events.all() == std::vector<std::string>{"room_started hall 1", "room_finished hall 2", "dropped"});
}

TEST_CASE("a signalling session: accepted, spoken with, and over") {
  sfu_engine* engine = null_engine();
  const std::string good = token("alice", "hall");
  sfu_pair query[2];
  const sfu_connect_request request = request_of(good.c_str(), query);
  Lines lines;
  const sfu_signal_callbacks socket = socket_of(lines);
  sfu_signal_session* session = nullptr;
  SFU_REQUIRE(sfu_engine_connect(engine, &request, &socket, &session));
  CHECK(lines.wait("message") == "message");
  CHECK(lines.all().front() == "accepted");
  const std::uint8_t nonsense[] = {0xFF, 0xFF, 0xFF};
  SFU_CHECK(sfu_signal_session_receive(session, nonsense, sizeof nonsense, 0));
  CHECK(sfu_signal_session_receive(session, nullptr, 3, 0) == SFU_ERROR_INVALID_ARGUMENT);
  SFU_CHECK(sfu_engine_stop(engine));  // says farewell
  CHECK(lines.wait("closed ").starts_with("closed "));
  SFU_CHECK(sfu_signal_session_disconnected(session));
  SFU_CHECK(sfu_signal_session_receive(session, nonsense, sizeof nonsense, 0));
  SFU_CHECK(sfu_signal_session_release(session));
  SFU_CHECK(sfu_engine_release(engine));
  CHECK(lines.wait("dropped") == "dropped");
  CHECK(lines.count("dropped") == 1);
}

TEST_CASE("what is no session: rejected, validated, revoked") {
  sfu_engine* engine = null_engine();
  sfu_pair query[2];
  Lines lines;
  const sfu_signal_callbacks socket = socket_of(lines);
  sfu_signal_session* session = nullptr;
  sfu_connect_request request = request_of("nonsense", query);
  SFU_REQUIRE(sfu_engine_connect(engine, &request, &socket, &session));
  CHECK(lines.wait("rejected").starts_with("rejected 401"));
  SFU_CHECK(sfu_signal_session_release(session));
  CHECK(lines.wait("dropped") == "dropped");

  session = nullptr;
  request.path = nullptr;
  CHECK(sfu_engine_connect(engine, &request, &socket, &session) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(session == nullptr);
  CHECK(lines.count("dropped") == 1);  // the second time nothing was taken

  const std::string good = token("alice", "hall");
  // By a header too, whatever the case of its name.
  const std::string bearer = "Bearer " + good;
  const sfu_pair header = {"Authorization", bearer.c_str()};
  request.path = "/rtc/validate";
  request.query_count = 0;
  request.headers = &header;
  request.header_count = 1;
  std::int32_t status = 0;
  char* body = nullptr;
  SFU_REQUIRE(sfu_engine_validate(engine, &request, &status, &body));
  CHECK(status == 200);
  CHECK(std::string(body) == "success");
  SFU_CHECK(sfu_free(body));

  sfu_token_verifier* verifier = nullptr;
  const sfu_claims* claims = nullptr;
  SFU_REQUIRE(sfu_token_verifier_create(&kKey, 1, 0, &verifier));
  SFU_REQUIRE(sfu_token_verifier_verify(verifier, good.c_str(), 0, &claims));
  SFU_CHECK(sfu_engine_check_revoked(engine, claims));
  sfu_room* room = nullptr;
  sfu_participant* alice = nullptr;
  SFU_REQUIRE(sfu_engine_create_room(engine, "hall", nullptr, nullptr, nullptr));
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));
  SFU_REQUIRE(sfu_room_participant(room, "alice", &alice));
  const auto later = std::chrono::duration_cast<std::chrono::milliseconds>(
      (std::chrono::system_clock::now() + std::chrono::hours(1)).time_since_epoch());
  CHECK(sfu_participant_remove(alice, later.count()) == SFU_ERROR_NOT_FOUND);
  CHECK(sfu_engine_check_revoked(engine, claims) == SFU_ERROR_UNAUTHENTICATED);
  SFU_CHECK(sfu_participant_release(alice));
  SFU_CHECK(sfu_room_release(room));
  SFU_CHECK(sfu_free(claims));
  SFU_CHECK(sfu_token_verifier_release(verifier));
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("a host with tokens of its own lets in, gives new tokens, and decides joins") {
  struct Door {
    Lines asked;
    std::atomic<bool> answers_wrongly = false;
  } door;
  sfu_auth_callbacks auth;
  SFU_INIT(auth);
  auth.user = &door;
  auth.authenticate = [](void* user, const char* token, std::int64_t now_ms, sfu_answer* answer) {
    static_cast<Door*>(user)->asked.add(std::string("token ") + token + (now_ms > 0 ? "" : " at no time"));
    sfu_video_grant video;
    SFU_INIT(video);
    video.room_join = 1;
    video.room = "hall";
    sfu_claims claims;
    SFU_INIT(claims);
    claims.identity = token;
    claims.video = &video;
    CHECK(sfu_answer_token(answer, "x") == SFU_ERROR_FAILED_PRECONDITION);
    CHECK(sfu_answer_pass(answer) == SFU_ERROR_FAILED_PRECONDITION);
    CHECK(sfu_answer_claims(nullptr, &claims) == SFU_ERROR_INVALID_HANDLE);
    CHECK(sfu_answer_claims(answer, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
    sfu_status elsewhere = SFU_OK;
    std::thread([&] { elsewhere = sfu_answer_claims(answer, &claims); }).join();
    CHECK(elsewhere == SFU_ERROR_INVALID_HANDLE);
    SFU_CHECK(sfu_answer_claims(answer, &claims));
  };
  auth.refresh = [](void* user, const sfu_claims* claims, std::int64_t, std::int64_t ttl_ms, sfu_answer* answer) {
    static_cast<Door*>(user)->asked.add(std::string("refresh ") + claims->identity +
                                        (ttl_ms > 0 ? "" : " for no time"));
    SFU_CHECK(sfu_answer_token(answer, "fresh"));
  };
  sfu_policy_callbacks policy;
  SFU_INIT(policy);
  policy.user = &door;
  policy.on_join = [](void* user, const sfu_join_request* request, sfu_decision* decision) {
    static_cast<Door*>(user)->asked.add(std::string("admit ") + request->claims->identity + ' ' +
                                        request->claims->video->room + ' ' + request->client_address +
                                        (request->checking ? " checking" : "") +
                                        (request->room_exists ? " to others" : " first"));
    if (std::string(request->claims->identity) == "mallory") {
      SFU_CHECK(sfu_decision_deny(decision, "not you"));
    } else {
      sfu_video_grant grants;
      SFU_INIT(grants);
      grants.hidden = 1;
      CHECK(sfu_decision_allow_with(decision, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
      SFU_CHECK(sfu_decision_allow_with(decision, &grants));
      SFU_CHECK(sfu_decision_deny(decision, "too late"));  // the first one counts
    }
    SFU_CHECK(sfu_decision_release(decision));
    CHECK(sfu_decision_allow(decision) == SFU_ERROR_INVALID_HANDLE);
  };
  sfu_engine_options options = null_options();
  options.key_count = 0;
  options.auth = &auth;
  options.policy = &policy;
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));

  sfu_pair query[2];
  sfu_connect_request request = request_of("mallory", query, "/rtc/validate");
  std::int32_t status = 0;
  char* body = nullptr;
  SFU_REQUIRE(sfu_engine_validate(engine, &request, &status, &body));
  CHECK(status == 403);
  CHECK(std::string(body).find("not you") != std::string::npos);
  SFU_CHECK(sfu_free(body));

  Lines lines;
  const sfu_signal_callbacks socket = socket_of(lines);
  sfu_signal_session* session = nullptr;
  request = request_of("alice", query);
  SFU_REQUIRE(sfu_engine_connect(engine, &request, &socket, &session));
  CHECK(lines.wait("message") == "message");
  sfu_room* room = nullptr;
  sfu_participant* alice = nullptr;
  const sfu_permission* permission = nullptr;
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));
  SFU_REQUIRE(sfu_room_participant(room, "alice", &alice));
  SFU_REQUIRE(sfu_participant_get_permission(alice, &permission));
  CHECK(permission->hidden == 1);  // what the hook said, in place of the token
  SFU_CHECK(sfu_free(permission));
  CHECK(door.asked.wait("refresh") == "refresh alice");
  CHECK(door.asked.wait("admit mallory") == "admit mallory hall 192.0.2.7 checking first");
  CHECK(door.asked.wait("admit alice") == "admit alice hall 192.0.2.7 first");
  SFU_CHECK(sfu_participant_release(alice));
  SFU_CHECK(sfu_room_release(room));
  SFU_CHECK(sfu_signal_session_release(session));
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("who waits for everybody to leave is told once: that it came so, or that it will not") {
  struct Told {
    static void done(void* user, sfu_status status) {
      static_cast<Lines*>(user)->add(std::string("done ") + sfu_status_name(status));
    }
  };
  sfu_engine* engine = null_engine();
  Lines empty;
  std::uint64_t here = 7;
  SFU_REQUIRE(sfu_engine_drain(engine, Told::done, &empty, &here));
  CHECK(here == 0);
  CHECK(empty.all() == std::vector<std::string>{"done ok"});

  const std::string good = token("alice", "hall");
  sfu_pair query[2];
  const sfu_connect_request request = request_of(good.c_str(), query);
  Lines lines;
  const sfu_signal_callbacks socket = socket_of(lines);
  sfu_signal_session* session = nullptr;
  SFU_REQUIRE(sfu_engine_connect(engine, &request, &socket, &session));
  REQUIRE(lines.wait("message") == "message");
  Lines first;
  Lines second;
  SFU_REQUIRE(sfu_engine_drain(engine, Told::done, &first, &here));
  CHECK(here == 1);
  SFU_REQUIRE(sfu_engine_drain(engine, Told::done, &second, nullptr));
  CHECK(first.all() == std::vector<std::string>{"done closed"});
  CHECK(second.all().empty());
  SFU_CHECK(sfu_engine_release(engine));
  CHECK(second.wait("done").starts_with("done "));
  CHECK(second.count("done") == 1);
  SFU_CHECK(sfu_signal_session_release(session));
}

TEST_CASE("who is told that it has joined is counted already") {
  struct Socket {
    sfu_engine* engine = null_engine();
    Lines lines;
  } socket;
  sfu_signal_callbacks callbacks;
  SFU_INIT(callbacks);
  callbacks.user = &socket;
  callbacks.send = [](void* user, const std::uint8_t*, std::size_t, sfu_bool) {
    if (static_cast<Socket*>(user)->lines.count("here") > 0) return;
    std::uint64_t here = 0;
    SFU_CHECK(sfu_engine_drain(static_cast<Socket*>(user)->engine, nullptr, nullptr, &here));
    static_cast<Socket*>(user)->lines.add("here: " + std::to_string(here));
  };
  const std::string good = token("alice", "hall");
  sfu_pair query[2];
  const sfu_connect_request request = request_of(good.c_str(), query);
  sfu_signal_session* session = nullptr;
  SFU_REQUIRE(sfu_engine_connect(socket.engine, &request, &callbacks, &session));
  CHECK(socket.lines.wait("here") == "here: 1");
  SFU_CHECK(sfu_signal_session_release(session));
  SFU_CHECK(sfu_engine_release(socket.engine));
}

TEST_CASE("log lines go to the host, at the level that it asks for") {
  for (const sfu_log_level level : {SFU_LOG_DEBUG, SFU_LOG_OFF}) {
    Lines lines;
    sfu_log_callbacks log;
    SFU_INIT(log);
    log.user = &lines;
    log.dropped = [](void* user) { static_cast<Lines*>(user)->add("dropped"); };
    log.log = [](void* user, sfu_log_level at, const char* message, const sfu_pair* fields, std::size_t count) {
      std::string line = "line " + std::to_string(at) + ' ' + message;
      for (std::size_t i = 0; i < count; ++i) line += std::string(" ") + fields[i].key + '=' + fields[i].value;
      static_cast<Lines*>(user)->add(line);
    };
    sfu_engine_options options = null_options();
    options.log = &log;
    options.log_level = level;
    sfu_engine* engine = nullptr;
    SFU_REQUIRE(sfu_engine_create(&options, &engine));
    SFU_CHECK(sfu_engine_create_room(engine, "hall", nullptr, nullptr, nullptr));
    SFU_CHECK(sfu_engine_release(engine));
    CHECK((lines.count("line ") > 0) == (level == SFU_LOG_DEBUG));
    CHECK(lines.all().back() == "dropped");
  }
}

TEST_CASE("an engine is released while others are in calls of it") {
  sfu_engine* engine = null_engine();
  std::atomic<bool> go_on = true;
  std::vector<std::future<bool>> callers;
  for (int i = 0; i < 3; ++i) {
    callers.push_back(std::async(std::launch::async, [&, i] {
      const std::string name = "room " + std::to_string(i);
      bool only_known = true;
      while (go_on) {
        const sfu_status status = sfu_engine_create_room(engine, name.c_str(), nullptr, nullptr, nullptr);
        only_known &= status == SFU_OK || status == SFU_ERROR_CLOSED || status == SFU_ERROR_INVALID_HANDLE;
        if (status == SFU_ERROR_INVALID_HANDLE) return only_known;
      }
      return only_known;
    }));
  }
  const sfu_room_info_list* rooms = nullptr;
  SFU_CHECK(sfu_engine_get_rooms(engine, nullptr, 0, &rooms));
  SFU_CHECK(sfu_free(rooms));
  SFU_CHECK(sfu_engine_release(engine));
  for (auto& caller : callers) CHECK(caller.get());
  go_on = false;
  CHECK(sfu_engine_release(engine) == SFU_ERROR_INVALID_HANDLE);
}
