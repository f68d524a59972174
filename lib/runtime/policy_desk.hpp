// SPDX-License-Identifier: Apache-2.0
// Between a worker and the host's policy: hands the hook its Decisions, and brings what is decided later, on whatever
// thread, back to the worker.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "room/policy.hpp"
#include "sfu/time.hpp"

namespace sfu::runtime {

class PolicyDesk final : public room::Policy {
 public:
  // Called for each answer that came after its question had been left open. Any thread, also after the desk has gone.
  using Later = std::function<void(const std::string& room, room::QuestionId id, Verdict verdict)>;

  PolicyDesk(PolicyHook& hook, Duration timeout, Later later)
      : hook_(hook), timeout_(timeout), later_(std::move(later)) {}

  Answer ask(std::string_view room, const JoinRequest& request);
  Answer ask(const PublishRequest& request) override;
  Answer ask(const SubscribeRequest& request) override;
  DataVerdict ask(const DataRequest& request) override { return hook_.on_data(request); }
  Duration timeout() const override { return timeout_; }

 private:
  template <typename Ask>
  Answer put(std::string_view room, const Ask& ask);

  PolicyHook& hook_;
  Duration timeout_;
  Later later_;
  room::QuestionId last_ = 0;
};

}  // namespace sfu::runtime
