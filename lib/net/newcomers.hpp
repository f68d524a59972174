// SPDX-License-Identifier: Apache-2.0
// TCP connections that have not shown yet that they belong to a peer, and who has to go when there are too many or one
// takes too long: whoever connects without end, or sends a byte at a time, must not keep others out. The oldest goes
// first, of its own address if that has too many, else of the address that has most. Sans-IO.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>

#include "sfu/address.hpp"
#include "sfu/time.hpp"

namespace sfu::net {

class Newcomers {
 public:
  static constexpr std::size_t kMost = 512;
  static constexpr std::size_t kMostOfOrigin = 64;  // an office behind one address may join at once
  static constexpr Duration kPatience = std::chrono::seconds(30);

  using Id = std::uint64_t;  // grows with each connection

  // Gives the one that has to go for it.
  std::optional<Id> add(Id id, const IpAddress& address, Instant now);
  void remove(Id id);
  // Takes out one that took too long; nothing if there is none.
  std::optional<Id> pop_overdue(Instant now);
  // Takes out the oldest, of the origin that has most.
  std::optional<Id> crowd_out();
  Instant deadline() const { return entries_.empty() ? kNever : entries_.begin()->second.since + kPatience; }

  std::size_t size() const { return entries_.size(); }

 private:
  // One machine may have all addresses of an IPv6 network (RFC 6177).
  using Origin = std::array<std::uint8_t, 16>;
  struct Entry {
    Origin origin;
    Instant since;
  };

  std::map<Id, Entry> entries_;
  std::map<Origin, std::set<Id>> by_origin_;
};

}  // namespace sfu::net
