// SPDX-License-Identifier: Apache-2.0
// An Engine on real sockets. With one worker its transport measures: what the worker's thread costs, and what it
// allocates for each kind of datagram; with others its statistics tell. The clients' signalling comes through the
// Channel.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <ctime>
#include <map>
#include <memory>

#include "channel.hpp"
#include "meter.hpp"
#include "net/udp_transport.hpp"
#include "sfu/engine.hpp"

namespace sfu::bench {

// Of the worker's thread; a difference of two is what an interval took.
struct WorkerFigures {
  double cpu_ns = 0;
  std::uint64_t system_calls = 0;
  std::uint64_t allocations = 0;  // all, those of timers and signalling too
  std::uint64_t media_received = 0;
  std::uint64_t media_sent = 0;
  std::uint64_t media_allocations = 0;    // while RTP was received and forwarded
  std::uint64_t control_received = 0;     // RTCP
  std::uint64_t control_allocations = 0;  // while it was
  std::uint64_t dropped = 0;              // by the system

  WorkerFigures operator-(const WorkerFigures& before) const;
};

class MeteredTransport final : public PacketTransport, private PacketSink {
 public:
  explicit MeteredTransport(std::unique_ptr<net::UdpTransport> inner) : inner_(std::move(inner)) {}

  void send(std::span<const Datagram> batch) override;
  int poll_descriptor() const override { return inner_->poll_descriptor(); }
  bool receive(Instant now, PacketSink& sink) override;
  std::span<const SocketAddress> candidates() const override { return inner_->candidates(); }

  // Any thread; in step with one another only while the worker rests.
  WorkerFigures figures() const;
  // Prints where the next allocations of the worker's thread come from, if media causes them.
  void trace_allocations(int count) { trace_ = count; }

 private:
  void receive(Instant now, const Path& path, std::span<std::uint8_t> bytes) override;
  void adopt_thread();

  using Counter = std::atomic<std::uint64_t>;
  std::unique_ptr<net::UdpTransport> inner_;
  PacketSink* sink_ = nullptr;
  std::atomic<ThreadCounts*> thread_ = nullptr;
  clockid_t clock_ = 0;  // before thread_
  Counter media_received_ = 0;
  Counter media_sent_ = 0;
  Counter media_allocations_ = 0;
  Counter control_received_ = 0;
  Counter control_allocations_ = 0;
  Counter dropped_ = 0;
  std::atomic<int> trace_ = 0;
};

class Server {
 public:
  // Of `per_room` clients each; 0: one room for all.
  explicit Server(Channel channel, std::size_t per_room = 0, bool v1 = false);
  // With the engine's own transports and as many workers as these say; one room for all.
  Server(Channel channel, EngineOptions options);
  ~Server();

  // Tells the clients something and serves them until it is done. Ends the program if that takes too long.
  void ask(Word word, std::uint32_t number = 0);
  void serve_for(Duration time);
  // What the clients have received altogether.
  std::uint64_t count_received();
  // Of a server that measures.
  WorkerFigures figures() const { return transport_->figures(); }
  MeteredTransport& transport() { return *transport_; }
  EngineStatistics statistics() const { return engine_->statistics(); }

 private:
  class Sink;
  class AnyToken;
  void start(EngineOptions options);
  bool serve_until(Word word, Duration limit);
  void handle(const Channel::Message& message);
  void connect(std::uint32_t client);

  Channel channel_;
  std::size_t per_room_ = 0;
  bool v1_ = false;
  std::unique_ptr<Authenticator> authenticator_;
  std::unique_ptr<Engine> engine_;
  MeteredTransport* transport_ = nullptr;  // the engine's
  std::map<std::uint32_t, std::unique_ptr<SignalSession>> sessions_;
  std::uint64_t answered_ = 0;
};

}  // namespace sfu::bench
