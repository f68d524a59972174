// SPDX-License-Identifier: Apache-2.0
#include "base/result.hpp"

namespace sfu {

const char* to_string(Errc code) noexcept {
  switch (code) {
    case Errc::kInvalidArgument: return "invalid_argument";
    case Errc::kTruncated: return "truncated";
    case Errc::kMalformed: return "malformed";
    case Errc::kUnsupported: return "unsupported";
    case Errc::kNotFound: return "not_found";
    case Errc::kAlreadyExists: return "already_exists";
    case Errc::kPermissionDenied: return "permission_denied";
    case Errc::kUnauthenticated: return "unauthenticated";
    case Errc::kLimitExceeded: return "limit_exceeded";
    case Errc::kFailedPrecondition: return "failed_precondition";
    case Errc::kClosed: return "closed";
    case Errc::kTimeout: return "timeout";
    case Errc::kUnavailable: return "unavailable";
    case Errc::kInternal: return "internal";
  }
  return "internal";
}

}  // namespace sfu
