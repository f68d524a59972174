// SPDX-License-Identifier: Apache-2.0
// The payload of a token as JSON text, and back. Grants are read by the rules that tokens are made for: names match in
// any case, null is absent, unknown names are skipped, a wrong type is an error.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sfu/claims.hpp"

namespace sfu::auth {

// `alg` of a token's header; nullopt if it is not a JSON object with one.
std::optional<std::string> read_algorithm(std::string_view header);
// `iss`, empty if there is none; nullopt if the payload is not a JSON object, or `iss` is no text.
std::optional<std::string> read_issuer(std::string_view payload);

// Everything else, once the signature holds. Error messages name the claim.
Result<Claims> read_claims(std::string_view payload);

std::string write_header();
// With `claims`' own api_key, not_before and expires_at.
std::string write_claims(const Claims& claims);

}  // namespace sfu::auth
