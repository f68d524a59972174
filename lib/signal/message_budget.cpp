// SPDX-License-Identifier: Apache-2.0
#include "signal/message_budget.hpp"

#include <algorithm>

namespace sfu::signal {

namespace {

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

double MessageBudget::messages_at(Instant now) const {
  return std::min(kMessagesAtOnce, messages_ + seconds(now - last_) * kMessagesPerSecond);
}
double MessageBudget::bytes_at(Instant now) const {
  return std::min(kBytesAtOnce, bytes_ + seconds(now - last_) * kBytesPerSecond);
}

bool MessageBudget::take(Instant now, std::size_t bytes) {
  now = std::max(now, last_);  // threads that share it read the clock before they wait for each other
  const double messages_left = messages_at(now) - 1;
  const double bytes_left = bytes_at(now) - static_cast<double>(bytes);
  if (messages_left < 0 || bytes_left < 0) return false;
  messages_ = messages_left;
  bytes_ = bytes_left;
  last_ = now;
  return true;
}

bool MessageBudget::is_full(Instant now) const {
  return messages_at(now) >= kMessagesAtOnce && bytes_at(now) >= kBytesAtOnce;
}

}  // namespace sfu::signal
