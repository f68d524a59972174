// SPDX-License-Identifier: Apache-2.0
// A host that takes the engine's turns on its own loop.
#include <doctest/doctest.h>
#include <poll.h>

#include <string>
#include <thread>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

// Takes turns until `holds`; what they do, they do on this thread.
template <typename Holds>
bool turn_until(sfu_engine* engine, Holds holds) {
  int descriptor = -1;
  SFU_REQUIRE(sfu_engine_get_poll_descriptor(engine, &descriptor));
  REQUIRE(descriptor >= 0);
  for (int turns = 0; turns < 1000 && !holds(); ++turns) {
    std::int64_t timeout_ns = 0;
    SFU_CHECK(sfu_engine_get_poll_timeout(engine, &timeout_ns));
    REQUIRE(timeout_ns >= 0);
    pollfd readable = {descriptor, POLLIN, 0};
    poll(&readable, 1, static_cast<int>((timeout_ns + 999'999) / 1'000'000));
    SFU_CHECK(sfu_engine_run_once(engine));
  }
  return holds();
}

struct Seen {
  std::thread::id thread;
  std::string heard;
};

}  // namespace

TEST_CASE("an engine without threads lives on its host's loop, and calls back there") {
  sfu_engine_options options = null_options();
  options.host_driven = 1;
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));
  sfu_room* room = nullptr;
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));

  Seen seen;
  sfu_client_callbacks callbacks;
  SFU_INIT(callbacks);
  callbacks.user = &seen;
  callbacks.on_data = [](void* user, const sfu_data_message* message) {
    auto& told = *static_cast<Seen*>(user);
    told.thread = std::this_thread::get_id();
    told.heard.assign(reinterpret_cast<const char*>(message->bytes), message->length);
  };
  sfu_claims claims;
  SFU_INIT(claims);
  sfu_local_participant_options who;
  SFU_INIT(who);
  who.claims = &claims;
  sfu_client* ear = nullptr;
  sfu_client* mouth = nullptr;
  claims.identity = "ear";
  SFU_REQUIRE(sfu_room_join(room, &who, &callbacks, &ear));
  claims.identity = "mouth";
  SFU_REQUIRE(sfu_room_join(room, &who, &callbacks, &mouth));
  SFU_CHECK(sfu_client_send_data(mouth, reinterpret_cast<const std::uint8_t*>("hello"), 5, nullptr));
  CHECK(turn_until(engine, [&] { return !seen.heard.empty(); }));
  CHECK(seen.heard == "hello");
  CHECK(seen.thread == std::this_thread::get_id());

  SFU_CHECK(sfu_client_release(mouth));
  SFU_CHECK(sfu_client_release(ear));
  SFU_CHECK(sfu_engine_stop(engine));
  std::int64_t timeout_ns = 0;
  SFU_CHECK(sfu_engine_get_poll_timeout(engine, &timeout_ns));
  CHECK(timeout_ns == -1);
  SFU_CHECK(sfu_engine_run_once(engine));
  SFU_CHECK(sfu_room_release(room));
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("an engine with threads has nothing for a host's loop") {
  sfu_engine* engine = null_engine();
  int descriptor = 0;
  std::int64_t timeout_ns = 0;
  SFU_CHECK(sfu_engine_get_poll_descriptor(engine, &descriptor));
  SFU_CHECK(sfu_engine_get_poll_timeout(engine, &timeout_ns));
  SFU_CHECK(sfu_engine_run_once(engine));
  CHECK(descriptor == -1);
  CHECK(timeout_ns == -1);
  CHECK(sfu_engine_get_poll_descriptor(engine, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(sfu_engine_get_poll_timeout(engine, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
  SFU_CHECK(sfu_engine_release(engine));
  sfu_engine_options options = null_options();
  options.host_driven = 1;
  options.workers = 2;
  CHECK(sfu_engine_create(&options, &engine) == SFU_ERROR_INVALID_ARGUMENT);
}
