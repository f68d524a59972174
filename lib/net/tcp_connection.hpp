// SPDX-License-Identifier: Apache-2.0
// One accepted TCP connection that carries datagrams in frames. TcpTransport owns it and decides; here are the socket,
// what was read of a frame, and what waits to be written.
#pragma once

#include <vector>

#include "base/bytes.hpp"
#include "net/connection_table.hpp"
#include "net/frame_queue.hpp"
#include "net/frame_splitter.hpp"

namespace sfu::net {

// A connection on its way to the worker that has its peer, with what was read of it.
struct TcpHandover {
  Descriptor descriptor;
  Path path;
  std::vector<std::uint8_t> read;
};

class TcpConnection : public ConnectionEntry {
 public:
  static constexpr std::size_t kFirstFrame = 512;  // bytes at most

  TcpConnection(Descriptor opened, const Path& its_path);

  FrameSplitter& splitter() { return splitter_; }
  const FrameQueue& queue() const { return queue_; }

  // Its first datagram names a peer here.
  void admit();
  bool admitted() const { return admitted_; }

  FrameQueue::Added add(ByteView datagram) { return queue_.add(datagram); }
  // Writes what the system takes. False when the connection is broken.
  bool write();

  Instant linger_until = kNever;  // closes when all is written, then at the latest

 private:
  FrameSplitter splitter_;
  FrameQueue queue_;
  bool admitted_ = false;
};

}  // namespace sfu::net
