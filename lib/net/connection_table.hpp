// SPDX-License-Identifier: Apache-2.0
// TCP connections that came in, over an epoll of their own: found by their paths, and newcomers, few and not for long,
// until they have shown that they are of use. What their bytes mean, and when one ends, is the owner's. Who has ended
// is freed at the end of the turn, which may still refer to it.
#pragma once

#include <sys/epoll.h>

#include <algorithm>
#include <array>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/newcomers.hpp"
#include "net/tcp_listeners.hpp"

namespace sfu::net {

// What a table keeps of a connection; the owner's own kind derives from it.
struct ConnectionEntry {
  ConnectionEntry(Descriptor opened, const Path& its_path) : descriptor(std::move(opened)), path(its_path) {}

  Descriptor descriptor;
  Path path;
  Newcomers::Id id = 0;              // as a newcomer
  bool watched_for_writing = false;  // by epoll
  bool dirty = false;                // something was added in this turn
  bool dead = false;                 // to be freed at the end of the turn
};

template <typename Connection>
class ConnectionTable {
 public:
  explicit ConnectionTable(Descriptor epoll) : epoll_(std::move(epoll)), listeners_(epoll_.number()) {}

  // Polls readable when poll() has something to do.
  int poll_descriptor() const { return epoll_.number(); }
  TcpListeners& listeners() { return listeners_; }
  const TcpListeners& listeners() const { return listeners_; }
  Instant deadline() const { return std::min(listeners_.deadline(), newcomers_.deadline()); }
  std::size_t size() const { return by_path_.size(); }

  // Calls accepted(TcpListeners::Accepted), refuse(Connection&) for who makes room where descriptors have run out,
  // writable(Connection&) and readable(Connection&), up to a bound.
  template <typename Accepted, typename Refuse, typename Writable, typename Readable>
  void poll(Instant now, const Accepted& accepted, const Refuse& refuse, const Writable& writable,
            const Readable& readable) {
    const auto make_room = [&] {
      if (Connection* oldest = newcomer(newcomers_.crowd_out())) refuse(*oldest);
    };
    std::array<epoll_event, kEventsPerTurn> events;
    const int ready = epoll_wait(epoll_.number(), events.data(), events.size(), 0);
    for (int i = 0; i < ready; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      void* const source = event.data.ptr;  // by value: epoll_event is packed, its members are not aligned
      if (listeners_.has(source)) {
        listeners_.accept(now, source, accepted, make_room);
        continue;
      }
      auto& connection = *static_cast<Connection*>(source);
      if (!connection.dead && (event.events & EPOLLOUT) != 0) writable(connection);
      if (!connection.dead && (event.events & ~static_cast<unsigned>(EPOLLOUT)) != 0) readable(connection);
    }
  }

  Connection* find(const Path& path) const {
    const auto at = by_path_.find(path);
    return at == by_path_.end() ? nullptr : at->second.get();
  }
  // Of a path that has none. Nothing where the system refuses.
  Connection* add(std::unique_ptr<Connection> connection) {
    if (!watch(*connection, EPOLL_CTL_ADD, EPOLLIN)) return nullptr;
    auto& place = by_path_[connection->path];
    place = std::move(connection);
    return place.get();
  }
  // Closes it now: the other end may be waiting for that.
  void remove(Connection& connection) {
    connection.dead = true;
    keep(connection);
    (void)take_descriptor(connection);
    const auto at = by_path_.find(connection.path);
    dead_.push_back(std::move(at->second));
    by_path_.erase(at);
  }
  // For another table; the connection is to be removed.
  Descriptor take_descriptor(Connection& connection) {
    epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, connection.descriptor.number(), nullptr);
    return std::move(connection.descriptor);
  }
  void free_removed() { dead_.clear(); }

  void watch_for_writing(Connection& connection, bool wanted) {
    if (wanted == connection.watched_for_writing) return;
    connection.watched_for_writing = wanted;
    watch(connection, EPOLL_CTL_MOD, wanted ? EPOLLIN | EPOLLOUT : EPOLLIN);
  }

  // From now on. Gives the one that has to go for it.
  Connection* make_newcomer(Instant now, Connection& connection) {
    connection.id = ++last_id_;
    strangers_[connection.id] = &connection;
    return newcomer(newcomers_.add(connection.id, connection.path.remote.ip, now));
  }
  bool is_newcomer(const Connection& connection) const { return strangers_.contains(connection.id); }
  // It is no newcomer any more.
  void keep(Connection& connection) {
    newcomers_.remove(connection.id);
    strangers_.erase(connection.id);
  }
  // One that took too long, if there is any.
  Connection* pop_overdue(Instant now) { return newcomer(newcomers_.pop_overdue(now)); }

 private:
  static constexpr std::size_t kEventsPerTurn = 64;

  bool watch(Connection& connection, int operation, std::uint32_t events) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &connection;
    return epoll_ctl(epoll_.number(), operation, connection.descriptor.number(), &event) == 0;
  }
  Connection* newcomer(std::optional<Newcomers::Id> id) const {
    const auto at = id ? strangers_.find(*id) : strangers_.end();
    return at == strangers_.end() ? nullptr : at->second;
  }

  Descriptor epoll_;
  TcpListeners listeners_;
  std::unordered_map<Path, std::unique_ptr<Connection>> by_path_;
  std::unordered_map<Newcomers::Id, Connection*> strangers_;  // what newcomers_ knows by number
  Newcomers newcomers_;
  Newcomers::Id last_id_ = 0;
  std::vector<std::unique_ptr<Connection>> dead_;
};

}  // namespace sfu::net
