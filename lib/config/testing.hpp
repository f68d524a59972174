// SPDX-License-Identifier: Apache-2.0
// For the tests of this folder: what becomes of a configuration.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "config/config.hpp"

namespace sfu::config::testing {

// The settings of one that is accepted.
inline Settings parsed(std::string_view yaml, bool development = false) {
  const auto settings = parse(yaml, "config.yaml", {.development = development});
  if (!settings) FAIL(settings.error().message);
  return *settings;
}

// Why it is refused.
inline std::string refused(std::string_view yaml) {
  const auto settings = parse(yaml, "config.yaml");
  if (settings) return "accepted";
  CHECK(settings.error().code == Errc::kInvalidArgument);
  return settings.error().message;
}

}  // namespace sfu::config::testing
