// SPDX-License-Identifier: Apache-2.0
#include "signal/parameters.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <utility>

#include "auth/base64url.hpp"
#include "base/utf8.hpp"
#include "signal/user_agent.hpp"
#include "wire/wire.hpp"

namespace sfu::signal {
namespace {

using livekit::ClientInfo;

constexpr std::array<std::pair<std::string_view, ClientInfo::SDK>, 14> kSdks{{
    {"js", ClientInfo::JS},
    {"ios", ClientInfo::SWIFT},
    {"swift", ClientInfo::SWIFT},
    {"android", ClientInfo::ANDROID},
    {"flutter", ClientInfo::FLUTTER},
    {"go", ClientInfo::GO},
    {"unity", ClientInfo::UNITY},
    {"reactnative", ClientInfo::REACT_NATIVE},
    {"rust", ClientInfo::RUST},
    {"python", ClientInfo::PYTHON},
    {"cpp", ClientInfo::CPP},
    {"unityweb", ClientInfo::UNITY_WEB},
    {"node", ClientInfo::NODE},
    {"esp32", ClientInfo::ESP32},
}};

bool is_true(std::string_view value) {
  return value == "1" || value == "true";
}

int to_int(std::string_view value) {
  int number = 0;
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
  return error == std::errc() && end == value.data() + value.size() ? number : 0;
}

// The proxies' headers are believed: who lets clients reach the port directly has nothing to lose by it, since the
// address is only shown, never trusted.
std::string client_address(const ConnectRequest& request) {
  for (const char* name : {"cf-connecting-ip", "x-forwarded-for", "x-real-ip"}) {
    const auto value = header_value(request, name);
    if (!value.empty()) return utf8_or_empty(value);
  }
  return utf8_or_empty(request.remote_address);
}

// Native SDKs know their device; what a web view's User-Agent says would be wrong for them.
bool runs_in_browser(ClientInfo::SDK sdk) {
  switch (sdk) {
    case ClientInfo::JS:
    case ClientInfo::REACT_NATIVE:
    case ClientInfo::FLUTTER:
    case ClientInfo::UNITY:
    case ClientInfo::UNKNOWN: return true;
    default: return false;
  }
}

void complete_client(ClientInfo& client, const ConnectRequest& request) {
  client.set_address(client_address(request));
  if (!runs_in_browser(client.sdk())) return;
  const auto agent = parse_user_agent(utf8_or_empty(header_value(request, "user-agent")));
  if (client.browser().empty()) {
    client.set_browser(agent.browser);
    client.set_browser_version(agent.browser_version);
  }
  if (client.os().empty()) {
    client.set_os(agent.os);
    client.set_os_version(agent.os_version);
  }
  if (client.device_model().empty()) client.set_device_model(agent.device_model);
}

ClientInfo client_from_query(const ConnectRequest& request) {
  ClientInfo client;
  const auto text = [&](const char* name) { return utf8_or_empty(query_value(request, name)); };
  for (const auto& [name, sdk] : kSdks) {
    if (query_value(request, "sdk") == name) client.set_sdk(sdk);
  }
  client.set_protocol(to_int(query_value(request, "protocol")));
  client.set_client_protocol(to_int(query_value(request, "client_protocol")));
  client.set_version(text("version"));
  client.set_os(text("os"));
  client.set_os_version(text("os_version"));
  client.set_browser(text("browser"));
  client.set_browser_version(text("browser_version"));
  client.set_device_model(text("device_model"));
  client.set_network(text("network"));
  auto names = query_value(request, "capabilities");
  while (!names.empty() && client.capabilities_size() < ClientInfo::Capability_ARRAYSIZE) {
    const auto name = names.substr(0, names.find(','));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    ClientInfo::Capability capability{};
    if (ClientInfo::Capability_Parse(std::string(name), &capability)) client.add_capabilities(capability);
  }
  return client;
}

livekit::ReconnectReason to_reconnect_reason(int value) {
  return livekit::ReconnectReason_IsValid(value) ? static_cast<livekit::ReconnectReason>(value) : livekit::RR_UNKNOWN;
}

// A JSON object of texts, in base64. Read as the field of a message which has that type.
bool decode_attributes(std::string_view parameter, std::map<std::string, std::string>& attributes) {
  const auto json = auth::decode_base64url(parameter, auth::Padding::kOptional);
  livekit::JoinRequest request;
  if (!json || !wire::parse_json_quietly(request, "{\"participantAttributes\":" + *json + "}")) return false;
  attributes = {request.participant_attributes().begin(), request.participant_attributes().end()};
  return true;
}

}  // namespace

std::string_view query_value(const ConnectRequest& request, const std::string& name) {
  const auto found = request.query.find(name);
  return found == request.query.end() ? std::string_view() : std::string_view(found->second);
}

std::string_view header_value(const ConnectRequest& request, const std::string& name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string_view() : std::string_view(found->second);
}

Parameters parameters_from_query(const ConnectRequest& request) {
  Parameters out;
  out.client = client_from_query(request);
  complete_client(out.client, request);
  const auto flag = [&](const char* name) { return is_true(query_value(request, name)); };
  out.auto_subscribe = query_value(request, "auto_subscribe").empty() || flag("auto_subscribe");
  out.auto_subscribe_data = flag("auto_subscribe_data_track");
  out.adaptive_stream = flag("adaptive_stream");
  if (!query_value(request, "subscriber_allow_pause").empty()) {
    out.subscriber_allow_pause = flag("subscriber_allow_pause");
  }
  out.reconnect = flag("reconnect");
  if (out.reconnect) {
    out.reconnect_reason = to_reconnect_reason(to_int(query_value(request, "reconnect_reason")));
    out.participant_sid = utf8_or_empty(query_value(request, "sid"));
  }
  if (const auto publish = query_value(request, "publish"); !publish.empty()) out.publish = utf8_or_empty(publish);
  if (const auto attributes = query_value(request, "attributes"); !attributes.empty()) {
    out.attributes_undecodable = !decode_attributes(attributes, out.attributes);
  }
  return out;
}

Parameters parameters_from_join_request(const ConnectRequest& request, livekit::JoinRequest join) {
  Parameters out;
  out.client = std::move(*join.mutable_client_info());
  complete_client(out.client, request);
  out.single_peer_connection = true;
  const auto& settings = join.connection_settings();
  out.auto_subscribe = settings.auto_subscribe();
  out.auto_subscribe_data = settings.auto_subscribe_data_track();
  out.adaptive_stream = settings.adaptive_stream();
  out.subscriber_allow_pause = settings.subscriber_allow_pause();
  out.metadata = std::move(*join.mutable_metadata());
  out.attributes = {join.participant_attributes().begin(), join.participant_attributes().end()};
  out.reconnect = join.reconnect();
  out.reconnect_reason = to_reconnect_reason(join.reconnect_reason());
  out.participant_sid = std::move(*join.mutable_participant_sid());
  for (auto& track : *join.mutable_add_track_requests()) out.add_tracks.push_back(std::move(track));
  if (join.has_publisher_offer()) out.offer = std::move(*join.mutable_publisher_offer());
  if (join.has_sync_state()) out.sync_state = std::move(*join.mutable_sync_state());
  return out;
}

}  // namespace sfu::signal
