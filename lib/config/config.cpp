// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include <algorithm>

#include "config/schema.hpp"

namespace sfu::config {
namespace {

constexpr std::size_t kMinSecret = 32;
constexpr PortRange kDevelopmentPorts = {7882, 7882};
// What LiveKit takes when one end of the range is not set.
constexpr PortRange kDefaultRange = {50000, 60000};

Result<void> read_section(const Value& section, Draft& draft) {
  SFU_TRY(const auto entries, section.map());
  for (const Value& entry : entries) {
    const KnownKey* known = find_key(entry.name());
    if (known != nullptr && known->apply == nullptr) {
      draft.settings.warnings.push_back(entry.message("is not built yet and has no effect"));
    } else if (known != nullptr) {
      // Nothing written is as good as no key.
      if (!entry.is_null()) SFU_CHECK_OK(known->apply(entry, draft));
    } else if (is_section(entry.name())) {
      SFU_CHECK_OK(read_section(entry, draft));
    } else {
      return entry.unknown_key(similar_key(entry.name()));
    }
  }
  return {};
}

Result<void> settle_ports(Draft& draft, std::string_view file_name) {
  if (!draft.port_range_start && !draft.port_range_end) {
    draft.settings.udp_ports = draft.mux_ports;
    return {};
  }
  const PortRange range{draft.port_range_start.value_or(kDefaultRange.first),
                        draft.port_range_end.value_or(kDefaultRange.last)};
  if (range.last < range.first) {
    return fail(Errc::kInvalidArgument,
                std::string(file_name) + ": rtc.port_range_end must not be below rtc.port_range_start");
  }
  draft.settings.udp_ports = range;
  if (draft.mux_ports) {
    draft.settings.warnings.push_back(
        std::string(file_name) + ": rtc.udp_port has no effect beside rtc.port_range_start and rtc.port_range_end");
  }
  return {};
}

void settle_development(Settings& settings) {
  if (!settings.development) return;
  if (!settings.udp_ports) settings.udp_ports = kDevelopmentPorts;
  if (!settings.log_level) settings.log_level = LogLevel::kDebug;
  if (!settings.keys.empty() || !settings.key_file.empty()) return;
  settings.keys.emplace("devkey", "secret");
  // With a secret that everybody knows, only this machine may come in unless the operator says so.
  if (settings.bind_addresses.empty())
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

Result<Settings> parse(std::string_view yaml, std::string_view file_name, bool development) {
  SFU_TRY(const auto root, read_yaml(yaml, file_name));
  Draft draft;
  SFU_CHECK_OK(read_section(Value(root, "", root.line, file_name), draft));
  draft.settings.development |= development;
  SFU_CHECK_OK(settle_ports(draft, file_name));
  settle_development(draft.settings);
  warn_of_short_secrets(draft.settings);
  return std::move(draft.settings);
}

}  // namespace sfu::config
