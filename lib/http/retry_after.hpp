// SPDX-License-Identifier: Apache-2.0
// The Retry-After header (RFC 9110 10.2.3): seconds, or a date.
#pragma once

#include <optional>
#include <string>

#include "base/time.hpp"

namespace sfu::http {

// Nobody is believed who wants to be left alone for longer.
inline constexpr Duration kMaxRetryAfter = std::chrono::hours(1);

// From `now` on, and at most kMaxRetryAfter; nullopt if it is neither.
std::optional<Duration> parse_retry_after(const std::string& text, WallTime now);

}  // namespace sfu::http
