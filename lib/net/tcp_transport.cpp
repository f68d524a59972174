// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_transport.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "net/sockaddr.hpp"

namespace sfu::net {
namespace {

constexpr std::size_t kEventsPerTurn = 64;
constexpr Duration kLinger = std::chrono::seconds(1);

Failure unavailable(const std::string& what) {
  return fail(Errc::kUnavailable, what + ": " + std::strerror(errno));
}

}  // namespace

TcpTransport::TcpTransport(Descriptor epoll)
    : epoll_(std::move(epoll)),
      listeners_(epoll_.number()),
      scratch_(std::make_unique_for_overwrite<std::uint8_t[]>(kReadSize)) {}

TcpTransport::~TcpTransport() = default;

Result<std::unique_ptr<TcpTransport>> TcpTransport::create() {
  Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  if (epoll.number() < 0) return unavailable("epoll");
  return std::unique_ptr<TcpTransport>(new TcpTransport(std::move(epoll)));
}

void TcpTransport::poll(Instant now, TcpSink& sink) {
  const auto accepted = [&](TcpListeners::Accepted one) {
    ++stats_.accepted;
    enter(now, std::move(one.descriptor), one.path, sink);
  };
  const auto make_room = [&] {
    if (const auto oldest = newcomers_.crowd_out()) refuse(*oldest, sink);
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
    auto& connection = *static_cast<TcpConnection*>(source);
    if (!connection.dead && (event.events & EPOLLOUT) != 0) write(connection, sink);
    if (!connection.dead && (event.events & ~static_cast<unsigned>(EPOLLOUT)) != 0) read(connection, sink);
  }
}

TcpConnection* TcpTransport::enter(Instant now, Descriptor descriptor, const Path& path, TcpSink& sink) {
  if (TcpConnection* former = find(path)) end(*former, sink);
  auto connection = std::make_unique<TcpConnection>(std::move(descriptor), path, ++last_id_);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = connection.get();
  if (epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, connection->descriptor(), &event) != 0) return nullptr;
  TcpConnection* entered = connection.get();
  by_path_[path] = std::move(connection);
  strangers_[entered->id()] = entered;
  if (const auto gone = newcomers_.add(entered->id(), path.remote.ip, now)) refuse(*gone, sink);
  return entered;
}

void TcpTransport::read(TcpConnection& connection, TcpSink& sink) {
  const ssize_t size = recv(connection.descriptor(), scratch_.get(), kReadSize, MSG_DONTWAIT);
  if (size > 0) return split(connection, {scratch_.get(), static_cast<std::size_t>(size)}, sink);
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  end(connection, sink);
}

void TcpTransport::split(TcpConnection& connection, ByteSpan bytes, TcpSink& sink) {
  ByteSpan frame;
  for (;;) {
    const auto step = connection.splitter().next(bytes, frame);
    if (step == FrameSplitter::Step::kMore) return;
    if (step == FrameSplitter::Step::kTooLong) break;
    if (!connection.admitted() && !admit(connection, frame, bytes, sink)) return;
    sink.receive_tcp(connection.path(), frame);
    if (connection.dead) return;
  }
  stats_.refused += connection.admitted() ? 0 : 1;
  end(connection, sink);
}

// False if there is no more to be done with it here.
bool TcpTransport::admit(TcpConnection& connection, ByteView first, ByteView rest, TcpSink& sink) {
  const TcpClaim claim = sink.claim(first);
  if (claim.place == TcpClaim::Place::kHere) {
    connection.admit();
    return true;
  }
  if (claim.place == TcpClaim::Place::kElsewhere) {
    std::vector<std::uint8_t> read{static_cast<std::uint8_t>(first.size() >> 8),
                                   static_cast<std::uint8_t>(first.size())};
    read.insert(read.end(), first.begin(), first.end());
    read.insert(read.end(), rest.begin(), rest.end());
    epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, connection.descriptor(), nullptr);
    departures_.emplace_back(claim.worker,
                             TcpHandover{connection.take_descriptor(), connection.path(), std::move(read)});
  } else {
    ++stats_.refused;
  }
  end(connection, sink);
  return false;
}

