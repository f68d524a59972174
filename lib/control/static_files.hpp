// SPDX-License-Identifier: Apache-2.0
// A folder of files, read once at start and served from memory: a request can therefore name no other file.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "http/http.hpp"

namespace sfu::control {

class StaticFiles {
 public:
  StaticFiles() = default;
  // Every regular file below `folder`. Errors: kNotFound.
  static Result<StaticFiles> load(const std::string& folder);

  // `name` is relative to the folder; "" is index.html. 404 for what is not there.
  http::Response get(std::string_view name) const;

 private:
  std::map<std::string, std::string, std::less<>> files_;
};

}  // namespace sfu::control
