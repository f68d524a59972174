// SPDX-License-Identifier: Apache-2.0
// The web pages that come with the server: the meeting page and the console. Each is a folder of files under a path of
// its own; in development mode it has tokens for anyone who asks, at `token` below that path.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "control/static_files.hpp"
#include "http/http.hpp"
#include "sfu/claims.hpp"
#include "sfu/time.hpp"

namespace sfu::control {

class Pages {
 public:
  // `key` makes the tokens; without one there are none.
  explicit Pages(std::optional<std::pair<std::string, std::string>> key = {}) : key_(std::move(key)) {}

  // Served from now on at /meet/ and at /console/. Errors: kNotFound, no such folder.
  Result<void> add_meet(const std::string& folder);
  Result<void> add_console(const std::string& folder);

  // Nothing: the path is none of a page's.
  std::optional<http::Response> get(const http::Request& request, WallTime now) const;

 private:
  struct Page {
    StaticFiles files;
    Result<Claims> (*claims)(const http::Request& request);  // what a token that is asked for so may; else why not
    std::string_view policy;                                 // its Content-Security-Policy
  };
  http::Response token(const Page& page, const http::Request& request, WallTime now) const;

  std::optional<std::pair<std::string, std::string>> key_;
  std::map<std::string, Page, std::less<>> pages_;  // by the first part of the path
};

}  // namespace sfu::control
