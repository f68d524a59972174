// SPDX-License-Identifier: Apache-2.0
#include "http/url.hpp"

#include <algorithm>

namespace sfu::http {
namespace {

bool take_scheme(std::string_view& text, std::string_view scheme) {
  constexpr std::string_view kEnd = "://";
  if (!text.starts_with(scheme) || !text.substr(scheme.size()).starts_with(kEnd)) return false;
  text.remove_prefix(scheme.size() + kEnd.size());
  return true;
}

}  // namespace

std::optional<Url> Url::parse(std::string_view text, std::string_view plain_scheme, std::string_view tls_scheme) {
  Url url;
  url.tls = take_scheme(text, tls_scheme);
  if (!url.tls && !take_scheme(text, plain_scheme)) return std::nullopt;
  text = text.substr(0, text.find('#'));  // a fragment is not sent (RFC 9110 4.2.5)
  // A space or a control character would break the request line.
  if (std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7f'; })) {
    return std::nullopt;
  }
  const std::size_t end = std::min(text.find_first_of("/?"), text.size());
  url.target = text.substr(end);
  if (!url.target.starts_with('/')) url.target.insert(0, "/");
  std::string_view authority = text.substr(0, end);
  url.port = url.tls ? "443" : "80";
  // RFC 3986 3.2.2: an IPv6 address stands in brackets.
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  if (const std::size_t colon = authority.find(':', bracket); colon != std::string_view::npos) {
    url.port = authority.substr(colon + 1);
    authority = authority.substr(0, colon);
  }
  if (authority.starts_with('[')) authority = authority.substr(1, authority.size() - 2);
  url.host = authority;
  const bool good = !url.host.empty() && !url.port.empty() &&
                    url.port.find_first_not_of("0123456789") == std::string::npos &&
                    url.host.find('@') == std::string::npos;
  return good ? std::optional(std::move(url)) : std::nullopt;
}

std::string Url::authority() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port == (tls ? "443" : "80") ? name : name + ":" + port;
}

}  // namespace sfu::http