void TcpTransport::adopt(Instant now, TcpHandover arrival, TcpSink& sink) {
  TcpConnection* connection = enter(now, std::move(arrival.descriptor), arrival.path, sink);
  if (connection != nullptr && !connection->dead) split(*connection, arrival.read, sink);
}

void TcpTransport::send(std::span<const Datagram> batch, TcpSink& sink) {
  TcpConnection* recent = nullptr;
  for (const Datagram& datagram : batch) {
    if (datagram.path.protocol != TransportProtocol::kTcp) continue;
    if (recent == nullptr || recent->path() != datagram.path) recent = find(datagram.path);
    if (recent == nullptr || recent->dead) continue;
    const auto added = recent->add(datagram.bytes);
    if (added == FrameQueue::Added::kDropped) ++stats_.media_dropped;
    if (added == FrameQueue::Added::kOverrun) {
      end(*recent, sink);
      recent = nullptr;
    } else if (!std::exchange(recent->dirty, true)) {
      written_.push_back(recent);
    }
  }
  for (TcpConnection* connection : written_) {
    connection->dirty = false;
    if (!connection->dead) write(*connection, sink);
  }
  written_.clear();
}

void TcpTransport::write(TcpConnection& connection, TcpSink& sink) {
  if (!connection.write()) return end(connection, sink);
  const bool waits = !connection.queue().empty();
  if (!waits && connection.linger_until != kNever) return end(connection, sink);
  if (waits == connection.watched_for_writing) return;
  connection.watched_for_writing = waits;
  epoll_event event{};
  event.events = waits ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &connection;
  epoll_ctl(epoll_.number(), EPOLL_CTL_MOD, connection.descriptor(), &event);
}

void TcpTransport::keep(const Path& path) {
  TcpConnection* connection = find(path);
  if (connection == nullptr) return;
  newcomers_.remove(connection->id());
  strangers_.erase(connection->id());
  connection->linger_until = kNever;
}

void TcpTransport::close(Instant now, const Path& path) {
  TcpConnection* connection = find(path);
  if (connection == nullptr || connection->linger_until != kNever) return;
  connection->linger_until = connection->queue().empty() ? now : now + kLinger;
  lingering_.push_back(connection);
}

void TcpTransport::advance(Instant now, TcpSink& sink) {
  listeners_.advance(now);
  while (const auto overdue = newcomers_.pop_overdue(now)) refuse(*overdue, sink);
  for (std::size_t i = lingering_.size(); i-- > 0;) {
    if (now >= lingering_[i]->linger_until) end(*lingering_[i], sink);
  }
  dead_.clear();
}

Instant TcpTransport::deadline() const {
  Instant deadline = std::min(listeners_.deadline(), newcomers_.deadline());
  for (const TcpConnection* connection : lingering_) deadline = std::min(deadline, connection->linger_until);
  return deadline;
}

void TcpTransport::refuse(Newcomers::Id id, TcpSink& sink) {
  const auto at = strangers_.find(id);
  if (at == strangers_.end()) return;
  ++stats_.refused;
  end(*at->second, sink);
}

void TcpTransport::end(TcpConnection& connection, TcpSink& sink) {
  if (connection.dead) return;
  connection.dead = true;
  newcomers_.remove(connection.id());
  strangers_.erase(connection.id());
  std::erase(lingering_, &connection);
  const auto at = by_path_.find(connection.path());
  dead_.push_back(std::move(at->second));
  by_path_.erase(at);
  // Freed later, but closed now: the other end may be waiting for that.
  (void)connection.take_descriptor();
  if (connection.admitted()) sink.tcp_closed(connection.path());
}

TcpConnection* TcpTransport::find(const Path& path) const {
  const auto at = by_path_.find(path);
  return at == by_path_.end() ? nullptr : at->second.get();
}

}  // namespace sfu::net
