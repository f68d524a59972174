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

// With the key that the client's token shows, so that whoever knows that key's secret can verify the credential.
void add_embedded(const EmbeddedTurn& own, const IceClient& client, IceServerList& list) {
  const bool by_tls = !own.tls_url.empty();
  if (own.udp_urls.empty() ? !by_tls : client.tls_only && !by_tls) return;
  const auto& keys = own.keys->keys();
  const auto named = keys.find(client.api_key);
  const auto& [key, secret] = named != keys.end() ? *named : *keys.begin();
  auto& entry = *list.Add();
  if (!client.tls_only) {
    for (const std::string& url : own.udp_urls) entry.add_urls(url);
  }
  if (by_tls) entry.add_urls(own.tls_url);
  auto credentials = auth::make_turn_credentials(key, secret, client.participant_sid, client.now + own.credential_ttl);
  entry.set_username(std::move(credentials.username));
  entry.set_credential(std::move(credentials.password));
}

}  // namespace

bool has_tls_relay(const IceServers& servers, const EmbeddedTurn& own) {
  return !own.tls_url.empty() || std::ranges::any_of(servers.turn, [](const TurnServer& server) {
    return server.protocol == TurnServer::Protocol::kTls;
  });
}

IceServerList ice_servers(const IceServers& servers, const EmbeddedTurn& own, const IceClient& client) {
  IceServerList list;
  add_embedded(own, client, list);
  for (const TurnServer& server : servers.turn) {
    if (client.tls_only && server.protocol != TurnServer::Protocol::kTls) continue;
    auto& entry = *list.Add();
    entry.add_urls(url_of(server));
    entry.set_username(server.username);
    entry.set_credential(server.credential);
    if (server.secret.empty()) continue;
    auto credentials =
        auth::make_shared_secret_credentials(server.secret, client.participant_sid, client.now + server.ttl);
    entry.set_username(std::move(credentials.username));
    entry.set_credential(std::move(credentials.password));
  }
  if (servers.stun.empty() || client.tls_only) return list;
  auto& stun = *list.Add();
  for (const std::string& server : servers.stun) stun.add_urls("stun:" + server);
  return list;
}

}  // namespace sfu::signal
