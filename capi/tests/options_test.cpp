// SPDX-License-Identifier: Apache-2.0
// Options that a host notices by what an engine then does, or by why it does not start.
#include <doctest/doctest.h>

#include <cstddef>
#include <mutex>

#include "support.hpp"

using namespace sfu::capi_test;

namespace {

// What an engine of these options says: "" if it starts.
std::string refusal(const std::function<void(sfu_engine_options&, sfu_room_options&)>& change) {
  sfu_engine_options options = null_options();
  sfu_room_options rooms;
  SFU_INIT(rooms);
  options.room_defaults = &rooms;
  change(options, rooms);
  sfu_engine* engine = nullptr;
  const sfu_status status = sfu_engine_create(&options, &engine);
  if (status == SFU_OK) {
    SFU_CHECK(sfu_engine_release(engine));
    return "";
  }
  CHECK(status == SFU_ERROR_INVALID_ARGUMENT);
  return why();
}

struct Socket {
  std::string received() const {
    const std::lock_guard lock(mutex);
    return bytes;
  }
  mutable std::mutex mutex;
  std::string bytes;
  Lines lines;
};

}  // namespace

TEST_CASE("a number out of range is refused with the name of its option") {
  CHECK(refusal([](auto& options, auto&) { options.lend_above_percent = 101; }) ==
        "lend_above_percent is out of range");
  CHECK(refusal([](auto& options, auto&) { options.lend_above_percent = -2; }) == "lend_above_percent is out of range");
  CHECK(refusal([](auto&, auto& rooms) { rooms.data_channel_lossy_latency_ms = -2; }) ==
        "data_channel_lossy_latency_ms is out of range");
  CHECK(refusal([](auto&, auto& rooms) { rooms.data_channel_track_latency_ms = -2; }) ==
        "data_channel_track_latency_ms is out of range");
  CHECK(refusal([](auto&, auto& rooms) { rooms.metadata_limit = std::int64_t{1} << 40; }) ==
        "metadata_limit is out of range");
  CHECK(refusal([](auto&, auto& rooms) { rooms.auto_create = 3; }) ==
        "auto_create is neither SFU_DEFAULT, SFU_ON nor SFU_OFF");
  CHECK(refusal([](auto& options, auto& rooms) {
          options.lend_above_percent = 100;
          rooms.data_channel_lossy_latency_ms = SFU_NONE;
          rooms.data_channel_track_latency_ms = 1;
          rooms.data_channel_slow_threshold_bps = 1000;
        }) == "");
}

TEST_CASE("workers run on the CPUs that are given, or the engine does not start") {
  const std::int32_t nowhere[] = {1 << 20};
  CHECK(refusal([&](auto& options, auto&) {
          options.worker_cpus = nowhere;
          options.worker_cpu_count = 1;
        }) == "worker_cpus: CPU 1048576 is not ours to use");
  CHECK(refusal([](auto& options, auto&) { options.worker_cpu_count = 1; }) == "worker_cpus is NULL, but has a length");
  const std::int32_t first[] = {0};
  CHECK(refusal([&](auto& options, auto&) {
          options.worker_cpus = first;
          options.worker_cpu_count = 1;
          options.host_driven = 1;
        }).find("no worker_cpus") != std::string::npos);
}

TEST_CASE("options of the TURN server that do not fit together are refused") {
  sfu_turn_options turn;
  const auto refused = [&](const std::function<void()>& change) {
    SFU_INIT(turn);
    turn.tls_port = 5349;
    turn.domain = "turn.example.org";
    turn.external_tls = 1;
    change();
    return refusal([&](auto& options, auto&) { options.turn = &turn; });
  };
  CHECK(refused([&] { turn.domain = nullptr; }) == "a TURN server by TLS needs a domain");
  CHECK(refused([&] { turn.relay_port_first = 40001; }).find("relay ports") != std::string::npos);
  CHECK(refused([&] { turn.allocations_per_participant = -2; }) == "allocations_per_participant is out of range");
  CHECK(refused([&] { turn.credential_ttl_ms = -2; }) == "credential_ttl_ms is out of range");
  static const char* const nonsense[] = {"somewhere"};
  CHECK(refused([&] {
          turn.denied_peers = nonsense;
          turn.denied_peer_count = 1;
        }).find("somewhere") != std::string::npos);
}

TEST_CASE("who joins an engine with a TURN server is told of it, with credentials") {
  static const char* const loopback[] = {"127.0.0.1"};
  static const char* const network[] = {"127.0.0.0/8"};
  sfu_turn_options turn;
  SFU_INIT(turn);
  turn.udp_port = free_udp_port();
  turn.bind_addresses = loopback;
  turn.bind_address_count = 1;
  turn.allowed_peers = network;
  turn.allowed_peer_count = 1;
  sfu_engine_options options = null_options();
  options.turn = &turn;
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));

  const std::string good = token("alice", "hall");
  const sfu_pair query[] = {{"access_token", good.c_str()}, {"protocol", "16"}};
  sfu_connect_request request;
  SFU_INIT(request);
  request.path = "/rtc";
  request.query = query;
  request.query_count = 2;
  Socket socket;
  sfu_signal_callbacks callbacks;
  SFU_INIT(callbacks);
  callbacks.user = &socket;
  callbacks.send = [](void* user, const std::uint8_t* message, std::size_t length, sfu_bool) {
    auto& to = *static_cast<Socket*>(user);
    {
      const std::lock_guard lock(to.mutex);
      to.bytes.append(reinterpret_cast<const char*>(message), length);
    }
    to.lines.add("message");
  };
  sfu_signal_session* session = nullptr;
  SFU_REQUIRE(sfu_engine_connect(engine, &request, &callbacks, &session));
  CHECK(socket.lines.wait("message") == "message");
  CHECK(socket.received().find("turn:127.0.0.1:" + std::to_string(turn.udp_port) + "?transport=udp") !=
        std::string::npos);
  SFU_CHECK(sfu_signal_session_release(session));
  SFU_CHECK(sfu_engine_release(engine));
}

TEST_CASE("a caller that was compiled before these options were there is served as ever") {
  sfu_room_options rooms;
  SFU_INIT(rooms);
  rooms.size = offsetof(sfu_room_options, data_channel_lossy_latency_ms);
  rooms.data_channel_lossy_latency_ms = -2;  // what follows an older struct is anybody's
  sfu_engine_options options = null_options();
  options.room_defaults = &rooms;
  options.size = offsetof(sfu_engine_options, turn);
  options.lend_above_percent = 101;
  sfu_engine* engine = nullptr;
  SFU_REQUIRE(sfu_engine_create(&options, &engine));
  SFU_CHECK(sfu_engine_release(engine));
  options.size -= 8;
  CHECK(sfu_engine_create(&options, &engine) == SFU_ERROR_INVALID_ARGUMENT);
}
