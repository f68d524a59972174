// SPDX-License-Identifier: Apache-2.0
#include "net/tcp_transport.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include "net/sockaddr.hpp"

namespace sfu::net {
namespace {

constexpr Duration kLinger = std::chrono::seconds(1);

}  // namespace

TcpTransport::TcpTransport(Descriptor epoll)
    : table_(std::move(epoll)), scratch_(std::make_unique_for_overwrite<std::uint8_t[]>(kReadSize)) {}

TcpTransport::~TcpTransport() = default;

Result<std::unique_ptr<TcpTransport>> TcpTransport::create() {
  SFU_TRY(auto epoll, Descriptor::epoll());
  return std::unique_ptr<TcpTransport>(new TcpTransport(std::move(epoll)));
}

void TcpTransport::poll(Instant now, TcpSink& sink) {
  table_.poll(
      now,
      [&](TcpListeners::Accepted one) {
        ++stats_.accepted;
        enter(now, std::move(one.descriptor), one.path, sink);
      },
      [&](TcpConnection& oldest) { refuse(oldest, sink); }, [&](TcpConnection& writable) { write(writable, sink); },
      [&](TcpConnection& readable) { read(readable, sink); });
}

TcpConnection* TcpTransport::enter(Instant now, Descriptor descriptor, const Path& path, TcpSink& sink) {
  if (TcpConnection* former = table_.find(path)) end(*former, sink);
  TcpConnection* entered = table_.add(std::make_unique<TcpConnection>(std::move(descriptor), path));
  if (entered == nullptr) return nullptr;
  if (TcpConnection* gone = table_.make_newcomer(now, *entered)) refuse(*gone, sink);
  return entered;
}

void TcpTransport::read(TcpConnection& connection, TcpSink& sink) {
  const ssize_t size = recv(connection.descriptor.number(), scratch_.get(), kReadSize, MSG_DONTWAIT);
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
    sink.receive_tcp(connection.path, frame);
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
    departures_.emplace_back(claim.worker,
                             TcpHandover{table_.take_descriptor(connection), connection.path, std::move(read)});
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
    if (recent == nullptr || recent->path != datagram.path) recent = table_.find(datagram.path);
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
  table_.watch_for_writing(connection, waits);
}

void TcpTransport::keep(const Path& path) {
  TcpConnection* connection = table_.find(path);
  if (connection == nullptr) return;
  table_.keep(*connection);
  connection->linger_until = kNever;
}

void TcpTransport::close(Instant now, const Path& path) {
  TcpConnection* connection = table_.find(path);
  if (connection == nullptr || connection->linger_until != kNever) return;
  connection->linger_until = connection->queue().empty() ? now : now + kLinger;
  lingering_.push_back(connection);
}

void TcpTransport::advance(Instant now, TcpSink& sink) {
  table_.listeners().advance(now);
  while (TcpConnection* overdue = table_.pop_overdue(now)) refuse(*overdue, sink);
  for (std::size_t i = lingering_.size(); i-- > 0;) {
    if (now >= lingering_[i]->linger_until) end(*lingering_[i], sink);
  }
  table_.free_removed();
}

Instant TcpTransport::deadline() const {
  Instant deadline = table_.deadline();
  for (const TcpConnection* connection : lingering_) deadline = std::min(deadline, connection->linger_until);
  return deadline;
}

void TcpTransport::refuse(TcpConnection& connection, TcpSink& sink) {
  ++stats_.refused;
  end(connection, sink);
}

void TcpTransport::end(TcpConnection& connection, TcpSink& sink) {
  if (connection.dead) return;
  std::erase(lingering_, &connection);
  table_.remove(connection);
  if (connection.admitted()) sink.tcp_closed(connection.path);
}

}  // namespace sfu::net
