// SPDX-License-Identifier: Apache-2.0
// Readers of what concerns other machines: the choice among nodes.
#include <algorithm>
#include <string>

#include "config/readers.hpp"

namespace sfu::config {
namespace {

Result<void> read_choice(const Value& value, std::initializer_list<std::string_view> choices) {
  SFU_TRY(const auto written, value.text());
  if (std::ranges::find(choices, written) != choices.end()) return {};
  std::string all;
  for (const std::string_view choice : choices) all += (all.empty() ? "" : ", ") + std::string(choice);
  return value.failure("must be one of " + all + ", not " + written);
}

}  // namespace

Result<void> accept(const Value&, Draft&) {
  return {};
}

Result<void> read_selector_kind(const Value& value, Draft& draft) {
  SFU_CHECK_OK(read_choice(value, {"any", "random", "cpuload", "sysload", "regionaware"}));
  return not_built<accept>(value, draft);
}

Result<void> read_selector_sort(const Value& value, Draft& draft) {
  SFU_CHECK_OK(read_choice(value, {"random", "sysload", "cpuload", "rooms", "clients", "tracks", "bytespersec"}));
  return not_built<accept>(value, draft);
}

Result<void> read_selector_algorithm(const Value& value, Draft& draft) {
  SFU_CHECK_OK(read_choice(value, {"lowest", "twochoice"}));
  return not_built<accept>(value, draft);
}

Result<void> read_selector_regions(const Value& value, Draft& draft) {
  SFU_TRY(const auto items, value.list());
  for (const Value& item : items) {
    SFU_TRY(const auto entries, item.map());
    for (const Value& entry : entries) {
      if (entry.key() == "name") {
        SFU_CHECK_OK(read_into(entry, draft.selector_regions.emplace_back()));
      } else if (entry.key() == "lat") {
        SFU_CHECK_OK(check(entry, real(-90, 90)));
      } else if (entry.key() == "lon") {
        SFU_CHECK_OK(check(entry, real(-180, 180)));
      } else {
        return entry.failure("is unknown; a region has name, lat and lon");
      }
    }
  }
  return {};
}

}  // namespace sfu::config
