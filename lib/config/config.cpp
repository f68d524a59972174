// SPDX-License-Identifier: Apache-2.0
#include "config/config.hpp"

#include "config/schema.hpp"

namespace sfu::config {
namespace {

Result<void> read_section(const Value& section, bool strict, Draft& draft) {
  SFU_TRY(const auto entries, section.map());
  for (const Value& entry : entries) {
    if (const KnownKey* known = find_key(entry.name())) {
      SFU_CHECK_OK(apply_key(*known, entry, draft));
    } else if (is_section(entry.name())) {
      SFU_CHECK_OK(read_section(entry, strict, draft));
    } else {
      const Failure unknown = entry.unknown_key(similar_key(entry.name()));
      if (strict) return unknown;
      draft.settings.warnings.push_back(unknown.error.message);
    }
  }
  return {};
}

}  // namespace

Result<Settings> parse(std::string_view yaml, std::string_view file_name, const ParseOptions& options) {
  SFU_TRY(const auto root, read_yaml(yaml, file_name));
  Draft draft;
  SFU_CHECK_OK(read_section(Value(root, "", root.line, file_name), options.strict, draft));
  for (const Override& given : options.overrides) SFU_CHECK_OK(apply_override(given, draft));
  draft.settings.development |= options.development;
  SFU_CHECK_OK(settle(draft, file_name));
  return std::move(draft.settings);
}

std::vector<ConfigKey> keys() {
  std::vector<ConfigKey> all;
  for (const KnownKey* known : known_keys()) {
    all.push_back({std::string(known->name), name_of(known->type), std::string(known->fallback),
                   known->type.is_scalar(), known->apply != nullptr});
  }
  return all;
}

}  // namespace sfu::config
