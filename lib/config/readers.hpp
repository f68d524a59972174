// SPDX-License-Identifier: Apache-2.0
// How keys reach the settings: set<...> for plain fields, and a reader for each key whose value has a form of its own.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "config/schema.hpp"

namespace sfu::config {

// `to` takes any number that fits it: the key's type has been checked.
template <typename T>
Result<void> read_into(const Value& value, T& to) {
  if constexpr (std::is_same_v<T, bool>) {
    SFU_TRY(to, value.boolean());
  } else if constexpr (std::is_same_v<T, std::string>) {
    SFU_TRY(to, value.text());
  } else if constexpr (std::is_same_v<T, Duration>) {
    SFU_TRY(to, value.time());
  } else if constexpr (std::is_same_v<T, double>) {
    SFU_TRY(to, value.real(std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()));
  } else if constexpr (std::is_same_v<T, std::vector<std::string>>) {
    SFU_TRY(const auto items, value.list());
    to.clear();
    for (const Value& item : items) SFU_CHECK_OK(read_into(item, to.emplace_back()));
  } else if constexpr (std::is_same_v<T, std::vector<IpNetwork>>) {
    SFU_TRY(const auto items, value.list());
    to.clear();
    for (const Value& item : items) {
      SFU_TRY(const auto written, item.text());
      const auto network = IpNetwork::parse(written);
      if (!network) return item.failure("must be an address range such as 10.0.0.0/8, not " + written);
      to.push_back(*network);
    }
  } else if constexpr (std::is_integral_v<T>) {
    SFU_TRY(const auto number, value.number(0, std::numeric_limits<std::int64_t>::max()));
    to = static_cast<T>(number);
  } else {
    return read_into(value, to.emplace());  // an optional
  }
  return {};
}

// The field at the end of a path of members.
template <auto kFirst, auto... kRest>
auto& field_of(auto& object) {
  if constexpr (sizeof...(kRest) == 0) {
    return object.*kFirst;
  } else {
    return field_of<kRest...>(object.*kFirst);
  }
}

template <auto... kPath>
Result<void> set(const Value& value, Draft& draft) {
  return read_into(value, field_of<kPath...>(draft.settings));
}
// A count of seconds or milliseconds.
template <typename Unit, auto... kPath>
Result<void> set_count(const Value& value, Draft& draft) {
  SFU_TRY(const auto count, value.number(0, kMaxNumber));
  field_of<kPath...>(draft.settings) = Unit(count);
  return {};
}
// A limit that 0 and below turn off.
template <auto... kPath>
Result<void> set_limit(const Value& value, Draft& draft) {
  auto& field = field_of<kPath...>(draft.settings);
  SFU_TRY(const double number, value.real(-1, 1e15));
  field = number > 0 ? static_cast<std::remove_reference_t<decltype(field)>>(number) : 0;
  return {};
}

// Kept for the checks of settle().
template <auto... kPath>
Result<void> note(const Value& value, Draft& draft) {
  return read_into(value, field_of<kPath...>(draft));
}

// Of no effect, since the part is not built; and the operator is told, but for the default.
void warn_not_built(const Value& value, Draft& draft);
template <Result<void> (*kApply)(const Value&, Draft&)>
Result<void> not_built(const Value& value, Draft& draft) {
  warn_not_built(value, draft);
  return kApply(value, draft);
}
// Still accepted, but moved.
void warn_deprecated(const Value& value, Draft& draft);
template <Result<void> (*kApply)(const Value&, Draft&)>
Result<void> deprecated(const Value& value, Draft& draft) {
  warn_deprecated(value, draft);
  return kApply(value, draft);
}

Result<void> read_bind_addresses(const Value& value, Draft& draft);
Result<void> read_worker_cpus(const Value& value, Draft& draft);
Result<void> read_key_map(const Value& value, Draft& draft);
Result<void> read_log_level(const Value& value, Draft& draft);
Result<void> read_old_log_level(const Value& value, Draft& draft);
Result<void> read_enabled_codecs(const Value& value, Draft& draft);
Result<void> read_duplicate_identity(const Value& value, Draft& draft);
Result<void> read_room_configurations(const Value& value, Draft& draft);
Result<void> read_client_rules(const Value& value, Draft& draft);
Result<void> read_rate_intervals(const Value& value, Draft& draft);

Result<void> read_webhook_urls(const Value& value, Draft& draft);
Result<void> read_webhook_max_age(const Value& value, Draft& draft);
Result<void> read_webhook_max_depth(const Value& value, Draft& draft);
Result<void> read_webhook_include_events(const Value& value, Draft& draft);
Result<void> read_webhook_exclude_events(const Value& value, Draft& draft);
Result<void> read_webhook_url_notifier(const Value& value, Draft& draft);

Result<void> read_udp_port(const Value& value, Draft& draft);
Result<void> read_node_ip(const Value& value, Draft& draft);
Result<void> read_use_external_ip(const Value& value, Draft& draft);
Result<void> read_use_ice_lite(const Value& value, Draft& draft);
Result<void> read_turn_servers(const Value& value, Draft& draft);
Result<void> read_turn_bind_addresses(const Value& value, Draft& draft);
Result<void> read_turn_allocation_limit(const Value& value, Draft& draft);
Result<void> read_turn_ttl(const Value& value, Draft& draft);
Result<void> read_stun_servers(const Value& value, Draft& draft);

// What another key has warned of already.
Result<void> accept(const Value& value, Draft& draft);
Result<void> read_selector_kind(const Value& value, Draft& draft);
Result<void> read_selector_sort(const Value& value, Draft& draft);
Result<void> read_selector_algorithm(const Value& value, Draft& draft);
Result<void> read_selector_regions(const Value& value, Draft& draft);

}  // namespace sfu::config
