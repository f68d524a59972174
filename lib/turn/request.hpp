// SPDX-License-Identifier: Apache-2.0
// One request while it is answered. Internal to this folder.
#pragma once

#include "turn/turn.hpp"

namespace sfu::turn {

struct Server::Request {
  const WallAnchor& now;
  const Path& client;
  const ice::stun::Message& message;
  const Attributes& attributes;
  Output& out;
  std::optional<Allocation::Owner> owner{};  // once it has proven who it is
  WallTime credential_expires_at{};

  ice::stun::Writer answer(ice::stun::Class kind) const {
    return {out.to_clients.open(), kind, message.method, message.transaction};
  }
  // Signed, if the request was.
  void finish(ice::stun::Writer& writer) const {
    const auto key = owner ? as_text(owner->key) : std::string_view();
    out.to_clients.commit(writer.finish(key), client);
  }
};

}  // namespace sfu::turn
