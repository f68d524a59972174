// SPDX-License-Identifier: Apache-2.0
#include "net/stream_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sfu::net {
namespace {

constexpr std::size_t kEventsPerTurn = 64;
// The rest waits here, where it is counted and can be left out.
constexpr int kUnsentInKernel = 128 << 10;

}  // namespace

struct StreamServer::Stream {
  Descriptor descriptor;
  Path path;
  Newcomers::Id id = 0;           // as a newcomer
  std::vector<std::uint8_t> out;  // what waits
  std::size_t written = 0;        // of it
  bool watched_for_writing = false;
  bool dirty = false;
  bool broken = false;  // to be ended at the end of the turn
  bool dead = false;    // to be freed then

  std::size_t backlog() const { return out.size() - written; }
};

StreamServer::StreamServer(Descriptor epoll)
    : epoll_(std::move(epoll)),
      listeners_(epoll_.number()),
      scratch_(std::make_unique_for_overwrite<std::uint8_t[]>(kReadSize)) {}

StreamServer::~StreamServer() = default;

Result<std::unique_ptr<StreamServer>> StreamServer::listen(const ListenOptions& options) {
  Descriptor epoll(epoll_create1(EPOLL_CLOEXEC));
  if (epoll.number() < 0) return fail(Errc::kUnavailable, std::string("epoll: ") + std::strerror(errno));
  auto server = std::unique_ptr<StreamServer>(new StreamServer(std::move(epoll)));
  SFU_CHECK_OK(server->listeners_.listen(options));
  return server;
}

StreamServer::Stream* StreamServer::find(const Path& path) const {
  const auto at = by_path_.find(path);
  return at == by_path_.end() ? nullptr : at->second.get();
}

void StreamServer::poll(Instant now, StreamSink& sink) {
  const auto accepted = [&](TcpListeners::Accepted one) { enter(now, std::move(one.descriptor), one.path, sink); };
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
    auto& stream = *static_cast<Stream*>(source);
    if (!stream.dead && (event.events & EPOLLOUT) != 0) write(stream, sink);
    if (!stream.dead && (event.events & ~static_cast<unsigned>(EPOLLOUT)) != 0) read(stream, sink);
  }
}

void StreamServer::enter(Instant now, Descriptor descriptor, const Path& path, StreamSink& sink) {
  if (Stream* former = find(path)) end(*former, sink);
  const int on = 1;
  setsockopt(descriptor.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(descriptor.number(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentInKernel, sizeof kUnsentInKernel);
  auto stream = std::make_unique<Stream>();
  stream->descriptor = std::move(descriptor);
  stream->path = path;
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.ptr = stream.get();
  if (epoll_ctl(epoll_.number(), EPOLL_CTL_ADD, stream->descriptor.number(), &event) != 0) return;
  Stream& entered = *stream;
  by_path_[path] = std::move(stream);
  introduce(now, entered);
}

void StreamServer::introduce(Instant now, Stream& stream) {
  stream.id = ++last_id_;
  strangers_[stream.id] = &stream;
  if (const auto gone = newcomers_.add(stream.id, stream.path.remote.ip, now)) crowded_out_.push_back(*gone);
}

void StreamServer::read(Stream& stream, StreamSink& sink) {
  const ssize_t size = recv(stream.descriptor.number(), scratch_.get(), kReadSize, MSG_DONTWAIT);
  if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
  const bool good = size > 0 && sink.stream_received(stream.path, {scratch_.get(), static_cast<std::size_t>(size)});
  if (good || stream.dead) return;
  write(stream, sink);  // what it was told last
  if (!stream.dead) end(stream, sink);
}

void StreamServer::send(const Path& path, ByteView bytes) {
  Stream* stream = find(path);
  if (stream == nullptr || stream->broken) return;
  stream->broken = stream->backlog() + bytes.size() > kMaxBacklog;
  if (!stream->broken) stream->out.insert(stream->out.end(), bytes.begin(), bytes.end());
  if (!std::exchange(stream->dirty, true)) written_.push_back(stream);
}

std::size_t StreamServer::backlog(const Path& path) const {
  const Stream* stream = find(path);
  return stream == nullptr ? 0 : stream->backlog();
}

void StreamServer::write(Stream& stream, StreamSink& sink) {
  while (stream.backlog() != 0) {
    const ssize_t written = ::send(stream.descriptor.number(), stream.out.data() + stream.written, stream.backlog(),
                                   MSG_DONTWAIT | MSG_NOSIGNAL);
    if (written > 0) {
      stream.written += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      if (errno != EAGAIN && errno != EWOULDBLOCK) return end(stream, sink);
      break;
    }
  }
  const bool waits = stream.backlog() != 0;
  // What has been written is moved over only now and then, so that a backlog costs no more than a copy of itself.
  if (!waits || stream.written > stream.out.size() / 2) {
    stream.out.erase(stream.out.begin(), stream.out.begin() + static_cast<std::ptrdiff_t>(stream.written));
    stream.written = 0;
  }
  if (waits == stream.watched_for_writing) return;
  stream.watched_for_writing = waits;
  epoll_event event{};
  event.events = waits ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.ptr = &stream;
  epoll_ctl(epoll_.number(), EPOLL_CTL_MOD, stream.descriptor.number(), &event);
}

void StreamServer::keep(const Path& path) {
  Stream* stream = find(path);
  if (stream == nullptr) return;
  newcomers_.remove(stream->id);
  strangers_.erase(stream->id);
}

void StreamServer::release(Instant now, const Path& path) {
  Stream* stream = find(path);
  if (stream != nullptr && !strangers_.contains(stream->id)) introduce(now, *stream);
}

void StreamServer::advance(Instant now, StreamSink& sink) {
  listeners_.advance(now);
  for (std::size_t i = 0; i < written_.size(); ++i) {
    Stream& stream = *written_[i];
    stream.dirty = false;
    if (stream.dead) continue;
    if (stream.broken) {
      end(stream, sink);
    } else {
      write(stream, sink);
    }
  }
  written_.clear();
  for (const Newcomers::Id id : std::exchange(crowded_out_, {})) refuse(id, sink);
  while (const auto overdue = newcomers_.pop_overdue(now)) refuse(*overdue, sink);
  std::erase_if(written_, [](const Stream* stream) { return stream->dead; });
  dead_.clear();
}

void StreamServer::refuse(Newcomers::Id id, StreamSink& sink) {
  const auto at = strangers_.find(id);
  if (at != strangers_.end()) end(*at->second, sink);
}

void StreamServer::end(Stream& stream, StreamSink& sink) {
  if (std::exchange(stream.dead, true)) return;
  newcomers_.remove(stream.id);
  strangers_.erase(stream.id);
  epoll_ctl(epoll_.number(), EPOLL_CTL_DEL, stream.descriptor.number(), nullptr);
  const Path path = stream.path;
  const auto at = by_path_.find(path);
  at->second->descriptor = Descriptor();
  dead_.push_back(std::move(at->second));
  by_path_.erase(at);
  sink.stream_closed(path);
}

}  // namespace sfu::net
