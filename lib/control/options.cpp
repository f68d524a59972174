// SPDX-License-Identifier: Apache-2.0
// Settings of a configuration as options of the server.
#include <algorithm>
#include <utility>

#include "base/result.hpp"
#include "config/config.hpp"
#include "sfu/server.hpp"

namespace sfu {
namespace {

void apply(config::Settings& settings, EngineOptions& engine) {
  // As with LiveKit's server, a server that takes HTTP from a proxy beside it alone takes media from everywhere.
  engine.interfaces = std::move(settings.interfaces);
  if (settings.development) {
    engine.bind_addresses = settings.bind_addresses;
  } else {
    engine.interfaces.loopback |= std::ranges::any_of(settings.bind_addresses, &IpAddress::is_loopback);
  }
  if (settings.udp_ports) {
    engine.udp_port_first = settings.udp_ports->first;
    engine.udp_port_last = settings.udp_ports->last;
  }
  engine.tcp_port = settings.tcp_port;
  // Several servers on one machine: the one that nobody gave a port of its own does without.
  engine.tcp_port_optional = settings.tcp_port == config::Settings().tcp_port && !settings.force_tcp;
  engine.force_tcp = settings.force_tcp;
  engine.tcp_fallback = settings.tcp_fallback;
  engine.node_ips = settings.node_ips;
  engine.workers = settings.workers;
  engine.lend_above = settings.lend_above;
  engine.worker_cpus = std::move(settings.worker_cpus);
  engine.region = settings.region;
  engine.room_defaults = std::move(settings.room);
  engine.room_presets = std::move(settings.room_presets);
  engine.ice_servers = std::move(settings.ice_servers);
  engine.turn = std::move(settings.turn);
  engine.node_limits = settings.node_limits;
  engine.statistics_interval = settings.statistics_interval;
  engine.signal_message_size_limit = settings.signal_message_size_limit;
}

void apply(config::Settings& settings, ServerOptions& options) {
  options.bind_addresses = settings.bind_addresses;
  options.port = settings.port;
  options.keys = {settings.keys.begin(), settings.keys.end()};
  options.development = settings.development;
  if (settings.meet.value_or(settings.development)) options.meet_directory = settings.meet_directory;
  options.console_directory = std::move(settings.console_directory);
  options.max_request_body = settings.max_api_request_body_size;
  options.client_rules = std::move(settings.client_rules);
  options.webhooks = std::move(settings.webhooks);
  options.metrics.port = settings.prometheus_port;
  options.metrics.username = std::move(settings.prometheus_username);
  options.metrics.password = std::move(settings.prometheus_password);
  options.log_level = settings.log_level.value_or(LogLevel::kInfo);
  options.log_json = settings.log_json;
  apply(settings, options.engine);
}

}  // namespace

Result<LoadedOptions> load_options(const ConfigSource& source) {
  const config::ParseOptions how{source.development, source.strict, source.overrides};
  SFU_TRY(config::Settings settings, config::parse(source.yaml, source.file_name, how));
  settings.key_file = config::expand_path(settings.key_file, source.environment);
  SFU_CHECK_OK(config::load_key_file(settings));
  SFU_CHECK_OK(config::load_turn_secrets(settings));
  LoadedOptions loaded;
  loaded.warnings = std::move(settings.warnings);
  apply(settings, loaded.options);
  return loaded;
}

std::vector<ConfigKey> config_keys() {
  return config::keys();
}

}  // namespace sfu
