// SPDX-License-Identifier: Apache-2.0
#include "signal/message_budget.hpp"

#include <algorithm>
#include <utility>

namespace sfu::signal {

bool MessageBudget::take(Instant now, std::size_t bytes) {
  const double seconds = std::chrono::duration<double>(now - std::exchange(last_, now)).count();
  messages_ = std::min(kMessagesAtOnce, messages_ + seconds * kMessagesPerSecond) - 1;
  bytes_ = std::min(kBytesAtOnce, bytes_ + seconds * kBytesPerSecond) - static_cast<double>(bytes);
  spent_ |= messages_ < 0 || bytes_ < 0;
  return !spent_;
}

}  // namespace sfu::signal
