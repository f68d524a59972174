// SPDX-License-Identifier: Apache-2.0
// TCP connections whose bytes mean something to another layer: accepted here, read, and written as far as the other end
// takes it. A connection is a newcomer, one of few and not for long, until keep() says that it is of use. A peer that
// is slow or breaks the protocol costs its own connection alone.
#pragma once

#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "net/connection_table.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::net {

class StreamSink {
 public:
  virtual ~StreamSink() = default;
  // The bytes are the sink's own until the call returns. False: the connection is to be closed.
  virtual bool stream_received(const Path& path, ByteSpan bytes) = 0;
  virtual void stream_closed(const Path& path) = 0;
};

class StreamServer {
 public:
  // What one connection may have waiting; beyond it, it does not read, and is closed.
  static constexpr std::size_t kMaxBacklog = 1 << 20;

  // Errors: kUnavailable with address and port in the message.
  static Result<std::unique_ptr<StreamServer>> listen(const ListenOptions& options);
  ~StreamServer();
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;

  // Polls readable when poll() has something to do.
  int poll_descriptor() const { return table_.poll_descriptor(); }
  void poll(Instant now, StreamSink& sink);
  // Writes what send() has added, ends what is overdue, and frees what has ended. Once a turn, and not from within a
  // call of the sink.
  void advance(Instant now, StreamSink& sink);
  Instant deadline() const { return table_.deadline(); }

  // Nothing if the connection is no more.
  void send(const Path& path, ByteView bytes);
  // Bytes that wait to be written; 0 also of a connection that is no more.
  std::size_t backlog(const Path& path) const;
  // It is no newcomer any more, or one again, with time to be of use once more.
  void keep(const Path& path);
  void release(Instant now, const Path& path);

  std::size_t size() const { return table_.size(); }

 private:
  struct Stream;
  static constexpr std::size_t kReadSize = 64 << 10;

  explicit StreamServer(Descriptor epoll);
  void enter(Instant now, Descriptor descriptor, const Path& path, StreamSink& sink);
  void introduce(Instant now, Stream& stream);
  void read(Stream& stream, StreamSink& sink);
  void write(Stream& stream, StreamSink& sink);
  void end(Stream& stream, StreamSink& sink);

  ConnectionTable<Stream> table_;
  std::vector<Stream*> crowded_out_;  // to be ended in advance()
  std::vector<Stream*> written_;      // in this turn
  std::unique_ptr<std::uint8_t[]> scratch_;
};

}  // namespace sfu::net
