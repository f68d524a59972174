// SPDX-License-Identifier: Apache-2.0
// What certain clients are told, as structs of C and back.
#pragma once

#include "capi/callbacks.hpp"
#include "sfu-c/client_config.h"
#include "sfu/client_config.hpp"

namespace sfu::capi {

ClientConfiguration from_c(const sfu_client_configuration* configuration);
ClientConfigRule from_c(const sfu_client_rule* rule);

class HostClientConfig final : public ClientConfigProvider {
 public:
  explicit HostClientConfig(const sfu_client_config_callbacks* callbacks) : callbacks_(callbacks) {}
  std::optional<ClientConfiguration> configuration(const ClientDescription& client) const override;
  void taken() noexcept { callbacks_.taken(); }

 private:
  Callbacks<sfu_client_config_callbacks> callbacks_;
};

}  // namespace sfu::capi
