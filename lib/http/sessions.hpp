// SPDX-License-Identifier: Apache-2.0
// The connections of a server, kept strongly until they take themselves out, and who has to go when there are too many:
// whoever connects without end, or sends its request a byte at a time, must not keep others out. Internal.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sfu/address.hpp"

namespace sfu::http {

// One accepted connection, as HTTP or as WebSocket. Each runs in its own strand: its functions need no locks.
class Session {
 public:
  virtual ~Session() = default;
  // Ends politely, soon; or at once.
  virtual void shut_down() = 0;
  virtual void abort() = 0;
};

// Not for several threads at once. Sessions are known by their address, `key`.
class Sessions {
 public:
  // Whom a connection is counted to: one machine may have all addresses of an IPv6 network (RFC 6177).
  using Origin = std::array<std::uint8_t, 16>;
  static Origin origin_of(const IpAddress& address) {
    Origin origin = address.bytes();
    if (!address.is_v4()) std::fill(origin.begin() + 8, origin.end(), std::uint8_t{0});
    return origin;
  }

  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }

  void add(const void* key, std::shared_ptr<Session> session, const Origin& origin) {
    entries_[key] = {std::move(session), origin, 0};
    set_waiting(key, true);
  }
  // An HTTP connection that becomes a WebSocket gives its place to it.
  void replace(const void* key, const void* successor_key, std::shared_ptr<Session> successor) {
    const auto at = entries_.find(key);
    const Origin origin = at != entries_.end() ? at->second.origin : Origin{};
    remove(key);
    entries_[successor_key] = {std::move(successor), origin, 0};
  }
  std::shared_ptr<Session> remove(const void* key) {
    const auto at = entries_.find(key);
    if (at == entries_.end()) return nullptr;
    set_waiting(at->second, key, false);
    const auto session = std::move(at->second.session);
    entries_.erase(at);
    return session;
  }
  // It waits for its client: to send a request, or to take an answer. New ones do.
  void set_waiting(const void* key, bool waiting) {
    if (const auto at = entries_.find(key); at != entries_.end()) set_waiting(at->second, key, waiting);
  }
  // Takes out the one that has waited longest, of the origin that has most of them; null if none waits.
  std::shared_ptr<Session> crowd_out() {
    const auto most = std::ranges::max_element(waiting_, {}, [](const auto& origin) { return origin.second.size(); });
    return most != waiting_.end() ? remove(most->second.begin()->second) : nullptr;
  }
  std::vector<std::shared_ptr<Session>> all() const {
    std::vector<std::shared_ptr<Session>> sessions;
    for (const auto& [key, entry] : entries_) sessions.push_back(entry.session);
    return sessions;
  }

 private:
  struct Entry {
    std::shared_ptr<Session> session;
    Origin origin{};
    std::uint64_t turn = 0;  // in which it began to wait; 0: it does not
  };

  void set_waiting(Entry& entry, const void* key, bool waiting) {
    if (waiting == (entry.turn != 0)) return;
    if (waiting) {
      entry.turn = ++last_turn_;
      waiting_[entry.origin][entry.turn] = key;
      return;
    }
    const auto origin = waiting_.find(entry.origin);
    origin->second.erase(std::exchange(entry.turn, 0));
    if (origin->second.empty()) waiting_.erase(origin);
  }

  std::unordered_map<const void*, Entry> entries_;
  std::map<Origin, std::map<std::uint64_t, const void*>> waiting_;
  std::uint64_t last_turn_ = 0;
};

}  // namespace sfu::http
