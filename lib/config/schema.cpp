// SPDX-License-Identifier: Apache-2.0
#include "config/schema.hpp"

#include <algorithm>
#include <utility>

namespace sfu::config {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({replaced, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row[b.size()];
}

std::vector<const KnownKey*> gather() {
  std::vector<const KnownKey*> all;
  for (const auto table : {general_keys(), rtc_keys(), bandwidth_keys()}) {
    for (const KnownKey& known : table) all.push_back(&known);
  }
  return all;
}

bool is_default(const KnownKey& known, const Value& value) {
  const YamlNode& node = value.node();
  return node.kind == YamlNode::Kind::kScalar ? node.scalar == known.fallback : node.children.empty();
}

}  // namespace

const std::vector<const KnownKey*>& known_keys() {
  static const std::vector<const KnownKey*> all = gather();
  return all;
}

const KnownKey* find_key(std::string_view name) {
  const auto found = std::ranges::find(known_keys(), name, &KnownKey::name);
  return found == known_keys().end() ? nullptr : *found;
}

bool is_section(std::string_view name) {
  return std::ranges::any_of(known_keys(), [&](const KnownKey* known) {
    return known->name.size() > name.size() && known->name.starts_with(name) && known->name[name.size()] == '.';
  });
}

std::string_view similar_key(std::string_view name) {
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(2, name.size() / 4) + 1;
  const auto consider = [&](std::string_view candidate) {
    const std::size_t distance = edit_distance(name, candidate);
    if (distance >= best_distance) return;
    best = candidate;
    best_distance = distance;
  };
  for (const KnownKey* known : known_keys()) {
    consider(known->name);
    consider(known->name.substr(0, known->name.find('.')));  // its section
  }
  // A key that is right but in the wrong section, or in none.
  const std::size_t dot = name.rfind('.');
  const std::string_view last = dot == std::string_view::npos ? name : name.substr(dot + 1);
  for (const KnownKey* known : known_keys()) {
    const std::size_t known_dot = known->name.rfind('.');
    if (known_dot != std::string_view::npos && known->name.substr(known_dot + 1) == last && best_distance > 0) {
      return known->name;
    }
  }
  return best;
}

Result<void> apply_key(const KnownKey& known, const Value& value, Draft& draft) {
  if (value.is_null()) return {};  // nothing written is as good as no key
  SFU_CHECK_OK(check(value, known.type));
  if (known.apply != nullptr) return known.apply(value, draft);
  if (!is_default(known, value)) draft.settings.warnings.push_back(value.message("is not built yet and has no effect"));
  return {};
}

}  // namespace sfu::config
