// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <cstring>
#include <thread>

#include "support.hpp"

using namespace sfu::capi_test;

extern "C" {
int header_compiles_as_c89(void);
const char* program_of_c99(void);
}

TEST_CASE("the header serves C of 1989, and a program of C99 embeds an engine") {
  CHECK(header_compiles_as_c89() == 1);
  const char* failure = program_of_c99();
  CHECK_MESSAGE(failure == nullptr, failure);
}

TEST_CASE("each status has a name, and unknown ones are internal") {
  const sfu_status all[] = {SFU_OK,
                            SFU_ERROR_INVALID_ARGUMENT,
                            SFU_ERROR_TRUNCATED,
                            SFU_ERROR_MALFORMED,
                            SFU_ERROR_UNSUPPORTED,
                            SFU_ERROR_NOT_FOUND,
                            SFU_ERROR_ALREADY_EXISTS,
                            SFU_ERROR_PERMISSION_DENIED,
                            SFU_ERROR_UNAUTHENTICATED,
                            SFU_ERROR_LIMIT_EXCEEDED,
                            SFU_ERROR_FAILED_PRECONDITION,
                            SFU_ERROR_CLOSED,
                            SFU_ERROR_TIMEOUT,
                            SFU_ERROR_UNAVAILABLE,
                            SFU_ERROR_INVALID_HANDLE,
                            SFU_ERROR_WRONG_THREAD,
                            SFU_ERROR_OUT_OF_MEMORY};
  for (const sfu_status status : all) CHECK(std::string(sfu_status_name(status)) != "internal");
  CHECK(std::string(sfu_status_name(SFU_ERROR_INTERNAL)) == "internal");
  CHECK(std::string(sfu_status_name(-4711)) == "internal");
  CHECK(std::string(sfu_version()).find('.') != std::string::npos);
  CHECK(std::string(sfu_protocol_server_version()).find('.') != std::string::npos);
}

TEST_CASE("the message of a failure is the failing thread's own, and stays through what succeeds") {
  CHECK(sfu_engine_stop(nullptr) == SFU_ERROR_INVALID_HANDLE);
  CHECK(why() == "sfu_engine is NULL");
  SFU_CHECK(sfu_free(nullptr));
  CHECK(why() == "sfu_engine is NULL");
  std::string elsewhere = "?";
  std::thread([&] { elsewhere = why(); }).join();
  CHECK(elsewhere.empty());
}

TEST_CASE("a struct of a wrong size is refused, whatever is wrong with it") {
  sfu_engine_options options = null_options();
  sfu_engine* engine = nullptr;
  CHECK(sfu_engine_create(nullptr, &engine) == SFU_ERROR_INVALID_ARGUMENT);
  for (const std::uint32_t size : {0u, 4u, 0xCCCCCCCCu}) {
    options.size = size;
    CHECK(sfu_engine_create(&options, &engine) == SFU_ERROR_INVALID_ARGUMENT);
    CHECK(why().find("SFU_INIT") != std::string::npos);
  }
  CHECK(engine == nullptr);
  sfu_struct_init(nullptr, 64);
  sfu_struct_init(&options, 2);  // no room for the size: nothing is written
  CHECK(options.size == 0xCCCCCCCCu);
}

TEST_CASE("a caller that is newer than the library may leave zero what the library does not know, and nothing else") {
  struct Newer {
    sfu_agent_dispatch known;
    std::uint64_t unknown;
  } newer;
  sfu_struct_init(&newer, sizeof newer);
  sfu_engine* engine = null_engine();
  SFU_REQUIRE(sfu_engine_create_room(engine, "hall", nullptr, nullptr, nullptr));
  sfu_room* room = nullptr;
  SFU_REQUIRE(sfu_engine_room(engine, "hall", &room));
  SFU_CHECK(sfu_room_add_agent_dispatch(room, &newer.known, nullptr));
  newer.unknown = 1;
  CHECK(sfu_room_add_agent_dispatch(room, &newer.known, nullptr) == SFU_ERROR_UNSUPPORTED);
  SFU_CHECK(sfu_room_release(room));
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("numbers, settings, lists and addresses that cannot be are refused") {
  sfu_engine* engine = nullptr;
  const auto refused = [&](const std::function<void(sfu_engine_options&, sfu_room_options&)>& spoil) {
    sfu_engine_options options = null_options();
    sfu_room_options rooms;
    SFU_INIT(rooms);
    options.room_defaults = &rooms;
    spoil(options, rooms);
    return sfu_engine_create(&options, &engine) == SFU_ERROR_INVALID_ARGUMENT && !why().empty();
  };
  static const char* const nonsense[] = {"somewhere"};
  CHECK(refused([](auto&, auto& rooms) { rooms.auto_create = 3; }));
  CHECK(refused([](auto&, auto& rooms) { rooms.duplicate_identity = -1; }));
  CHECK(refused([](auto&, auto& rooms) { rooms.empty_timeout_ms = -2; }));
  CHECK(refused([](auto&, auto& rooms) { rooms.metadata_limit = std::int64_t{1} << 40; }));
  CHECK(refused([](auto&, auto& rooms) { rooms.speaker_active_level = 256; }));
  CHECK(refused([](auto& options, auto&) {
    options.log_level = 77;
    options.log_json = 1;
  }));
  CHECK(refused([](auto& options, auto&) { options.stun_server_count = 1; }));
  CHECK(refused([](auto& options, auto&) {
    options.node_ips = nonsense;
    options.node_ip_count = 1;
  }));
  CHECK(refused([](auto& options, auto&) {
    options.bind_addresses = nonsense;
    options.bind_address_count = 1;
  }));
  CHECK(refused([](auto& options, auto&) {
    options.included_addresses = nonsense;
    options.included_address_count = 1;
  }));
  CHECK(refused([](auto& options, auto&) { options.key_count = 0; }));
  CHECK(engine == nullptr);
}

TEST_CASE("a result is given back once") {
  sfu_engine* engine = null_engine();
  const sfu_engine_statistics* statistics = nullptr;
  SFU_REQUIRE(sfu_engine_get_statistics(engine, &statistics));
  SFU_CHECK(sfu_free(statistics));
  CHECK(sfu_free(statistics) == SFU_ERROR_INVALID_HANDLE);
  int mine = 0;
  CHECK(sfu_free(&mine) == SFU_ERROR_INVALID_HANDLE);
  CHECK(sfu_free(engine) == SFU_ERROR_INVALID_HANDLE);
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("out-parameters that are needed are asked for, and untouched by what fails") {
  sfu_engine* engine = null_engine();
  CHECK(sfu_engine_get_rooms(engine, nullptr, 0, nullptr) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(sfu_engine_room(engine, "hall", nullptr) == SFU_ERROR_INVALID_ARGUMENT);
  auto* room = reinterpret_cast<sfu_room*>(0x10);
  CHECK(sfu_engine_room(engine, "", &room) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(sfu_engine_room(engine, nullptr, &room) == SFU_ERROR_INVALID_ARGUMENT);
  CHECK(room == reinterpret_cast<sfu_room*>(0x10));
  SFU_CHECK(sfu_engine_release(engine));
}
