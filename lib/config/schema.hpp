// SPDX-License-Identifier: Apache-2.0
// The keys that are known: the type of each, its default, and what it does to the settings. The tables are in
// keys.cpp, keys_rtc.cpp and keys_bandwidth.cpp; docs/configuration.md lists the same, which a test holds it to.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/type.hpp"
#include "config/value.hpp"

namespace sfu::config {

// What is gathered while reading, beside the settings, and looked at when all is read: settle.cpp.
struct Draft {
  Settings settings;
  bool binds_everywhere = false;                  // bind_addresses has "", LiveKit's way to say: all
  std::optional<PortRange> mux_ports;             // rtc.udp_port
  std::optional<std::uint16_t> port_range_start;  // rtc.port_range_start
  std::optional<std::uint16_t> port_range_end;
  bool turn_enabled = false;                          // turn.enabled
  std::optional<std::uint16_t> turn_relay_range_end;  // turn.relay_range_end
  // Deprecated keys, which count whatever stands at their new places, and wherever they stand.
  std::optional<LogLevel> old_log_level;  // log_level
  std::uint16_t old_prometheus_port = 0;  // prometheus_port; 0: not set
  // Buffers of rtc; the first is deprecated, and counts where the others are not set.
  std::optional<std::uint32_t> packet_buffer;
  std::optional<std::uint32_t> packet_buffer_video;
  std::optional<std::uint32_t> packet_buffer_audio;
  // Limits under room instead of limit; there, 0 means that they are not set.
  std::uint32_t room_metadata = 0;
  std::uint32_t room_name = 0;
  std::uint32_t room_identity = 0;
  bool playout_delay_enabled = false;         // room.playout_delay.enabled
  std::vector<std::string> selector_regions;  // node_selector.regions
};

struct KnownKey {
  std::string_view name;
  Type type;
  std::string_view fallback;  // as one would write it; empty: nothing
  // Called once the value is of the type. Null: belongs to a part that is not built; any other value than the default
  // is accepted with a warning.
  Result<void> (*apply)(const Value& value, Draft& draft);
};

// The tables.
std::span<const KnownKey> general_keys();
std::span<const KnownKey> rtc_keys();
std::span<const KnownKey> bandwidth_keys();  // rtc.congestion_control
// All of them.
const std::vector<const KnownKey*>& known_keys();

const KnownKey* find_key(std::string_view name);
// Whether known keys begin with "<name>.".
bool is_section(std::string_view name);
// The known key or section that is most like `name`; empty if none is.
std::string_view similar_key(std::string_view name);

// One key that find_key() knows, from wherever it came.
Result<void> apply_key(const KnownKey& known, const Value& value, Draft& draft);
// Command lines and environment variables, over the file.
Result<void> apply_override(const Override& given, Draft& draft);
// What must fit together, and what development mode brings.
Result<void> settle(Draft& draft, std::string_view file_name);

// A map of API keys to secrets.
Result<Keys> read_keys(const Value& value);
void warn_of_short_secrets(Settings& settings);

}  // namespace sfu::config
