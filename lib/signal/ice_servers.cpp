// SPDX-License-Identifier: Apache-2.0
#include "signal/ice_servers.hpp"

#include <algorithm>

#include "auth/turn_credentials.hpp"

namespace sfu::signal {
namespace {

std::string url_of(const TurnServer& server) {
  const bool tls = server.protocol == TurnServer::Protocol::kTls;
  const bool udp = server.protocol == TurnServer::Protocol::kUdp;
  const bool bare_v6 = server.host.find(':') != std::string::npos && !server.host.starts_with('[');
  const std::string host = bare_v6 ? '[' + server.host + ']' : server.host;
  return (tls ? "turns:" : "turn:") + host + ':' + std::to_string(server.port) +
         (udp ? "?transport=udp" : "?transport=tcp");
}

}  // namespace

bool has_tls_relay(const IceServers& servers) {
  return std::ranges::any_of(servers.turn,
                             [](const TurnServer& server) { return server.protocol == TurnServer::Protocol::kTls; });
}

IceServerList ice_servers(const IceServers& servers, std::string_view participant_sid, WallTime now, bool tls_only) {
  IceServerList list;
  for (const TurnServer& server : servers.turn) {
    if (tls_only && server.protocol != TurnServer::Protocol::kTls) continue;
    auto& entry = *list.Add();
    entry.add_urls(url_of(server));
    entry.set_username(server.username);
    entry.set_credential(server.credential);
    if (server.secret.empty()) continue;
    auto credentials = auth::make_shared_secret_credentials(server.secret, participant_sid, now + server.ttl);
    entry.set_username(std::move(credentials.username));
    entry.set_credential(std::move(credentials.password));
  }
  if (servers.stun.empty() || tls_only) return list;
  auto& stun = *list.Add();
  for (const std::string& server : servers.stun) stun.add_urls("stun:" + server);
  return list;
}

void IcePreferences::set(Instant now, std::string_view room, std::string_view identity,
                         livekit::CandidateProtocol protocol) {
  while (!entries_.empty() && now - entries_.front().at > kKeep) entries_.pop_front();
  std::erase_if(entries_, [&](const Entry& entry) { return entry.room == room && entry.identity == identity; });
  if (protocol == livekit::UDP) return;
  if (entries_.size() == kMax) entries_.pop_front();
  entries_.push_back({now, std::string(room), std::string(identity), protocol});
}

livekit::CandidateProtocol IcePreferences::find(Instant now, std::string_view room, std::string_view identity) const {
  const auto found = std::ranges::find_if(
      entries_, [&](const Entry& entry) { return entry.room == room && entry.identity == identity; });
  return found == entries_.end() || now - found->at > kKeep ? livekit::UDP : found->protocol;
}

}  // namespace sfu::signal
