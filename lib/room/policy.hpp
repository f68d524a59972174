// SPDX-License-Identifier: Apache-2.0
// The host's policy (sfu::PolicyHook) as rooms ask it.
#pragma once

#include <cstdint>
#include <variant>

#include "room/approval.hpp"
#include "sfu/policy.hpp"

namespace sfu::room {

class Policy {
 public:
  virtual ~Policy() = default;

  // The number: the verdict comes later, by Room::decide(). No other question of the worker has it.
  using Answer = std::variant<Verdict, QuestionId>;
  virtual Answer ask(const PublishRequest& request) = 0;
  virtual Answer ask(const SubscribeRequest& request) = 0;
  virtual DataVerdict ask(const DataRequest& request) = 0;
  // What has no verdict by then is denied.
  virtual Duration timeout() const = 0;
};

}  // namespace sfu::room
