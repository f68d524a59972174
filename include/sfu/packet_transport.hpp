// SPDX-License-Identifier: Apache-2.0
// How datagrams reach and leave a worker. The default is batched UDP; a host may bring its own sockets, and the tests
// bring a simulated network.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "sfu/address.hpp"
#include "sfu/time.hpp"

namespace sfu {

// What carries datagrams: UDP as they are, or TCP in frames (RFC 4571).
enum class TransportProtocol : std::uint8_t { kUdp, kTcp };

// The way a datagram takes: which local socket, and where the other end is. Two datagrams with equal paths belong to
// one 5-tuple.
struct Path {
  SocketAddress local;
  SocketAddress remote;
  TransportProtocol protocol = TransportProtocol::kUdp;

  friend auto operator<=>(const Path&, const Path&) = default;
};

// Bytes are borrowed for the call that hands the datagram over.
struct Datagram {
  Path path;
  std::span<const std::uint8_t> bytes;
};

// The receiving end, implemented by a worker. Call it on that worker's thread only.
class PacketSink {
 public:
  virtual ~PacketSink() = default;
  // The worker may decrypt in place: the bytes are its own until the call returns. `arrived` is when the datagram
  // reached this machine, where the transport knows it; else the `now` of PacketTransport::receive(). Senders estimate
  // their bandwidth from how far apart their packets arrived, and a busy worker reads many at once.
  virtual void receive(Instant arrived, const Path& path, std::span<std::uint8_t> bytes) = 0;
};

// One per worker, created and destroyed with it, on the threads that create and destroy the engine; those also ask for
// the descriptor and the candidates. send() and receive() are called on the worker's thread.
class PacketTransport {
 public:
  virtual ~PacketTransport() = default;
  // Sends what one loop turn produced; called once a turn. What the system will not take now is dropped and counted,
  // as a network would.
  virtual void send(std::span<const Datagram> batch) = 0;
  // A descriptor that polls readable when receive() has work. -1: there is none, and receive() is called in every turn;
  // for a host that drives the engine itself (EngineOptions::host_driven) and knows when something has come.
  virtual int poll_descriptor() const = 0;
  // Hands all that has arrived, up to a bound that keeps the loop fair, to `sink`. Returns false when nothing is left.
  virtual bool receive(Instant now, PacketSink& sink) = 0;
  // The addresses that ICE offers as host candidates for this worker.
  virtual std::span<const SocketAddress> candidates() const = 0;
};

}  // namespace sfu

template <>
struct std::hash<sfu::Path> {
  std::size_t operator()(const sfu::Path& path) const noexcept {
    const std::hash<sfu::SocketAddress> of_address;
    return of_address(path.remote) ^ (of_address(path.local) * 0x9E3779B97F4A7C15u);
  }
};
