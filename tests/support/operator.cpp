// SPDX-License-Identifier: Apache-2.0
// A host that decides who may join, and whose operator changes what participants may do while they are in a room. Whose
// name begins with "banned" is refused, and with "listener" may not publish, whatever the token says. A line on
// standard input names the room, the participant and all that it may: "publish", "subscribe", "data", and "camera" or
// "microphone" where it may publish only those: "hall ada publish subscribe microphone". Each is answered by a line.
// The end of the input ends it.
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <string>

#include "sfu/room.hpp"
#include "sfu/server.hpp"

namespace {

class Door final : public sfu::PolicyHook {
 public:
  void on_join(const sfu::JoinRequest& request, sfu::Decision decision) override {
    const std::string& identity = request.claims.identity;
    if (identity.starts_with("banned")) {
      return decision.deny(identity + " from " + request.client_address + " is not welcome among " +
                           std::to_string(request.participants));
    }
    if (!identity.starts_with("listener")) return decision.allow();
    sfu::VideoGrant grants = *request.claims.video;
    grants.can_publish = false;
    decision.decide(sfu::Verdict::allow_with(grants));
  }
};

std::string obey(sfu::Engine& engine, const std::string& line) {
  std::istringstream words(line);
  std::string room;
  std::string identity;
  words >> room >> identity;
  sfu::ParticipantPermission permission{.can_subscribe = false, .can_publish = false, .can_publish_data = false};
  for (std::string right; words >> right;) {
    permission.can_publish |= right == "publish";
    permission.can_subscribe |= right == "subscribe";
    permission.can_publish_data |= right == "data";
    if (right == "camera") permission.can_publish_sources.push_back(sfu::TrackSource::kCamera);
    if (right == "microphone") permission.can_publish_sources.push_back(sfu::TrackSource::kMicrophone);
  }
  const auto result = engine.room(room).participant(identity).set_permission(permission);
  return result ? "done" : "failed: " + result.error().message;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: %s http-port udp-port\n", argv[0]), 2;
  sfu::ServerOptions options;
  options.bind_addresses = options.engine.bind_addresses = {sfu::IpAddress::v4({127, 0, 0, 1})};
  options.port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  options.engine.udp_port_first = options.engine.udp_port_last = static_cast<std::uint16_t>(std::atoi(argv[2]));
  Door door;
  options.engine.policy = &door;
  const auto authenticator = sfu::make_token_authenticator({{"devkey", "secret"}});
  options.engine.authenticator = authenticator.get();
  auto server = sfu::Server::create(std::move(options));
  if (!server) return std::fprintf(stderr, "%s\n", server.error().message.c_str()), 1;
  std::cout << "listening on http://127.0.0.1:" << (*server)->port() << std::endl;
  for (std::string line; std::getline(std::cin, line);) std::cout << obey((*server)->engine(), line) << std::endl;
}
