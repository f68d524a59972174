// SPDX-License-Identifier: Apache-2.0
// Versions (Semantic Versioning 2.0), of which the end may be missing: "18.3" is 18.3.0.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sfu::clientconfig {

class Version {
 public:
  static std::optional<Version> parse(std::string_view text);
  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }

 private:
  std::array<std::uint64_t, 3> numbers_{};
  std::vector<std::string> pre_release_;  // its identifiers; none: a release, which is newer than any of these
};

}  // namespace sfu::clientconfig
