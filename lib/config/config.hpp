// SPDX-License-Identifier: Apache-2.0
// LiveKit's YAML configuration as checked settings. A key that nobody knows, a wrong type or a value out of range is
// refused with the key's full name, the file and the line; a key of a part that is not built yet is accepted with a
// warning. What is not in the file has LiveKit's default (control-plane spec 5.2). Command lines and
// environment variables are the host's to read; what they say comes over the file. yaml-cpp is seen by yaml.cpp only,
// and its exceptions stop there.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sfu/address.hpp"
#include "sfu/config.hpp"
#include "sfu/engine.hpp"
#include "sfu/ice_servers.hpp"
#include "sfu/logger.hpp"
#include "sfu/room_options.hpp"
#include "sfu/time.hpp"
#include "sfu/turn_options.hpp"
#include "sfu/webhooks.hpp"

namespace sfu::config {

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  friend bool operator==(const PortRange&, const PortRange&) = default;
};

using Override = ConfigOverride;
using Keys = std::map<std::string, std::string, std::less<>>;  // API key to secret

struct Settings {
  std::uint16_t port = 7880;              // HTTP and WebSocket
  std::vector<IpAddress> bind_addresses;  // empty: all interfaces
  std::optional<PortRange> udp_ports;     // rtc.udp_port, or rtc.port_range_start to _end, which win over it
  std::uint16_t tcp_port = 7881;          // rtc.tcp_port; 0: no ICE over TCP
  bool force_tcp = false;
  bool tcp_fallback = true;         // rtc.allow_tcp_fallback
  std::vector<IpAddress> node_ips;  // at most one IPv4 and one IPv6
  InterfaceFilter interfaces;       // rtc.interfaces, rtc.ips, rtc.enable_loopback_candidate
  std::string region;
  unsigned workers = 0;  // 0: one a core
  double lend_above = 0.5;
  std::vector<int> worker_cpus;

  Keys keys;
  std::string key_file;  // read with load_key_file()

  RoomOptions room;
  RoomPresets room_presets;                              // room.room_configurations
  NodeLimits node_limits;                                // limit.num_tracks, limit.bytes_per_sec
  std::uint32_t signal_message_size_limit = 2 << 20;     // 0: no limit
  std::uint32_t max_api_request_body_size = 10 << 20;    // 0: no limit
  IceServers ice_servers;                                // rtc.turn_servers, rtc.stun_servers
  TurnOptions turn;                                      // its ports are 0 unless turn.enabled
  std::map<std::size_t, std::string> turn_secret_files;  // by index of ice_servers.turn; read with load_key_file()

  std::vector<ClientConfigRule> client_rules;  // client_configuration
  WebhookOptions webhooks;

  std::optional<LogLevel> log_level;  // unset: info
  bool log_json = false;

  std::uint16_t prometheus_port = 0;
  std::string prometheus_username;
  std::string prometheus_password;
  Duration statistics_interval = std::chrono::seconds(2);  // node_stats.stats_update_interval

  bool development = false;
  std::optional<bool> meet;       // meet.enabled; unset: in development only
  std::string meet_directory;     // meet.directory
  std::string console_directory;  // console.directory

  std::vector<std::string> warnings;  // for the operator to read, with file and line
};

struct ParseOptions {
  bool development = false;
  bool strict = true;  // else unknown keys are warned of
  std::span<const Override> overrides{};
};

// `file_name` is for messages only. `development` is LiveKit's --dev, as is the key of that name in the file: unless
// the file says otherwise the UDP port is 7882, the log level debug, the key `devkey` with the secret `secret`, and
// then the addresses are the loopback ones. Errors: kInvalidArgument.
Result<Settings> parse(std::string_view yaml, std::string_view file_name, const ParseOptions& options = {});

// All keys that parse() knows.
std::vector<ConfigKey> keys();

// A map of API keys to secrets, as in a key file or LiveKit's --keys.
Result<Keys> parse_keys(std::string_view yaml, std::string_view file_name);

// `path` with $NAME, ${NAME} and a leading ~ replaced by what `environment` says; one that it does not know is nothing.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
std::string expand_path(const std::string& path, const Environment& environment);

// Replaces settings.keys by what settings.key_file holds; does nothing if that is empty. A file that users other than
// its owner and group can access is refused. Errors: kNotFound, kPermissionDenied, kInvalidArgument.
Result<void> load_key_file(Settings& settings);
// The same for the secrets of TURN servers that are in files of their own (settings.turn_secret_files).
Result<void> load_turn_secrets(Settings& settings);

}  // namespace sfu::config
