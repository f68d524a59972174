// SPDX-License-Identifier: Apache-2.0
#include "auth/turn_credentials.hpp"

#include <doctest/doctest.h>

#include <cctype>

#include "auth/base62.hpp"
#include "base/random.hpp"

namespace sfu::auth {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kExpiry{1'433'895'918s};

// Not a module's own inverse: each expected text was worked out by hand from the description.
TEST_CASE("base62 writes six bits a character from the end on, and five where six would need a 63rd character") {
  CHECK(encode_base62("").empty());
  CHECK(encode_base62(std::string(1, '\0')) == "AA");
  CHECK(encode_base62("\x01") == "BA");
  CHECK(encode_base62("A") == "BB");     // 0x41: 000001, 01
  CHECK(encode_base62("\x3e") == "eB");  // 62 is cut to 30, and its sixth bit goes to the next group: 001
  CHECK(encode_base62("\x3f") == "fB");
  CHECK(encode_base62("\x1e") == "eA");  // 30 as well, with a zero for its sixth bit
  CHECK(encode_base62("\xff") == "fH");  // 11111, 111
  CHECK(encode_base62("\xff\xff") == "fffB");
}

TEST_CASE("base62 is read back, for any bytes that do not begin with a zero") {
  constexpr std::uint64_t kSeed = 11;
  SeededRandom random(kSeed);
  for (int i = 0; i < 2000; ++i) {
    CAPTURE(i);
    std::string bytes(1 + random.below(40), '\0');
    random.fill({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
    if (random.below(3) == 0) bytes.assign(bytes.size(), '\xff');
    if (bytes.front() == '\0') bytes.front() = 'k';
    CHECK(decode_base62(encode_base62(bytes)) == bytes);
  }
  CHECK_FALSE(decode_base62("ab-c"));
  CHECK(decode_base62("") == "");
}

TEST_CASE("[C-091] a shared secret gives the credential that others compute: expiry and user, HMAC-SHA1 in base64") {
  // printf 1433895918:PA_alice | openssl dgst -sha1 -hmac logen -binary | base64
  const auto credentials = make_shared_secret_credentials("logen", "PA_alice", kExpiry);
  CHECK(credentials.username == "1433895918:PA_alice");
  CHECK(credentials.password == "F85MpuMWePKNSRc+8YdvFMj4Up8=");
}

TEST_CASE("[C-089] an embedded server's user name tells key, participant and expiry, and which password proves it") {
  const KeyMap keys(KeyMap::Keys{{"APIkey", "secret"}});
  const auto credentials = make_turn_credentials("APIkey", "secret", "PA_alice", kExpiry);
  CHECK(decode_base62(credentials.username) == "APIkey|PA_alice|1433895918");
  const auto user = read_turn_username(credentials.username, keys);
  REQUIRE(user.has_value());
  CHECK(user->api_key == "APIkey");
  CHECK(user->participant_sid == "PA_alice");
  CHECK(user->expires_at == kExpiry);
  CHECK(user->password == credentials.password);
  for (const char c : credentials.username + credentials.password) {
    CHECK(std::isalnum(static_cast<unsigned char>(c)) != 0);
  }
  CHECK(make_turn_credentials("APIkey", "another", "PA_alice", kExpiry).password != credentials.password);
  CHECK(make_turn_credentials("APIkey", "secret", "PA_alice", kExpiry + 1s).password != credentials.password);
}

TEST_CASE("a user name that is none of ours is refused") {
  const KeyMap keys(KeyMap::Keys{{"APIkey", "secret"}, {"empty", ""}});
  const auto refused = [&](const std::string& text) {
    const auto user = read_turn_username(encode_base62(text), keys);
    REQUIRE_FALSE(user.has_value());
    return user.error().code;
  };
  CHECK(read_turn_username("", keys).error().code == Errc::kMalformed);
  CHECK(read_turn_username("a:b", keys).error().code == Errc::kMalformed);
  CHECK(read_turn_username(std::string(509, 'a'), keys).error().code == Errc::kMalformed);
  for (const char* text : {"APIkey", "APIkey|PA_a", "APIkey|PA_a|", "APIkey|PA_a|0", "APIkey|PA_a|-5", "APIkey|PA_a|1x",
                           "APIkey|PA_a|9999999999999", "APIkey|PA_a|1|2"}) {
    CAPTURE(text);
    CHECK(refused(text) == Errc::kMalformed);
  }
  CHECK(refused("other|PA_a|1433895918") == Errc::kNotFound);
  CHECK(refused("empty|PA_a|1433895918") == Errc::kNotFound);
}

}  // namespace
}  // namespace sfu::auth
