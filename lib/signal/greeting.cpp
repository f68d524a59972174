// SPDX-License-Identifier: Apache-2.0
#include "signal/greeting.hpp"

#include <string>

#include "clientconfig/clientconfig.hpp"

namespace sfu::signal {
namespace {

constexpr int kProtocol = 17;
constexpr int kAgentProtocol = 1;

livekit::ServerInfo server_info(const ServerIdentity& server) {
  livekit::ServerInfo info;
  info.set_edition(livekit::ServerInfo::Standard);
  info.set_version(server.version);
  info.set_protocol(kProtocol);
  info.set_region(server.region);
  info.set_node_id(server.node_id);
  info.set_agent_protocol(kAgentProtocol);
  return info;
}

void add_codec(google::protobuf::RepeatedPtrField<livekit::Codec>& codecs, std::string_view mime) {
  codecs.Add()->set_mime(std::string(mime));
}

// Leaves it unset when no rule applies, as clients expect.
template <typename Response>
void set_client_configuration(Response& response, const livekit::ClientInfo& client, bool relay) {
  if (relay) response.mutable_client_configuration()->set_force_relay(livekit::ENABLED);
  const auto rules = clientconfig::rules_for({.browser = client.browser(),
                                              .browser_version = client.browser_version(),
                                              .os = client.os(),
                                              .device_model = client.device_model()});
  if (rules.empty()) return;
  auto& disabled = *response.mutable_client_configuration()->mutable_disabled_codecs();
  for (const auto mime : rules.disabled_codecs) add_codec(*disabled.mutable_codecs(), mime);
  for (const auto mime : rules.disabled_publish_codecs) add_codec(*disabled.mutable_publish(), mime);
}

}  // namespace

livekit::JoinResponse join_greeting(const ServerIdentity& server, const livekit::ClientInfo& client, bool relay) {
  livekit::JoinResponse response;
  response.set_server_version(server.version);
  response.set_server_region(server.region);
  *response.mutable_server_info() = server_info(server);
  set_client_configuration(response, client, relay);
  return response;
}

livekit::ReconnectResponse reconnect_greeting(const ServerIdentity& server, const livekit::ClientInfo& client,
                                              bool relay) {
  livekit::ReconnectResponse response;
  *response.mutable_server_info() = server_info(server);
  set_client_configuration(response, client, relay);
  return response;
}

}  // namespace sfu::signal
