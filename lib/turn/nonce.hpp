// SPDX-License-Identifier: Apache-2.0
// Nonces of the long-term credential (RFC 8489 9.2): the time until which one is good, sealed together with the
// client's address, so that nothing is remembered of who merely asked.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sfu/address.hpp"
#include "sfu/time.hpp"

namespace sfu::turn {

class Nonces {
 public:
  static constexpr Duration kLifetime = std::chrono::hours(1);
  static constexpr std::size_t kSize = 48;
  using Key = std::array<std::uint8_t, 32>;
  using Text = std::array<char, kSize>;

  explicit Nonces(const Key& key) : key_(key) {}

  Text make(Instant now, const SocketAddress& client) const;
  // Whether it was made for this client, and not too long ago.
  bool accepts(Instant now, const SocketAddress& client, std::string_view nonce) const;

 private:
  Text seal(std::uint64_t expiry, const SocketAddress& client) const;

  Key key_;
};

}  // namespace sfu::turn
