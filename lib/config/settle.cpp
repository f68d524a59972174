// SPDX-License-Identifier: Apache-2.0
// What can be judged only when the whole configuration has been read.
#include <algorithm>
#include <cctype>

#include "config/schema.hpp"

namespace sfu::config {
namespace {

constexpr std::size_t kMinSecret = 32;
constexpr PortRange kDevelopmentPorts = {7882, 7882};
constexpr std::uint16_t kDevelopmentRelayEnd = 30002;
// What LiveKit takes when one end of the range is not set.
constexpr PortRange kDefaultRange = {50000, 60000};

Failure refuse(std::string_view file_name, std::string_view what) {
  return fail(Errc::kInvalidArgument, at_line(file_name, 0) + std::string(what));
}

Result<void> settle_ports(Draft& draft, std::string_view file_name) {
  if (draft.settings.force_tcp && draft.settings.tcp_port == 0) {
    return refuse(file_name, "rtc.force_tcp needs a port at rtc.tcp_port");
  }
  if (!draft.port_range_start && !draft.port_range_end) {
    draft.settings.udp_ports = draft.mux_ports;
    return {};
  }
  const PortRange range{draft.port_range_start.value_or(kDefaultRange.first),
                        draft.port_range_end.value_or(kDefaultRange.last)};
  if (range.last < range.first) {
    return refuse(file_name, "rtc.port_range_end must not be below rtc.port_range_start");
  }
  draft.settings.udp_ports = range;
  if (draft.mux_ports) {
    draft.settings.warnings.push_back(at_line(file_name, 0) +
                                      "rtc.udp_port has no effect beside rtc.port_range_start and rtc.port_range_end");
  }
  return {};
}

// A name of more than one label, each of letters, digits and hyphens (RFC 1123 2.1).
bool is_domain(std::string_view name) {
  std::size_t labels = 0;
  while (!name.empty()) {
    const std::string_view label = name.substr(0, std::min(name.find('.'), name.size()));
    const bool good = !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
                      std::ranges::all_of(label, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-'; });
    if (!good) return false;
    ++labels;
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  return labels >= 2;
}

Result<void> settle_turn(Draft& draft, std::string_view file_name) {
  TurnOptions& turn = draft.settings.turn;
  if (!draft.turn_enabled) {
    turn = {};
    return {};
  }
  if (draft.settings.development) turn.relay_port_last = kDevelopmentRelayEnd;
  turn.relay_port_last = draft.turn_relay_range_end.value_or(turn.relay_port_last);
  if (turn.tls_port == 0 && turn.udp_port == 0) {
    return refuse(file_name, "turn.enabled needs a port at turn.tls_port or turn.udp_port");
  }
  if (turn.relay_port_first == 0 || turn.relay_port_last < turn.relay_port_first) {
    return refuse(file_name, "turn.relay_range_end must not be below turn.relay_range_start, which must not be 0");
  }
  if (turn.tls_port == 0) return {};
  if (turn.domain.empty()) return refuse(file_name, "turn.tls_port needs turn.domain");
  if (!is_domain(turn.domain)) return refuse(file_name, "turn.domain is no domain name: " + turn.domain);
  if (!turn.external_tls && (turn.certificate_file.empty() || turn.key_file.empty())) {
    return refuse(file_name, "turn.tls_port needs turn.cert_file and turn.key_file, or turn.external_tls");
  }
  return {};
}

Result<void> check_pairs(const Draft& draft, std::string_view file_name) {
  if (draft.settings.prometheus_username.empty() != draft.settings.prometheus_password.empty()) {
    return refuse(file_name, "prometheus.username and prometheus.password must both be set, or neither");
  }
  const auto& regions = draft.selector_regions;
  if (!regions.empty() && std::ranges::find(regions, draft.settings.region) == regions.end()) {
    return refuse(file_name, "region must be one of node_selector.regions, but is '" + draft.settings.region + "'");
  }
  return {};
}

void settle_deprecated(Draft& draft) {
  Settings& settings = draft.settings;
  TextLimits& limits = settings.room.limits;
  if (draft.room_metadata != 0) limits.metadata = draft.room_metadata;
  if (draft.room_name != 0) limits.room_name = draft.room_name;
  if (draft.room_identity != 0) limits.identity = draft.room_identity;
  if (draft.old_log_level) settings.log_level = draft.old_log_level;
  if (draft.old_prometheus_port != 0) settings.prometheus_port = draft.old_prometheus_port;
  PacketBuffers& buffers = settings.room.packet_buffers;
  const auto settle_buffer = [&](std::uint32_t& buffer, const std::optional<std::uint32_t>& own) {
    buffer = own.value_or(draft.packet_buffer.value_or(buffer));
  };
  settle_buffer(buffers.video, draft.packet_buffer_video);
  settle_buffer(buffers.audio, draft.packet_buffer_audio);
}

void settle_development(Draft& draft) {
  Settings& settings = draft.settings;
  if (!settings.development) return;
  if (!settings.udp_ports) settings.udp_ports = kDevelopmentPorts;
  if (!settings.log_level) settings.log_level = LogLevel::kDebug;
  if (!settings.keys.empty() || !settings.key_file.empty()) return;
  settings.keys.emplace("devkey", "secret");
  // With a secret that everybody knows, only this machine may come in unless the operator says so.
  if (settings.bind_addresses.empty() && !draft.binds_everywhere)
    settings.bind_addresses = {*IpAddress::parse("127.0.0.1"), *IpAddress::parse("::1")};
}

}  // namespace

void warn_of_short_secrets(Settings& settings) {
  if (settings.development) return;
  for (const auto& [key, secret] : settings.keys) {
    if (secret.size() >= kMinSecret) continue;
    settings.warnings.push_back("the secret of key " + key + " is shorter than " + std::to_string(kMinSecret) +
                                " characters and can be guessed");
  }
}

Result<void> settle(Draft& draft, std::string_view file_name) {
  settle_deprecated(draft);
  if (!draft.playout_delay_enabled) draft.settings.room.playout_delay = {};
  SFU_CHECK_OK(settle_ports(draft, file_name));
  SFU_CHECK_OK(settle_turn(draft, file_name));
  SFU_CHECK_OK(check_pairs(draft, file_name));
  settle_development(draft);
  warn_of_short_secrets(draft.settings);
  return {};
}

}  // namespace sfu::config
