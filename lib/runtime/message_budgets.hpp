// SPDX-License-Identifier: Apache-2.0
// The signalling budgets of all identities. The connections of one share its budget, and one that comes soon after
// another goes on with what that has left: to connect again and again brings no more than to stay.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "signal/message_budget.hpp"

namespace sfu::runtime {

// One identity's, for the threads of its connections.
class SharedBudget {
 public:
  explicit SharedBudget(Instant now) : budget_(now) {}

  bool take(Instant now, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    return budget_.take(now, bytes);
  }
  bool is_full(Instant now) const {
    const std::lock_guard lock(mutex_);
    return budget_.is_full(now);
  }

 private:
  mutable std::mutex mutex_;
  signal::MessageBudget budget_;
};

class MessageBudgets {
 public:
  // For a connection that begins. Any thread.
  std::shared_ptr<SharedBudget> of(Instant now, const std::string& room, const std::string& identity);
  std::size_t size() const;

 private:
  static constexpr std::size_t kLeastSweep = 64;

  void sweep(Instant now);

  mutable std::mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::shared_ptr<SharedBudget>> budgets_;  // by room and identity
  std::size_t sweep_at_ = kLeastSweep;
};

}  // namespace sfu::runtime
