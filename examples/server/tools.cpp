// SPDX-License-Identifier: Apache-2.0
#include "tools.hpp"

#include <sys/random.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>

#include "sfu/access_token.hpp"

namespace {

constexpr std::size_t kKeyLength = 12;
constexpr std::size_t kSecretLength = 43;  // 256 bits

// Of letters and digits, each as likely as the others.
std::string random_text(std::size_t length) {
  constexpr std::string_view kAlphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::string text;
  while (text.size() < length) {
    std::uint8_t byte = 0;
    if (getrandom(&byte, 1, 0) != 1) continue;
    if (byte < 4 * kAlphabet.size()) text += kAlphabet[byte % kAlphabet.size()];
  }
  return text;
}

}  // namespace

int generate_keys() {
  std::printf("API Key:  API%s\nAPI Secret:  %s\n", random_text(kKeyLength).c_str(),
              random_text(kSecretLength).c_str());
  return 0;
}

int print_ports(const sfu::ServerOptions& options) {
  const auto& engine = options.engine;
  std::printf("TCP Ports\n%u - HTTP service\n", unsigned{options.port});
  if (engine.tcp_port != 0) std::printf("%u - ICE/TCP\n", unsigned{engine.tcp_port});
  if (engine.turn.tls_port != 0) std::printf("%u - TURN/TLS\n", unsigned{engine.turn.tls_port});
  std::printf("\nUDP Ports\n");
  if (engine.udp_port_first == engine.udp_port_last) {
    std::printf("%u - ICE/UDP\n", unsigned{engine.udp_port_first});
  } else {
    std::printf("%u-%u - ICE/UDP\n", unsigned{engine.udp_port_first}, unsigned{engine.udp_port_last});
  }
  if (engine.turn.udp_port != 0) std::printf("%u - TURN/UDP\n", unsigned{engine.turn.udp_port});
  return 0;
}

int list_nodes() {
  std::printf("this server runs by itself: lists of nodes need Redis, which is not built yet\n");
  return 0;
}

int create_join_token(const sfu::ServerOptions& options, const JoinTokenRequest& request) {
  if (options.keys.empty()) {
    std::fprintf(stderr, "sfu-server: no API keys: give some under `keys`, or use --dev\n");
    return 1;
  }
  sfu::Claims claims;
  claims.identity = request.identity;
  claims.video.emplace();
  claims.video->room_join = true;
  claims.video->room = request.room;
  if (request.recorder) {
    claims.video->hidden = claims.video->recorder = true;
    claims.video->can_publish = claims.video->can_publish_data = false;
  }
  const auto& [key, secret] = *options.keys.begin();
  const auto token = sfu::make_access_token(claims, key, secret, {.ttl = std::chrono::hours(30 * 24)});
  if (!token) {
    std::fprintf(stderr, "sfu-server: %s\n", token.error().message.c_str());
    return 1;
  }
  std::printf("Token: %s\n", token->c_str());
  return 0;
}
