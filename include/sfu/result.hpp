// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value or an Error, with the interface of std::expected (which C++20 lacks). Result<T, E> where there is
// more to say of a failure than an Error does.
#pragma once

#include <string>
#include <utility>
#include <variant>

namespace sfu {

// What kind of failure it is. New codes may be added: treat an unknown one as kInternal.
enum class Errc {
  kInvalidArgument,
  kTruncated,    // input ends before it should
  kMalformed,    // input breaks its format
  kUnsupported,  // understood, but not offered here
  kNotFound,
  kAlreadyExists,
  kPermissionDenied,
  kUnauthenticated,
  kLimitExceeded,
  kFailedPrecondition,  // right call, wrong state
  kClosed,
  kTimeout,
  kUnavailable,  // the system refused: a port in use, no memory
  kInternal,
};

// Name of a code as text, e.g. "not_found". Never null; static storage.
const char* to_string(Errc code) noexcept;

struct Error {
  Errc code = Errc::kInternal;
  std::string message;  // for people; empty on the packet path
};

// Converts to any Result with that kind of error. fail() makes the usual one.
template <typename E>
struct FailureOf {
  E error;
};
using Failure = FailureOf<Error>;

[[nodiscard]] inline Failure fail(Errc code, std::string message = {}) {
  return Failure{Error{code, std::move(message)}};
}

// A value or an error. Reading the side that is not there is a broken invariant (asserted by std::get).
template <typename T, typename E = Error>
class [[nodiscard]] Result {
 public:
  using value_type = T;
  using error_type = E;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}                       // NOLINT(*-explicit-*)
  Result(FailureOf<E> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}  // NOLINT(*-explicit-*)

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  T value_or(T fallback) const& { return has_value() ? value() : std::move(fallback); }

  E& error() & { return std::get<1>(state_); }
  const E& error() const& { return std::get<1>(state_); }
  E&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, E> state_;
};

template <typename E>
class [[nodiscard]] Result<void, E> {
 public:
  using value_type = void;
  using error_type = E;

  Result() = default;
  Result(FailureOf<E> failure) : state_(std::in_place_index<1>, std::move(failure.error)) {}  // NOLINT(*-explicit-*)

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  E& error() & { return std::get<1>(state_); }
  const E& error() const& { return std::get<1>(state_); }
  E&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<std::monostate, E> state_;
};

}  // namespace sfu
