// SPDX-License-Identifier: Apache-2.0
// The command line of a LiveKit server: its flags and environment variables as a configuration (control-plane
// spec 5.1), and its sub-commands.
#pragma once

#include <string>
#include <vector>

#include "sfu/config.hpp"
#include "sfu/result.hpp"

namespace CLI {
class App;
}

struct Arguments {
  std::string config_file;
  std::string config_body;
  bool development = false;
  bool lenient = false;  // --disable-strict-config
  std::vector<sfu::ConfigKey> keys = sfu::config_keys();
  std::vector<sfu::ConfigOverride> of_flags;  // --room.empty_timeout and its like
  std::vector<sfu::ConfigOverride> of_base;   // --bind, --udp-port and the other short ones, or their variables

  // The YAML that counts, and over it variables, flags and short flags, in this order.
  sfu::Result<sfu::ConfigSource> source() const;
};

// Both tell `arguments` what was given while the command line is parsed.
void add_base_flags(CLI::App& app, Arguments& arguments);
// A flag for each key that has one value; `shown`: in the help too.
void add_key_flags(CLI::App& app, Arguments& arguments, bool shown);
