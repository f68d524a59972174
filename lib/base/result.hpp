// SPDX-License-Identifier: Apache-2.0
// The public Result with the macros that hand an error up.
#pragma once

#include "sfu/result.hpp"

#define SFU_CONCAT_INNER(a, b) a##b
#define SFU_CONCAT(a, b) SFU_CONCAT_INNER(a, b)

// SFU_TRY(const auto value, parse(bytes)): declares value, or returns parse's error from this function.
#define SFU_TRY(declaration, expression) SFU_TRY_IMPL(SFU_CONCAT(sfu_try_, __LINE__), declaration, expression)
#define SFU_TRY_IMPL(name, declaration, expression)                      \
  auto name = (expression);                                              \
  if (!name.has_value()) return ::sfu::Failure{std::move(name).error()}; \
  declaration = *std::move(name)

// The same for a Result<void>.
#define SFU_CHECK_OK(expression)                                                       \
  do {                                                                                 \
    auto sfu_status = (expression);                                                    \
    if (!sfu_status.has_value()) return ::sfu::Failure{std::move(sfu_status).error()}; \
  } while (false)
