// SPDX-License-Identifier: Apache-2.0
// Where a client connects to (RFC 3986), as far as that takes: no user names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sfu::http {

struct Url {
  bool tls = false;
  std::string host;  // an IPv6 address without its brackets
  std::string port;
  std::string target;  // path and query

  // "<scheme>://host[:port][/path]" of either scheme, "ws" and "wss" or "http" and "https"; nullopt: not such.
  static std::optional<Url> parse(std::string_view text, std::string_view plain_scheme, std::string_view tls_scheme);
  // For the Host header: a port that is not the scheme's own is named.
  std::string authority() const;
};

}  // namespace sfu::http
