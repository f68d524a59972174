// SPDX-License-Identifier: Apache-2.0
// ICE over TCP, passive side (RFC 6544): connections whose frames are datagrams (RFC 4571). One for each worker; the
// first one listens, on one port at each address, and hands every connection over to the worker whose peer its first
// frame names. A connection is a newcomer until ICE has proven its path, and is closed when the path is given up.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "net/connection_table.hpp"
#include "net/tcp_connection.hpp"
#include "sfu/packet_transport.hpp"

namespace sfu::net {

// Where a connection belongs by its first datagram.
struct TcpClaim {
  enum class Place : std::uint8_t { kNowhere, kHere, kElsewhere };
  Place place = Place::kNowhere;
  unsigned worker = 0;  // elsewhere
};

// What the worker does for it.
class TcpSink {
 public:
  virtual ~TcpSink() = default;
  // It must be a STUN Binding request with a ufrag that is known; else the connection is closed.
  virtual TcpClaim claim(ByteView first) = 0;
  // As PacketSink::receive().
  virtual void receive_tcp(const Path& path, ByteSpan bytes) = 0;
  // A connection that has been claimed is no more.
  virtual void tcp_closed(const Path& path) = 0;
};

class TcpTransport {
 public:
  struct Stats {
    std::uint64_t accepted = 0;
    std::uint64_t refused = 0;        // wrong or late first frame, or too many that wait for one
    std::uint64_t media_dropped = 0;  // RTP that found too much waiting
  };

  // Errors: kUnavailable (out of descriptors).
  static Result<std::unique_ptr<TcpTransport>> create();
  ~TcpTransport();
  TcpTransport(const TcpTransport&) = delete;
  TcpTransport& operator=(const TcpTransport&) = delete;

  // Errors: kUnavailable with address and port in the message.
  Result<void> listen(const ListenOptions& options) { return table_.listeners().listen(options); }
  std::span<const SocketAddress> candidates() const { return table_.listeners().addresses(); }

  // Polls readable when poll() has something to do.
  int poll_descriptor() const { return table_.poll_descriptor(); }
  // Accepts, reads, and writes what waits, each up to a bound.
  void poll(Instant now, TcpSink& sink);
  // Ends what is overdue, and frees what has ended. Once a turn, and not from within a call of the sink.
  void advance(Instant now, TcpSink& sink);
  Instant deadline() const;

  // Those of the batch that have a TCP path. What the system does not take now waits.
  void send(std::span<const Datagram> batch, TcpSink& sink);
  bool empty() const { return table_.size() == 0; }

  // ICE has proven the path; or nobody has it any more, and it closes once all is written.
  void keep(const Path& path);
  void close(Instant now, const Path& path);

  // Connections for other workers, to be taken out; and one that came from another.
  std::vector<std::pair<unsigned, TcpHandover>>& departures() { return departures_; }
  void adopt(Instant now, TcpHandover arrival, TcpSink& sink);

  const Stats& stats() const { return stats_; }

 private:
  static constexpr std::size_t kReadSize = 64 << 10;

  explicit TcpTransport(Descriptor epoll);
  TcpConnection* enter(Instant now, Descriptor descriptor, const Path& path, TcpSink& sink);
  void read(TcpConnection& connection, TcpSink& sink);
  void split(TcpConnection& connection, ByteSpan bytes, TcpSink& sink);
  bool admit(TcpConnection& connection, ByteView first, ByteView rest, TcpSink& sink);
  void write(TcpConnection& connection, TcpSink& sink);
  void refuse(TcpConnection& connection, TcpSink& sink);
  void end(TcpConnection& connection, TcpSink& sink);

  ConnectionTable<TcpConnection> table_;
  std::vector<TcpConnection*> lingering_;
  std::vector<TcpConnection*> written_;  // scratch of send()
  std::vector<std::pair<unsigned, TcpHandover>> departures_;
  std::unique_ptr<std::uint8_t[]> scratch_;
  Stats stats_;
};

}  // namespace sfu::net
