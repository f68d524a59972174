// SPDX-License-Identifier: Apache-2.0
// What callers hand in, checked and copied.
#pragma once

#include <cstdint>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "capi/call.hpp"
#include "sfu/address.hpp"
#include "sfu/time.hpp"

namespace sfu::capi {

// Refuses a size that cannot be, and bytes beyond `known` that say what this version does not understand. Gives how
// many bytes can be taken.
std::size_t check_size(const void* in, std::size_t first, std::size_t known);

// The size of a struct in the first version that had it; to be given for those that have grown since.
template <typename C>
inline constexpr std::size_t kFirstSize = sizeof(C);

template <typename C>
C read(const C* in) {
  if (in == nullptr) refuse_argument("a struct is NULL");
  C copy{};
  std::memcpy(&copy, in, check_size(in, kFirstSize<C>, sizeof(C)));
  return copy;
}

// NULL: all defaults.
template <typename C>
C read_or_default(const C* in) {
  return in != nullptr ? read(in) : C{};
}

// Texts are UTF-8; `what` names them where they are not, and numbers that cannot be.
void must_be_utf8(std::string_view in, const char* what);
std::string text(const char* in, const char* what);
// Where an empty one cannot be meant.
std::string needed_text(const char* in, const char* what);
std::vector<std::string> texts(const char* const* in, std::size_t count, const char* what);
std::map<std::string, std::string> pairs(const sfu_pair* in, std::size_t count, const char* what);
// What a stranger sent, and names of files: bytes that may be no text.
inline std::string as_is(const char* in) {
  return in != nullptr ? in : "";
}
std::map<std::string, std::string> pairs_as_they_are(const sfu_pair* in, std::size_t count);
std::span<const std::uint8_t> bytes(const std::uint8_t* in, std::size_t length);

// The items of an array of pointers, each as `convert(item)` makes of it.
template <typename C, typename Convert>
auto items(const C* const* in, std::size_t count, Convert convert) {
  if (in == nullptr && count > 0) refuse_argument("a list is NULL, but has a length");
  std::vector<decltype(convert(*in))> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back(convert(in[i]));
  return made;
}

// A number of an enumeration whose last is `last`.
template <typename E>
E enumerated(std::int32_t in, E last, const char* what) {
  if (in < 0 || in > static_cast<std::int32_t>(last)) refuse_argument(std::string(what) + ": no such number");
  return static_cast<E>(in);
}

std::optional<bool> setting(sfu_setting in, const char* what);
std::vector<IpAddress> addresses(const char* const* in, std::size_t count, const char* what);

// Milliseconds since 1970; 0: none.
std::optional<WallTime> wall_time(std::int64_t ms, const char* what);
WallTime wall_time_or_now(std::int64_t ms, const char* what);
// 0 or more.
Duration milliseconds(std::int64_t ms, const char* what);

// Replace `target`, unless it is left to its default.
void set(std::string& target, const char* in, const char* what);
void set(bool& target, sfu_setting in, const char* what);
void set_path(std::string& target, const char* in);
void set_if(bool& target, sfu_bool in);
void set_time(Duration& target, std::int64_t ms, const char* what);  // SFU_NONE: zero
template <typename T>
void set_number(T& target, std::int64_t in, const char* what) {  // SFU_NONE: zero
  if (in == 0) return;
  if (in < SFU_NONE || (in > 0 && static_cast<std::uint64_t>(in) > std::numeric_limits<T>::max())) {
    refuse_argument(std::string(what) + " is out of range");
  }
  target = in == SFU_NONE ? T{} : static_cast<T>(in);
}

}  // namespace sfu::capi
