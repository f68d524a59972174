// SPDX-License-Identifier: Apache-2.0
// rtc.turn_servers and rtc.stun_servers: whom clients are told of.
#include <algorithm>
#include <charconv>

#include "config/readers.hpp"

namespace sfu::config {
namespace {

constexpr std::int64_t kDefaultTtl = 14400;  // control-plane spec 7.2
constexpr std::int64_t kNegativeTtl = 300;
constexpr std::int64_t kMaxTtl = 86400;

Result<TurnServer::Protocol> protocol_of(const Value& value) {
  SFU_TRY(const auto written, value.text());
  if (written == "udp") return TurnServer::Protocol::kUdp;
  if (written == "tcp") return TurnServer::Protocol::kTcp;
  if (written == "tls") return TurnServer::Protocol::kTls;
  return value.failure("must be udp, tcp or tls, not " + written);
}

struct ReadServer {
  TurnServer server;
  std::string secret_file;
};

Result<void> read_field(const Value& entry, ReadServer& to) {
  const auto text = [&](std::string& field) -> Result<void> {
    SFU_TRY(field, entry.text());
    return {};
  };
  if (entry.key() == "host") return text(to.server.host);
  if (entry.key() == "username") return text(to.server.username);
  if (entry.key() == "credential") return text(to.server.credential);
  if (entry.key() == "secret") return text(to.server.secret);
  if (entry.key() == "secret_file") return text(to.secret_file);
  if (entry.key() == "protocol") {
    SFU_TRY(to.server.protocol, protocol_of(entry));
    return {};
  }
  if (entry.key() == "port") {
    SFU_TRY(const auto port, entry.number(1, 0xffff));
    to.server.port = static_cast<std::uint16_t>(port);
    return {};
  }
  if (entry.key() == "ttl") {
    SFU_TRY(const auto ttl, entry.number(-kMaxNumber, kMaxNumber));
    to.server.ttl = std::chrono::seconds(ttl == 0 ? kDefaultTtl : ttl < 0 ? kNegativeTtl : std::min(ttl, kMaxTtl));
    return {};
  }
  return entry.failure(
      "is unknown; a TURN server has host, port, protocol, username, credential, secret, secret_file and ttl");
}

}  // namespace

Result<void> read_turn_servers(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  auto& settings = draft.settings;
  for (const Value& item : items) {
    ReadServer read;
    read.server.protocol = TurnServer::Protocol::kTcp;  // LiveKit's default
    SFU_TRY(const auto entries, item.map());
    for (const Value& entry : entries) {
      if (!entry.is_null()) SFU_CHECK_OK(read_field(entry, read));
    }
    auto& server = read.server;
    if (server.host.empty()) return item.failure("must have a host");
    const bool has_password = !server.username.empty() && !server.credential.empty();
    if (server.secret.empty() && read.secret_file.empty() && !has_password) {
      return item.failure("must have a secret or secret_file, or both username and credential");
    }
    if (server.secret.empty() && !read.secret_file.empty()) {
      settings.turn_secret_files.emplace(settings.ice_servers.turn.size(), read.secret_file);
    }
    settings.ice_servers.turn.push_back(std::move(server));
  }
  return {};
}

Result<void> read_stun_servers(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  for (const Value& item : items) {
    SFU_TRY(auto written, item.text());
    const auto colon = written.rfind(':');
    std::uint16_t port = 0;
    const char* end = written.data() + written.size();
    const auto parsed = colon == std::string::npos ? std::from_chars_result{end, std::errc::invalid_argument}
                                                   : std::from_chars(written.data() + colon + 1, end, port);
    if (colon == 0 || parsed.ec != std::errc() || parsed.ptr != end || port == 0) {
      return item.failure("must be host:port, not " + written);
    }
    draft.settings.ice_servers.stun.push_back(std::move(written));
  }
  return {};
}

}  // namespace sfu::config
