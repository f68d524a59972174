// SPDX-License-Identifier: Apache-2.0
#include "auth/turn_credentials.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <charconv>

#include "auth/base62.hpp"
#include "auth/base64.hpp"
#include "base/bytes.hpp"

namespace sfu::auth {
namespace {

std::string unix_seconds(WallTime time) {
  return std::to_string(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
}

std::string password_of(std::string_view secret, std::string_view participant_sid, std::string_view expiry) {
  std::string signed_text(secret);
  signed_text.append("|").append(participant_sid).append("|").append(expiry);
  std::array<std::uint8_t, 32> digest{};
  EVP_Digest(signed_text.data(), signed_text.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  return encode_base62(as_text(digest));
}

}  // namespace

TurnCredentials make_shared_secret_credentials(std::string_view secret, std::string_view user, WallTime expires_at) {
  TurnCredentials credentials;
  credentials.username = unix_seconds(expires_at) + ':' + std::string(user);
  std::array<std::uint8_t, 20> digest{};
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), as_bytes(credentials.username).data(),
       credentials.username.size(), digest.data(), nullptr);
  credentials.password = encode_base64(digest);
  return credentials;
}

TurnCredentials make_turn_credentials(std::string_view api_key, std::string_view secret,
                                      std::string_view participant_sid, WallTime expires_at) {
  const std::string expiry = unix_seconds(expires_at);
  std::string user(api_key);
  user.append("|").append(participant_sid).append("|").append(expiry);
  return {encode_base62(user), password_of(secret, participant_sid, expiry)};
}

Result<TurnUser> read_turn_username(std::string_view username, const KeyProvider& keys) {
  constexpr std::size_t kMaxSize = 508;  // RFC 8489 14.3
  const auto text = username.size() <= kMaxSize ? decode_base62(username) : std::nullopt;
  const auto first = text ? text->find('|') : std::string::npos;
  const auto second = first != std::string::npos ? text->find('|', first + 1) : first;
  if (second == std::string::npos) return fail(Errc::kMalformed, "not a TURN user name of ours");
  const std::string_view expiry = std::string_view(*text).substr(second + 1);
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(expiry.data(), expiry.data() + expiry.size(), seconds);
  constexpr std::int64_t kLatest = 9'000'000'000;  // what WallTime can count
  if (error != std::errc() || end != expiry.data() + expiry.size() || seconds <= 0 || seconds > kLatest) {
    return fail(Errc::kMalformed, "a TURN user name without its expiry");
  }
  TurnUser user;
  user.api_key = text->substr(0, first);
  user.participant_sid = text->substr(first + 1, second - first - 1);
  user.expires_at = WallTime(std::chrono::seconds(seconds));
  const auto secret = keys.secret(user.api_key);
  if (!secret || secret->empty()) return fail(Errc::kNotFound, "unknown API key");
  user.password = password_of(*secret, user.participant_sid, expiry);
  return user;
}

}  // namespace sfu::auth
