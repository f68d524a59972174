// SPDX-License-Identifier: Apache-2.0
// The engine's TURN server: turn::Server with its sockets, on a thread of its own, so that relaying takes nothing from
// the workers. By UDP, and by TCP with TLS or behind somebody else's.
#pragma once

#include <array>
#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/random.hpp"
#include "base/time.hpp"
#include "net/loop.hpp"
#include "net/relay_sockets.hpp"
#include "net/stream_server.hpp"
#include "net/udp_transport.hpp"
#include "runtime/turn_users.hpp"
#include "sfu/statistics.hpp"
#include "sfu/turn_options.hpp"
#include "signal/embedded_turn.hpp"
#include "tls/tls.hpp"
#include "turn/stream_splitter.hpp"
#include "turn/turn.hpp"

namespace sfu::runtime {

class TurnService final : private PacketSink, private net::StreamSink, private turn::RelayPorts {
 public:
  struct Config {
    TurnOptions options;
    net::ListenOptions listen;  // but for the port; of `advertised` relays take their addresses
    const Clock* clock = nullptr;
  };
  // Opens the sockets. Errors: kUnavailable (a port in use, no certificate), kInvalidArgument (options that do not fit
  // together).
  static Result<std::unique_ptr<TurnService>> open(Config config);
  ~TurnService() override;

  // What clients are told.
  const signal::EmbeddedTurn& told() const { return told_; }
  // The engine's media: always reached.
  void start(std::vector<SocketAddress> media);
  // Ends all allocations, and the thread.
  void stop();
  // As of its last turn. Any thread.
  TurnStatistics statistics() const;

 private:
  // Of a client's connection.
  struct Stream {
    std::optional<tls::Session> tls;
    turn::StreamSplitter splitter;
  };
  // Tells what comes from peers from what comes from clients.
  struct PeerSink final : PacketSink {
    explicit PeerSink(TurnService& owner) : service(owner) {}
    void receive(Instant arrived, const Path& path, std::span<std::uint8_t> bytes) override;
    TurnService& service;
  };

  explicit TurnService(Config config);
  Result<void> open_sockets();
  Result<void> watch();
  turn::Config server_config(const std::vector<IpAddress>& addresses);
  void tell(const std::vector<IpAddress>& addresses);

  void run();
  void take_turn();
  void flush();
  void send_to_stream(const Datagram& datagram);
  void publish();

  void receive(Instant arrived, const Path& path, std::span<std::uint8_t> bytes) override;
  bool stream_received(const Path& path, ByteSpan bytes) override;
  void stream_closed(const Path& path) override;
  std::optional<SocketAddress> open(const IpAddress& ip, bool even) override { return relays_->open(ip, even); }
  void close(const SocketAddress& relay) override { relays_->close(relay); }

  Config config_;
  signal::EmbeddedTurn told_;
  std::unique_ptr<TurnUsers> users_;
  SystemRandom random_;
  std::unique_ptr<net::Loop> loop_;
  std::unique_ptr<net::UdpTransport> udp_;      // null: not by UDP
  std::unique_ptr<net::StreamServer> streams_;  // null: not by TCP
  std::unique_ptr<net::RelaySockets> relays_;
  std::optional<tls::ServerContext> tls_;
  std::unordered_map<Path, Stream> connections_;
  std::optional<turn::Server> server_;
  PeerSink peers_{*this};

  SendBatch to_clients_;
  SendBatch to_peers_;
  std::vector<turn::Event> events_;
  turn::Output out_{to_clients_, to_peers_, events_};
  std::vector<std::uint8_t> plain_;      // of one read
  std::vector<std::uint8_t> encrypted_;  // of one write
  WallAnchor now_{};                     // of this turn
  bool udp_readable_ = false;
  bool streams_readable_ = false;
  bool relays_readable_ = false;
  std::uint64_t backlogged_ = 0;

  // What statistics() reads.
  enum Figure : std::uint8_t {
    kAllocations,
    kAllocated,
    kStreams,
    kToPeersPackets,
    kToPeersBytes,
    kToClientsPackets,
    kToClientsBytes,
    kRefused,
    kDropped,
    kBacklogged,
    kFigures
  };
  std::array<std::atomic<std::uint64_t>, kFigures> figures_{};
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace sfu::runtime
