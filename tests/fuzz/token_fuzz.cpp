// SPDX-License-Identifier: Apache-2.0
// layers: auth
// Access tokens from strangers, and the payload behind a signature that holds. A token that verifies must survive
// being written and read again.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "auth/auth.hpp"
#include "auth/claims_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sfu;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auth::KeyMap keys({{"devkey", "secret"}});
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  (void)auth::verify(input, keys, now);

  const auto claims = auth::read_claims(input);
  if (!claims) return 0;
  const auto token = auth::make_token(*claims, "devkey", "secret", now, std::chrono::minutes(10));
  const auto again = auth::verify(token, keys, now);
  if (!again || again->identity != claims->identity || again->metadata != claims->metadata) std::abort();
  return 0;
}
