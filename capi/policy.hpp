// SPDX-License-Identifier: Apache-2.0
// A host's decisions as the engine asks for them.
#pragma once

#include "capi/callbacks.hpp"
#include "sfu-c/policy.h"
#include "sfu/policy.hpp"

namespace sfu::capi {

class HostPolicy final : public PolicyHook {
 public:
  explicit HostPolicy(const sfu_policy_callbacks* callbacks) : callbacks_(callbacks) {}
  void taken() noexcept { callbacks_.taken(); }

  void on_join(const JoinRequest& request, Decision decision) override;
  void on_publish(const PublishRequest& request, Decision decision) override;
  void on_subscribe(const SubscribeRequest& request, Decision decision) override;
  DataVerdict on_data(const DataRequest& request) override;

 private:
  Callbacks<sfu_policy_callbacks> callbacks_;
};

}  // namespace sfu::capi
