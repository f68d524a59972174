// SPDX-License-Identifier: Apache-2.0
// Conditions over a client: comparisons of its fields with texts and numbers, and && || ! ( ). Read once, evaluated for
// each client. The language is the part of Tengo that LiveKit's rules are written in.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sfu/client_config.hpp"

namespace sfu::clientconfig {

class Expression {
 public:
  struct Node;

  // Errors: kInvalidArgument, with what is wrong and where.
  static Result<Expression> parse(std::string_view text);
  ~Expression();
  Expression(Expression&&) noexcept;
  Expression& operator=(Expression&&) noexcept;

  // Errors: kInvalidArgument: a field that there is none of, or values that cannot be compared so.
  Result<bool> matches(const ClientDescription& client) const;
  // The first field that there is none of; "" if there are all.
  const std::string& unknown_field() const { return unknown_field_; }

 private:
  explicit Expression(std::unique_ptr<Node> root, std::string unknown_field);

  std::unique_ptr<Node> root_;
  std::string unknown_field_;
};

}  // namespace sfu::clientconfig
