// SPDX-License-Identifier: Apache-2.0
// What a callback is asked, and its answer: on the stack of the one who asks, and known to his thread alone.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sfu-c/auth.h"
#include "sfu/claims.hpp"
#include "sfu/client_config.hpp"

struct sfu_answer {
  enum class Question { kAuthenticate, kRefresh, kConfigure, kData };

  explicit sfu_answer(Question question);
  ~sfu_answer();
  sfu_answer(const sfu_answer&) = delete;
  sfu_answer& operator=(const sfu_answer&) = delete;

  const Question question;
  bool accepted = false;
  std::string text{};  // the token; of a refusal the reason
  sfu::Claims claims{};
  sfu::ClientConfiguration configuration{};
  std::optional<std::vector<std::uint8_t>> payload{};

  sfu_answer* const outer;  // being asked on this thread meanwhile
};
