// SPDX-License-Identifier: Apache-2.0
// What the value of a key may be: one word for it in messages, in the documentation and on command lines, and a check.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "config/value.hpp"

namespace sfu::config {

struct Type {
  enum class Kind { kFlag, kNumber, kReal, kTime, kText, kTexts, kOther };

  Kind kind = Kind::kOther;
  std::int64_t min = 0;  // of a number, and of a real one
  std::int64_t max = 0;
  const char* name = "";  // of kOther, which its key's reader checks

  // One value that is no list and no map, as command lines have them.
  bool is_scalar() const { return kind != Kind::kTexts && kind != Kind::kOther; }
};

inline constexpr std::int64_t kMaxNumber = 0xffffffff;
inline constexpr Type kFlag{Type::Kind::kFlag};
inline constexpr Type kText{Type::Kind::kText};
inline constexpr Type kTime{Type::Kind::kTime};
inline constexpr Type kTexts{Type::Kind::kTexts};
inline constexpr Type kCount{Type::Kind::kNumber, 0, kMaxNumber};
inline constexpr Type kPort{Type::Kind::kNumber, 0, 0xffff};
inline constexpr Type kRealPort{Type::Kind::kNumber, 1, 0xffff};

constexpr Type number(std::int64_t min, std::int64_t max) {
  return {Type::Kind::kNumber, min, max};
}
constexpr Type real(std::int64_t min, std::int64_t max) {
  return {Type::Kind::kReal, min, max};
}
constexpr Type other(const char* name) {
  return {Type::Kind::kOther, 0, 0, name};
}

// "true or false", "0 to 65535", "time" ...
std::string name_of(const Type& type);
// Whether the value is of this type and in its range. Errors: kInvalidArgument.
Result<void> check(const Value& value, const Type& type);

}  // namespace sfu::config
