// SPDX-License-Identifier: Apache-2.0
// One accepted TCP connection that carries datagrams in frames. TcpTransport owns it and decides; here are the socket,
// what was read of a frame, and what waits to be written.
#pragma once

#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "net/frame_queue.hpp"
#include "net/frame_splitter.hpp"
#include "net/newcomers.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::net {

// A descriptor that closes.
class Descriptor {
 public:
  explicit Descriptor(int number = -1) : number_(number) {}
  ~Descriptor();
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int number() const { return number_; }
  int release();

 private:
  int number_;
};

// A connection on its way to the worker that has its peer, with what was read of it.
struct TcpHandover {
  Descriptor descriptor;
  Path path;
  std::vector<std::uint8_t> read;
};

class TcpConnection {
 public:
  static constexpr std::size_t kFirstFrame = 512;  // bytes at most

  TcpConnection(Descriptor descriptor, const Path& path, Newcomers::Id id);

  const Path& path() const { return path_; }
  Newcomers::Id id() const { return id_; }
  int descriptor() const { return descriptor_.number(); }
  Descriptor take_descriptor() { return std::move(descriptor_); }
  FrameSplitter& splitter() { return splitter_; }
  const FrameQueue& queue() const { return queue_; }

  // Its first datagram names a peer here.
  void admit();
  bool admitted() const { return admitted_; }

  FrameQueue::Added add(ByteView datagram) { return queue_.add(datagram); }
  // Writes what the system takes. False when the connection is broken.
  bool write();

  bool watched_for_writing = false;  // by epoll
  bool dirty = false;                // something was added in this turn
  bool dead = false;                 // to be freed at the end of the turn
  Instant linger_until = kNever;     // closes when all is written, then at the latest

 private:
  Descriptor descriptor_;
  Path path_;
  Newcomers::Id id_;
  FrameSplitter splitter_;
  FrameQueue queue_;
  bool admitted_ = false;
};

}  // namespace sfu::net
