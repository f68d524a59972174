// SPDX-License-Identifier: Apache-2.0
// Which events are sent: if any are to be included only those, else all but the excluded.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sfu::webhook {

class EventFilter {
 public:
  EventFilter(std::vector<std::string> include, std::vector<std::string> exclude)
      : include_(std::move(include)), exclude_(std::move(exclude)) {}

  bool allows(std::string_view event) const {
    if (!include_.empty()) return std::ranges::find(include_, event) != include_.end();
    return std::ranges::find(exclude_, event) == exclude_.end();
  }

 private:
  std::vector<std::string> include_;
  std::vector<std::string> exclude_;
};

}  // namespace sfu::webhook
