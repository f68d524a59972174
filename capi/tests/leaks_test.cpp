// SPDX-License-Identifier: Apache-2.0
// Rounds of making and giving back. SFU_CAPI_ROUNDS=10000 does as many of the dear ones as of the cheap ones. Under
// AddressSanitizer its own search for leaks looks, at the end of the program.
#include <doctest/doctest.h>
#include <malloc.h>

#include <cstdlib>
#include <string>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

int dear_rounds() {
  const char* rounds = std::getenv("SFU_CAPI_ROUNDS");
  return rounds != nullptr ? std::atoi(rounds) : 200;
}

// Bytes that `round` leaves behind, each time, after some have come to fill what is kept for good.
template <typename Round>
double left_by_each(int rounds, Round round) {
  for (int i = 0; i < rounds / 4 + 1; ++i) round();
  const auto before = mallinfo2().uordblks;
  for (int i = 0; i < rounds; ++i) round();
  const auto after = mallinfo2().uordblks;
  return after > before ? static_cast<double>(after - before) / rounds : 0;
}

constexpr double kNothing = 16;  // bytes a round: less than any block that a leak could be

}  // namespace

TEST_CASE("10000 rounds of handles and results leave nothing") {
  sfu_engine* engine = null_engine();
  const std::string good = token("alice", "hall");
  const std::uint64_t live = sfu_live_count();
  const double left = left_by_each(10'000, [&] {
    sfu_room* room = nullptr;
    sfu_participant* participant = nullptr;
    sfu_track* track = nullptr;
    SFU_CHECK(sfu_engine_room(engine, "hall", &room));
    SFU_CHECK(sfu_room_participant(room, "alice", &participant));
    SFU_CHECK(sfu_participant_track(participant, "TR_x", &track));
    sfu_token_verifier* verifier = nullptr;
    const sfu_claims* claims = nullptr;
    SFU_CHECK(sfu_token_verifier_create(&kKey, 1, 0, &verifier));
    SFU_CHECK(sfu_token_verifier_verify(verifier, good.c_str(), 0, &claims));
    SFU_CHECK(sfu_free(claims));
    SFU_CHECK(sfu_token_verifier_release(verifier));
    SFU_CHECK(sfu_track_release(track));
    SFU_CHECK(sfu_participant_release(participant));
    SFU_CHECK(sfu_room_release(room));
    CHECK(sfu_engine_room(engine, "", &room) == SFU_ERROR_INVALID_ARGUMENT);
  });
  CHECK(sfu_live_count() == live);
  CHECK(left < kNothing);
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("rounds of engines with a room, a session and callbacks leave nothing") {
  const std::string good = token("alice", "hall");
  const std::uint64_t live = sfu_live_count();
  const int rounds = dear_rounds();
  const double left = left_by_each(rounds, [&] {
    sfu_event_callbacks events;
    SFU_INIT(events);
    events.on_event = [](void*, const sfu_event*) {};
    sfu_engine_options options = null_options();
    options.events = &events;
    sfu_engine* engine = nullptr;
    SFU_REQUIRE(sfu_engine_create(&options, &engine));
    SFU_CHECK(sfu_engine_create_room(engine, "hall", nullptr, nullptr, nullptr));
    const sfu_pair query = {"access_token", good.c_str()};
    sfu_connect_request request;
    SFU_INIT(request);
    request.path = "/rtc";
    request.query = &query;
    request.query_count = 1;
    sfu_signal_callbacks socket;
    SFU_INIT(socket);
    sfu_signal_session* session = nullptr;
    SFU_CHECK(sfu_engine_connect(engine, &request, &socket, &session));
    SFU_CHECK(sfu_signal_session_release(session));
    SFU_CHECK(sfu_engine_release(engine));
  });
  CHECK(sfu_live_count() == live);
  MESSAGE(left << " bytes left by each of " << rounds << " engines");
  CHECK(left < 64);  // what the allocator keeps of threads that ended varies
}

TEST_CASE("rounds of servers leave nothing") {
  const std::uint64_t live = sfu_live_count();
  const int rounds = dear_rounds() / 10;
  const double left = left_by_each(rounds, [] { const TestServer server; });
  CHECK(sfu_live_count() == live);
  MESSAGE(left << " bytes left by each of " << rounds << " servers");
  CHECK(left < 1024);
}
