// SPDX-License-Identifier: Apache-2.0
// What the host's policy has said of one subscription, as far as it was asked.
#pragma once

#include <cstdint>
#include <optional>

namespace sfu::room {

// The host's policy's name for what it was asked and has not answered yet. 0: nothing.
using QuestionId = std::uint64_t;

struct Approval {
  QuestionId question = 0;
  std::optional<bool> allowed;
};

}  // namespace sfu::room
