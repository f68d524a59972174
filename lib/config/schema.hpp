// SPDX-License-Identifier: Apache-2.0
// The keys that are known, and what each does to the settings.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "config/config.hpp"
#include "config/value.hpp"

namespace sfu::config {

// What is gathered while reading, beside the settings.
struct Draft {
  Settings settings;
  std::optional<PortRange> mux_ports;             // rtc.udp_port
  std::optional<std::uint16_t> port_range_start;  // rtc.port_range_start
  std::optional<std::uint16_t> port_range_end;
};

struct KnownKey {
  std::string_view name;
  // Null: belongs to a part that is not built; whatever is below it is accepted with a warning.
  Result<void> (*apply)(const Value& value, Draft& draft);
};

// Keys with a file of their own.
Result<void> apply_turn_servers(const Value& value, Draft& draft);
Result<void> apply_stun_servers(const Value& value, Draft& draft);
Result<void> apply_room_configurations(const Value& value, Draft& draft);
Result<void> apply_playout_delay(const Value& value, Draft& draft);
Result<void> apply_webhook_urls(const Value& value, Draft& draft);
Result<void> apply_webhook_max_age(const Value& value, Draft& draft);
Result<void> apply_webhook_max_depth(const Value& value, Draft& draft);
Result<void> apply_webhook_include_events(const Value& value, Draft& draft);
Result<void> apply_webhook_exclude_events(const Value& value, Draft& draft);
Result<void> apply_webhook_url_notifier(const Value& value, Draft& draft);

std::span<const KnownKey> known_keys();
// A map of API keys to secrets.
Result<Keys> read_keys(const Value& value);
void warn_of_short_secrets(Settings& settings);
const KnownKey* find_key(std::string_view name);
// Whether known keys begin with "<name>.".
bool is_section(std::string_view name);
// The known key or section that is most like `name`; empty if none is.
std::string_view similar_key(std::string_view name);

}  // namespace sfu::config
