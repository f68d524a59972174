// SPDX-License-Identifier: Apache-2.0
// What a request line and its fields mean, without Beast.
#include <algorithm>

#include "http/client.hpp"
#include "http/http.hpp"

namespace sfu::http {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

const std::string* find(const Headers& headers, std::string_view name) {
  const auto at = std::ranges::find_if(headers, [&](const auto& field) { return same_name(field.first, name); });
  return at != headers.end() ? &at->second : nullptr;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = lower(c);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
  return find(headers, name);
}

const std::string* ClientResponse::header(std::string_view name) const {
  return find(headers, name);
}

const std::string* Request::parameter(std::string_view name) const {
  const auto at = std::ranges::find_if(query, [&](const auto& entry) { return entry.first == name; });
  return at != query.end() ? &at->second : nullptr;
}

std::string url_decode(std::string_view text, bool plus) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '%' && text.size() - at > 2) {
      const int high = hex_digit(text[at + 1]);
      const int low = hex_digit(text[at + 2]);
      if (high >= 0 && low >= 0) {
        result.push_back(static_cast<char>(high << 4 | low));
        at += 2;
        continue;
      }
    }
    result.push_back(c == '+' && plus ? ' ' : c);
  }
  return result;
}

Query parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view value = equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1);
    query.emplace_back(url_decode(pair.substr(0, equals), true), url_decode(value, true));
  }
  return query;
}

}  // namespace sfu::http
