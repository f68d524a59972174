// SPDX-License-Identifier: Apache-2.0
#include "config/type.hpp"

namespace sfu::config {
namespace {

template <typename T>
Result<void> outcome(Result<T> result) {
  if (!result) return Failure{std::move(result).error()};
  return {};
}

}  // namespace

std::string name_of(const Type& type) {
  switch (type.kind) {
    case Type::Kind::kFlag: return "true or false";
    case Type::Kind::kNumber: return std::to_string(type.min) + " to " + std::to_string(type.max);
    case Type::Kind::kReal: return "real, " + std::to_string(type.min) + " to " + std::to_string(type.max);
    case Type::Kind::kTime: return "time";
    case Type::Kind::kText: return "text";
    case Type::Kind::kTexts: return "list of text";
    case Type::Kind::kOther: return type.name;
  }
  return {};
}

Result<void> check(const Value& value, const Type& type) {
  switch (type.kind) {
    case Type::Kind::kFlag: return outcome(value.boolean());
    case Type::Kind::kNumber: return outcome(value.number(type.min, type.max));
    case Type::Kind::kReal: return outcome(value.real(static_cast<double>(type.min), static_cast<double>(type.max)));
    case Type::Kind::kTime: return outcome(value.time());
    case Type::Kind::kText: return outcome(value.text());
    case Type::Kind::kTexts: return outcome(value.texts());
    case Type::Kind::kOther: break;
  }
  return {};
}

}  // namespace sfu::config
