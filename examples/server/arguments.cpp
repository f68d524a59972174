// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <optional>
#include <sstream>
#include <string_view>

namespace {

constexpr std::string_view kFlag = "true or false";

std::optional<std::string> variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  return value != nullptr ? std::optional<std::string>(value) : std::nullopt;
}

// room.empty_timeout: LIVEKIT_ROOM_EMPTY_TIMEOUT
std::string variable_of(const std::string& key) {
  std::string name = "LIVEKIT_" + key;
  std::ranges::transform(name, name.begin(), [](char c) {
    return c == '.' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

sfu::Result<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return sfu::fail(sfu::Errc::kNotFound, "cannot read configuration file " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

// A short flag, and perhaps a variable, for a key of the configuration.
struct BaseFlag {
  const char* flag;
  const char* variable;
  const char* key;
  const char* help;
};
constexpr BaseFlag kBaseFlags[] = {
    {"--port", "", "port", "HTTP and WebSocket port"},
    {"--key-file", "", "key_file", "file of API keys and their secrets"},
    {"--keys", "LIVEKIT_KEYS", "keys", "API keys and their secrets: \"key: secret\", one a line"},
    {"--region", "LIVEKIT_REGION", "region", "region of this server"},
    {"--node-ip", "NODE_IP", "rtc.node_ip", "address that clients reach this server at"},
    {"--udp-port", "UDP_PORT", "rtc.udp_port", "UDP port for media, or first-last"},
    {"--redis-host", "REDIS_HOST", "redis.address", "Redis's host:port"},
    {"--redis-password", "REDIS_PASSWORD", "redis.password", "password for Redis"},
    {"--turn-cert", "LIVEKIT_TURN_CERT", "turn.cert_file", "certificate of the TURN server"},
    {"--turn-key", "LIVEKIT_TURN_KEY", "turn.key_file", "key of the TURN server's certificate"},
    {"--workers", "", "workers", "media threads"},
    {"--meet-dir", "", "meet.directory", "folder of the meeting page, served at /meet/"},
    {"--console-dir", "", "console.directory", "folder of the console, served at /console/"},
};

std::string help_of(const sfu::ConfigKey& key) {
  if (key.type == "time") return "nanoseconds";
  return key.type == kFlag && !key.fallback.empty() ? key.type + " [" + key.fallback + "]" : key.type;
}

}  // namespace

void add_base_flags(CLI::App& app, Arguments& arguments) {
  app.add_option("--config", arguments.config_file, "YAML configuration file");
  app.add_option("--config-body", arguments.config_body, "YAML configuration, as text; wins over --config")
      ->envname("LIVEKIT_CONFIG");
  app.add_flag("--dev", arguments.development, "development mode: key devkey, secret secret, on 127.0.0.1");
  app.add_flag("--disable-strict-config", arguments.lenient)->group("");
  auto* bind = app.add_option_function<std::vector<std::string>>(
      "--bind",
      [&arguments](const std::vector<std::string>& addresses) {
        std::string list;
        for (const std::string& address : addresses) list += (list.empty() ? "'" : "', '") + address;
        arguments.of_base.push_back({"bind_addresses", "[" + list + "']", "--bind"});
      },
      "address to listen on; may be repeated");
  bind->allow_extra_args(false);  // one each time
  for (const BaseFlag& base : kBaseFlags) {
    auto* option = app.add_option_function<std::string>(
        base.flag,
        [&arguments, &base](const std::string& value) {
          if (!value.empty()) arguments.of_base.push_back({base.key, value, base.flag});
        },
        base.help);
    option->envname(base.variable);
  }
  // Of Go's profiler; there is nothing here that they could do.
  for (const char* ignored : {"--cpuprofile", "--memprofile"}) {
    app.add_option_function<std::string>(
           ignored,
           [ignored](const std::string&) { std::fprintf(stderr, "sfu-server: %s has no effect here\n", ignored); })
        ->group("");
  }
}

void add_key_flags(CLI::App& app, Arguments& arguments, bool shown) {
  for (const sfu::ConfigKey& key : arguments.keys) {
    const std::string flag = "--" + key.name;
    if (!key.is_scalar || app.get_option_no_throw(flag) != nullptr) continue;
    auto* option = app.add_option_function<std::string>(
        flag,
        [&arguments, &key](const std::string& value) {
          const bool alone = value.empty() && key.type == kFlag;
          arguments.of_flags.push_back({key.name, alone ? "true" : value, "--" + key.name});
        },
        help_of(key));
    if (key.type == kFlag) {
      option->expected(0, 1);  // alone it means true, where CLI11 would take the default
    } else if (!key.fallback.empty()) {
      option->default_str(key.fallback);
    }
    option->group(shown ? "Keys of the configuration" : "");
  }
}

sfu::Result<sfu::ConfigSource> Arguments::source() const {
  sfu::ConfigSource source;
  source.development = development;
  source.strict = !lenient;
  source.environment = variable;
  source.yaml = config_body;
  source.file_name = "--config-body";
  if (config_body.empty() && !config_file.empty()) {
    auto text = read_file(config_file);
    if (!text) return sfu::Failure{text.error()};
    source.yaml = *std::move(text);
    source.file_name = config_file;
  }
  for (const sfu::ConfigKey& key : keys) {
    if (!key.is_scalar) continue;
    const std::string name = variable_of(key.name);
    if (const auto value = variable(name); value && !value->empty()) {
      source.overrides.push_back({key.name, *value, name});
    }
  }
  source.overrides.insert(source.overrides.end(), of_flags.begin(), of_flags.end());
  source.overrides.insert(source.overrides.end(), of_base.begin(), of_base.end());
  return source;
}
