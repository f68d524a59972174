// SPDX-License-Identifier: Apache-2.0
// Participants as users of the TURN server: the credentials that signalling hands out, read back.
#pragma once

#include <memory>
#include <utility>

#include "auth/turn_credentials.hpp"
#include "turn/turn.hpp"

namespace sfu::runtime {

class TurnUsers final : public turn::Credentials {
 public:
  explicit TurnUsers(std::shared_ptr<const auth::KeyProvider> keys) : keys_(std::move(keys)) {}

  std::optional<turn::User> find(std::string_view username) const override {
    auto user = auth::read_turn_username(username, *keys_);
    if (!user) return std::nullopt;
    return turn::User{std::move(user->participant_sid), std::move(user->password), user->expires_at};
  }

 private:
  std::shared_ptr<const auth::KeyProvider> keys_;
};

}  // namespace sfu::runtime
