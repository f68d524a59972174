// SPDX-License-Identifier: Apache-2.0
// What a User-Agent header says about a browser. Only as fine as the rules that depend on it (clientconfig, and where
// the room asks for Safari or Firefox); web clients send these fields in no other way (signalling 1.3).
#pragma once

#include <string>
#include <string_view>

namespace sfu::signal {

// Empty where it is not known.
struct UserAgent {
  std::string browser;  // "Chrome", "Firefox", "Safari", "Edge", ...
  std::string browser_version;
  std::string os;  // "Windows", "Mac OS X", "Linux", "Android", "iOS", "Chrome OS"
  std::string os_version;
  std::string device_model;
};

UserAgent parse_user_agent(std::string_view header);

}  // namespace sfu::signal
