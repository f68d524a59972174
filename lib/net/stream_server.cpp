// SPDX-License-Identifier: Apache-2.0
#include "net/stream_server.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

namespace sfu::net {
namespace {

// The rest waits here, where it is counted and can be left out.
constexpr int kUnsentInKernel = 128 << 10;

}  // namespace

struct StreamServer::Stream : ConnectionEntry {
  using ConnectionEntry::ConnectionEntry;

  std::vector<std::uint8_t> out;  // what waits
  std::size_t written = 0;        // of it
  bool broken = false;            // to be ended at the end of the turn

  std::size_t backlog() const { return out.size() - written; }
};

StreamServer::StreamServer(Descriptor epoll)
    : table_(std::move(epoll)), scratch_(std::make_unique_for_overwrite<std::uint8_t[]>(kReadSize)) {}

StreamServer::~StreamServer() = default;

Result<std::unique_ptr<StreamServer>> StreamServer::listen(const ListenOptions& options) {
  SFU_TRY(auto epoll, Descriptor::epoll());
  auto server = std::unique_ptr<StreamServer>(new StreamServer(std::move(epoll)));
  SFU_CHECK_OK(server->table_.listeners().listen(options));
  return server;
}

void StreamServer::poll(Instant now, StreamSink& sink) {
  table_.poll(
      now, [&](TcpListeners::Accepted one) { enter(now, std::move(one.descriptor), one.path, sink); },
      [&](Stream& oldest) { end(oldest, sink); }, [&](Stream& writable) { write(writable, sink); },
      [&](Stream& readable) { read(readable, sink); });
}

void StreamServer::enter(Instant now, Descriptor descriptor, const Path& path, StreamSink& sink) {
  if (Stream* former = table_.find(path)) end(*former, sink);
  const int on = 1;
  setsockopt(descriptor.number(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(descriptor.number(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentInKernel, sizeof kUnsentInKernel);
  if (Stream* entered = table_.add(std::make_unique<Stream>(std::move(descriptor), path))) introduce(now, *entered);
}

void StreamServer::introduce(Instant now, Stream& stream) {
  if (Stream* gone = table_.make_newcomer(now, stream)) crowded_out_.push_back(gone);
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
  Stream* stream = table_.find(path);
  if (stream == nullptr || stream->broken) return;
  stream->broken = stream->backlog() + bytes.size() > kMaxBacklog;
  if (!stream->broken) stream->out.insert(stream->out.end(), bytes.begin(), bytes.end());
  if (!std::exchange(stream->dirty, true)) written_.push_back(stream);
}

std::size_t StreamServer::backlog(const Path& path) const {
  const Stream* stream = table_.find(path);
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
  table_.watch_for_writing(stream, waits);
}

void StreamServer::keep(const Path& path) {
  if (Stream* stream = table_.find(path)) table_.keep(*stream);
}

void StreamServer::release(Instant now, const Path& path) {
  Stream* stream = table_.find(path);
  if (stream != nullptr && !table_.is_newcomer(*stream)) introduce(now, *stream);
}

void StreamServer::advance(Instant now, StreamSink& sink) {
  table_.listeners().advance(now);
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
  for (Stream* stream : std::exchange(crowded_out_, {})) {
    if (table_.is_newcomer(*stream)) end(*stream, sink);
  }
  while (Stream* overdue = table_.pop_overdue(now)) end(*overdue, sink);
  const auto is_dead = [](const Stream* stream) { return stream->dead; };
  std::erase_if(written_, is_dead);
  std::erase_if(crowded_out_, is_dead);
  table_.free_removed();
}

void StreamServer::end(Stream& stream, StreamSink& sink) {
  if (stream.dead) return;
  table_.remove(stream);
  sink.stream_closed(stream.path);
}

}  // namespace sfu::net
