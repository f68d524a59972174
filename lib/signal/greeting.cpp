// SPDX-License-Identifier: Apache-2.0
#include "signal/greeting.hpp"

#include <algorithm>
#include <string>

#include "sfu/client_config.hpp"

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

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

ClientDescription describe(const livekit::ClientInfo& client) {
  ClientDescription description;
  description.sdk = lower_case(livekit::ClientInfo::SDK_Name(client.sdk()));
  description.version = client.version();
  description.protocol = client.protocol();
  description.os = lower_case(client.os());
  description.os_version = client.os_version();
  description.device_model = lower_case(client.device_model());
  description.browser = lower_case(client.browser());
  description.browser_version = client.browser_version();
  description.address = client.address();
  return description;
}

livekit::ClientConfigSetting to_message(ClientSetting setting) {
  switch (setting) {
    case ClientSetting::kUnset: break;
    case ClientSetting::kDisabled: return livekit::DISABLED;
    case ClientSetting::kEnabled: return livekit::ENABLED;
  }
  return livekit::UNSET;
}

void write(const ClientConfiguration& from, livekit::ClientConfiguration& to) {
  if (from.video_hardware_encoder != ClientSetting::kUnset) {
    to.mutable_video()->set_hardware_encoder(to_message(from.video_hardware_encoder));
  }
  if (from.screen_hardware_encoder != ClientSetting::kUnset) {
    to.mutable_screen()->set_hardware_encoder(to_message(from.screen_hardware_encoder));
  }
  to.set_resume_connection(to_message(from.resume_connection));
  to.set_force_relay(to_message(from.force_relay));
  for (const auto& mime : from.disabled_codecs) to.mutable_disabled_codecs()->add_codecs()->set_mime(mime);
  for (const auto& mime : from.disabled_publish_codecs) to.mutable_disabled_codecs()->add_publish()->set_mime(mime);
}

// Leaves it unset when there is nothing to tell, as clients expect.
template <typename Response>
void set_client_configuration(Response& response, const ServerIdentity& server, const livekit::ClientInfo& client,
                              bool relay) {
  const auto configuration =
      server.client_config != nullptr ? server.client_config->configuration(describe(client)) : std::nullopt;
  if (configuration) write(*configuration, *response.mutable_client_configuration());
  if (relay) response.mutable_client_configuration()->set_force_relay(livekit::ENABLED);
}

}  // namespace

livekit::JoinResponse join_greeting(const ServerIdentity& server, const livekit::ClientInfo& client, bool relay) {
  livekit::JoinResponse response;
  response.set_server_version(server.version);
  response.set_server_region(server.region);
  *response.mutable_server_info() = server_info(server);
  set_client_configuration(response, server, client, relay);
  return response;
}

livekit::ReconnectResponse reconnect_greeting(const ServerIdentity& server, const livekit::ClientInfo& client,
                                              bool relay) {
  livekit::ReconnectResponse response;
  *response.mutable_server_info() = server_info(server);
  set_client_configuration(response, server, client, relay);
  return response;
}

}  // namespace sfu::signal
