// SPDX-License-Identifier: Apache-2.0
// A host's clock, and what it tells certain clients.
#include <doctest/doctest.h>

#include <chrono>
#include <string>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

// Joins as a browser, and leaves; whether it is told of kCodec, which nobody else knows.
const char* const kCodec[] = {"video/x-lynx"};

bool is_told_of_codec(sfu_engine* engine) {
  struct Socket {
    Lines lines;
    static void send(void* user, const std::uint8_t* message, std::size_t length, sfu_bool) {
      const std::string_view text(reinterpret_cast<const char*>(message), length);
      static_cast<Socket*>(user)->lines.add(text.find(kCodec[0]) != text.npos ? "told" : "not told");
    }
  } socket;
  const std::string good = token("alice", "hall");
  const sfu_pair query[] = {{"access_token", good.c_str()}, {"protocol", "16"}, {"sdk", "js"}, {"browser", "Lynx"}};
  sfu_connect_request request;
  SFU_INIT(request);
  request.path = "/rtc";
  request.query = query;
  request.query_count = 4;
  sfu_signal_callbacks callbacks;
  SFU_INIT(callbacks);
  callbacks.user = &socket;
  callbacks.send = Socket::send;
  callbacks.dropped = [](void* user) { static_cast<Socket*>(user)->lines.add("dropped"); };
  sfu_signal_session* session = nullptr;
  SFU_REQUIRE(sfu_engine_connect(engine, &request, &callbacks, &session));
  const bool told = socket.lines.wait("told") == "told";
  SFU_CHECK(sfu_signal_session_release(session));
  SFU_CHECK(sfu_engine_release(engine));
  CHECK(socket.lines.wait("dropped") == "dropped");
  return told;
}

}  // namespace

TEST_CASE("a host tells certain clients which codecs to leave alone, by a callback or by rules") {
  Lines asked;
  sfu_client_config_callbacks config;
  SFU_INIT(config);
  config.user = &asked;
  config.dropped = [](void* user) { static_cast<Lines*>(user)->add("dropped"); };
  config.configure = [](void* user, const sfu_client_description* client, sfu_answer* answer) {
    static_cast<Lines*>(user)->add(std::string("who: ") + client->sdk + ' ' + client->browser + ' ' +
                                   std::to_string(client->protocol));
    sfu_client_configuration told;
    SFU_INIT(told);
    told.disabled_codecs = kCodec;
    told.disabled_codec_count = 1;
    SFU_CHECK(sfu_answer_configuration(answer, &told));
    told.force_relay = 9;
    CHECK(sfu_answer_configuration(answer, &told) == SFU_ERROR_INVALID_ARGUMENT);
  };
  sfu_engine_options options = null_options();
  options.client_config = &config;
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));
  CHECK(is_told_of_codec(engine));
  CHECK(asked.all() == std::vector<std::string>{"who: js lynx 16", "dropped"});

  sfu_client_configuration then;
  SFU_INIT(then);
  then.disabled_codecs = kCodec;
  then.disabled_codec_count = 1;
  sfu_client_rule rule;
  SFU_INIT(rule);
  rule.when = "c.browser == \"lynx\"";
  rule.then = &then;
  const sfu_client_rule* rules[] = {&rule};
  options = null_options();
  options.client_rules = rules;
  options.client_rule_count = 1;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));
  CHECK(is_told_of_codec(engine));
  rule.when = "c.browser ==";
  CHECK(sfu_engine_create(&options, &engine) == SFU_ERROR_INVALID_ARGUMENT);
}

TEST_CASE("a host's clock is the engine's time") {
  constexpr std::int64_t kThen = 1'900'000'000'000'000'000;
  sfu_clock_callbacks clock;
  SFU_INIT(clock);
  clock.now_ns = [](void*) -> std::int64_t {
    return std::chrono::nanoseconds(std::chrono::steady_clock::now().time_since_epoch()).count();
  };
  clock.wall_now_ns = [](void*) -> std::int64_t { return kThen; };
  sfu_engine_options options = null_options();
  options.clock = &clock;
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));
  const sfu_room_info* info = nullptr;
  SFU_REQUIRE(sfu_engine_create_room(engine, "hall", nullptr, nullptr, &info));
  CHECK(info->created_at_ms / 1000 == kThen / 1'000'000'000);
  SFU_CHECK(sfu_free(info));
  SFU_CHECK(sfu_engine_release(engine));
  clock.now_ns = nullptr;
  CHECK(sfu_engine_create(&options, &engine) == SFU_ERROR_INVALID_ARGUMENT);
}
