// SPDX-License-Identifier: Apache-2.0
// What the tests of the C interface share: what happened, as lines that can be waited for; a server on loopback,
// clients in its rooms, and an engine without a network.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "sfu-c/sfu.h"

namespace sfu::capi_test {

// A port that nobody has now.
std::uint16_t free_udp_port();

class Lines {
 public:
  void add(std::string line);
  std::vector<std::string> all() const;
  // The first line that begins so, waited for. Empty after 20 s without one.
  std::string wait(std::string_view beginning);
  std::size_t count(std::string_view beginning) const;
  bool wait_count(std::string_view beginning, std::size_t count);

 private:
  bool wait_until(const std::function<bool()>& holds);
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> lines_;
};

inline const sfu_pair kKey = {"devkey", "a secret of at least thirty-two characters"};

// A token for `room`; with `grants` set as wished.
std::string token(const std::string& identity, const std::string& room,
                  const std::function<void(sfu_video_grant&)>& grants = {});

// A transport that reaches nobody: what it is given is gone, and nothing comes.
const sfu_transport_callbacks& null_transport();
// One worker on the null transport, and the key.
sfu_engine_options null_options();
sfu_engine* null_engine();

// On loopback, with remote_unmute, and what happens in its rooms: "participant_joined alice", "room_started hall".
struct TestServer {
  explicit TestServer(const std::function<void(sfu_server_options&, sfu_engine_options&)>& change = {});
  ~TestServer();
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  std::string url(const char* scheme = "ws") const;
  sfu_room* room(const char* name) const;

  Lines events;
  sfu_server* server = nullptr;
  sfu_engine* engine = nullptr;
};

// What it hears, as lines.
struct TestClient {
  TestClient(const TestServer& server, const std::string& identity, const std::string& room,
             const std::function<void(sfu_client_options&)>& change = {});
  // In this process.
  TestClient(sfu_room* room, const std::string& identity);
  ~TestClient();
  TestClient(const TestClient&) = delete;
  TestClient& operator=(const TestClient&) = delete;

  Lines lines;
  sfu_client* client = nullptr;
};

// The last error, for messages of CHECKs.
inline std::string why() {
  return sfu_last_error_message();
}

}  // namespace sfu::capi_test

// A call that must succeed.
#define SFU_CHECK(call) CHECK_MESSAGE((call) == SFU_OK, ::sfu::capi_test::why())
#define SFU_REQUIRE(call) REQUIRE_MESSAGE((call) == SFU_OK, ::sfu::capi_test::why())
