// SPDX-License-Identifier: Apache-2.0
#include "runtime/message_budgets.hpp"

#include <algorithm>

namespace sfu::runtime {

std::shared_ptr<SharedBudget> MessageBudgets::of(Instant now, const std::string& room, const std::string& identity) {
  const std::lock_guard lock(mutex_);
  if (budgets_.size() >= sweep_at_) sweep(now);
  auto& budget = budgets_[{room, identity}];
  if (!budget) budget = std::make_shared<SharedBudget>(now);
  return budget;
}

std::size_t MessageBudgets::size() const {
  const std::lock_guard lock(mutex_);
  return budgets_.size();
}

// Forgets what is as good as new and nobody's. Each time as many are left there may be twice as many, so that one that
// comes costs little however many there are.
void MessageBudgets::sweep(Instant now) {
  std::erase_if(budgets_,
                [&](const auto& entry) { return entry.second.use_count() == 1 && entry.second->is_full(now); });
  sweep_at_ = std::max(kLeastSweep, 2 * budgets_.size());
}

}  // namespace sfu::runtime
