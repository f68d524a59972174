// SPDX-License-Identifier: Apache-2.0
// Twirp's errors (Twirp specification v7) as LiveKit's server gives them (control-plane spec 2.2).
#pragma once

#include <expected>
#include <map>
#include <string>
#include <utility>

namespace sfu::twirp {

enum class Code {
  kCanceled,
  kUnknown,
  kInvalidArgument,
  kMalformed,
  kDeadlineExceeded,
  kNotFound,
  kBadRoute,
  kAlreadyExists,
  kPermissionDenied,
  kUnauthenticated,
  kResourceExhausted,
  kFailedPrecondition,
  kAborted,
  kOutOfRange,
  kUnimplemented,
  kInternal,
  kUnavailable,
  kDataLoss,
};

// As the wire has it, e.g. "not_found". Static storage.
const char* to_string(Code code) noexcept;
int http_status(Code code) noexcept;

struct Error {
  Code code = Code::kInternal;
  std::string message;
  std::map<std::string, std::string> meta{};
};

std::string to_json(const Error& error);

using Refusal = std::unexpected<Error>;
template <typename T>
using Outcome = std::expected<T, Error>;

// What the API itself finds wrong.
inline Refusal refuse(Code code, std::string message) {
  return Refusal(Error{code, std::move(message)});
}
// What rooms, or the services behind the API, find wrong: LiveKit's server hands such errors through one that was
// unknown at first, and the text still says so.
inline Refusal refuse_inside(Code code, const std::string& message) {
  return Refusal(Error{code, "twirp error unknown: " + message});
}
// An argument that breaks a limit: Twirp names it in the text and in the meta data.
Refusal refuse_argument(const std::string& argument, const std::string& limit);
// The room or the participant that a call is for is not there.
Refusal no_response();

}  // namespace sfu::twirp
