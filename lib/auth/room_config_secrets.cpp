// SPDX-License-Identifier: Apache-2.0
#include "auth/room_config_secrets.hpp"

#include <array>
#include <boost/json.hpp>
#include <utility>

namespace sfu::auth {
namespace {

namespace json = boost::json;

// accountKey and account_key are one: the protocol's JSON is read in either spelling.
std::string plain_name(std::string_view name) {
  std::string plain;
  for (const char c : name) {
    if (c != '_') plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return plain;
}

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kSecrets{{
    {"secret", "the secret of a storage"},
    {"credentials", "the credentials of a storage"},
    {"accountkey", "the account key of a storage"},
    {"streamoutputs", "the address of a stream"},
    {"stream", "the address of a stream"},
}};

bool is_empty(const json::value& value) {
  if (value.is_string()) return value.as_string().empty();
  if (value.is_array()) return value.as_array().empty();
  if (value.is_object()) return value.as_object().empty();
  return value.is_null();
}

std::string_view find_secret(const json::value& value) {
  if (value.is_array()) {
    for (const json::value& item : value.as_array()) {
      if (const auto found = find_secret(item); !found.empty()) return found;
    }
  }
  if (!value.is_object()) return {};
  for (const auto& [key, item] : value.as_object()) {
    const std::string name = plain_name(key);
    for (const auto& [secret, what] : kSecrets) {
      if (name == secret && !is_empty(item)) return what;
    }
    if (const auto found = find_secret(item); !found.empty()) return found;
  }
  return {};
}

}  // namespace

Result<std::string> secret_in_room_config(std::string_view text) {
  boost::system::error_code error;
  const json::value value = json::parse(text, error);
  if (error || !value.is_object()) return fail(Errc::kInvalidArgument, "a room configuration is a JSON object");
  for (const auto& [key, item] : value.as_object()) {
    // Metadata and agents are the application's own.
    if (plain_name(key) == "egress") return std::string(find_secret(item));
  }
  return std::string();
}

}  // namespace sfu::auth
