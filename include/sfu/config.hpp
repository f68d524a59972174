// SPDX-License-Identifier: Apache-2.0
// Where a server's configuration comes from: LiveKit's YAML, and over it what command lines and environment variables
// say of single keys. docs/configuration.md describes every key. The library reads no environment by itself.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace sfu {

// A key of the configuration.
struct ConfigKey {
  std::string name;       // "room.empty_timeout"
  std::string type;       // "0 to 4294967295", "true or false", "time", "text" ...
  std::string fallback;   // its default, as one would write it; empty: nothing
  bool is_scalar = true;  // no list and no map: it has a flag and a variable of its own in LiveKit's server
  bool is_built = true;   // false: accepted, with a warning unless it is the default
};

// One key from elsewhere. A time is a whole number of nanoseconds here, as LiveKit's flags have it; a list or a map is
// YAML text.
struct ConfigOverride {
  std::string key;
  std::string value;
  std::string source;  // for messages: "--room.empty_timeout", "LIVEKIT_ROOM_EMPTY_TIMEOUT"
};

struct ConfigSource {
  std::string yaml{};
  std::string file_name = "configuration";  // for messages
  // Over the YAML; of one key the last counts.
  std::vector<ConfigOverride> overrides{};
  // LiveKit's --dev: what nothing else says becomes key `devkey` with secret `secret`, on the loopback addresses, UDP
  // port 7882 and log level debug; an empty text is then enough.
  bool development = false;
  // Unknown keys are refused; else they are warned of.
  bool strict = true;
  // What $NAME and ${NAME} in the path of key_file stand for, and ~ through HOME; null: such paths are taken as they
  // are.
  std::function<std::optional<std::string>(const std::string& name)> environment{};
};

// All keys, in the order of the documentation.
std::vector<ConfigKey> config_keys();

}  // namespace sfu
