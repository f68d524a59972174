// SPDX-License-Identifier: Apache-2.0
// A TURN server (RFC 8656): clients whom only a relay gets through are given a UDP port here that stands for them. UDP
// allocations, asked for over UDP or a stream, with long-term credentials (RFC 8489 9.2). One object has all
// allocations; runtime::TurnService owns it, on a thread of its own. It is fed with what clients and peers send, and
// the time, and yields datagrams for both. Elsewhere: sockets (net/relay_sockets.hpp, net/stream_server.hpp), TLS
// (lib/tls), what user names mean (auth/turn_credentials.hpp), and what clients are told (signal/ice_servers.hpp).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/send_batch.hpp"
#include "base/slot_map.hpp"
#include "base/time.hpp"
#include "base/timer_queue.hpp"
#include "turn/allocation.hpp"
#include "turn/message.hpp"
#include "turn/nonce.hpp"
#include "turn/peer_policy.hpp"

namespace sfu::turn {

inline constexpr std::string_view kRealm = "livekit";

// Who a user name stands for.
struct User {
  std::string participant;
  std::string password;
  WallTime expires_at{};  // of the right to new allocations; those that there are go on
};

class Credentials {
 public:
  virtual ~Credentials() = default;
  virtual std::optional<User> find(std::string_view username) const = 0;
};

// Where relayed addresses come from.
class RelayPorts {
 public:
  virtual ~RelayPorts() = default;
  // A socket at this address, on a port that is free, and `even` if so; where it is bound, or nothing if there is none.
  virtual std::optional<SocketAddress> open(const IpAddress& ip, bool even) = 0;
  virtual void close(const SocketAddress& relay) = 0;
};

// An address to relay from: where sockets are bound, and what peers see.
struct RelayAddress {
  IpAddress bind;
  IpAddress advertised;
};

struct Config {
  std::vector<RelayAddress> relays;  // at most one of each family
  PeerPolicy peers;
  std::uint32_t allocations_per_user = 12;  // at a time; 0: no limit
  Nonces::Key nonce_key{};
};

// An allocation began, or is no more: a stream without one is no use for long.
struct Event {
  enum class Kind : std::uint8_t { kBegan, kEnded } kind;
  Path client;
};

// The caller's, to be emptied after each turn.
struct Output {
  SendBatch& to_clients;  // a path is that of the client's 5-tuple
  SendBatch& to_peers;    // the local address is the relay's socket
  std::vector<Event>& events;
};

struct Stats {
  struct Volume {
    std::uint64_t packets = 0;
    std::uint64_t bytes = 0;  // of what is relayed, without what TURN adds
  };
  std::uint64_t allocations = 0;  // now
  std::uint64_t allocated = 0;    // since the beginning, as all below
  Volume to_peers;
  Volume to_clients;
  std::uint64_t refused = 0;  // requests answered with an error, other than the challenges 401 and 438
  std::uint64_t dropped = 0;  // data without a permission, or of a form that cannot be, and other datagrams than TURN's
};

class Server {
 public:
  static constexpr Duration kDefaultLifetime = std::chrono::minutes(10);
  static constexpr Duration kMaxLifetime = std::chrono::hours(1);

  // Both are borrowed.
  Server(Config config, const Credentials& credentials, RelayPorts& ports);

  // Before anybody asks.
  void set_own_media(std::vector<SocketAddress> sockets) { config_.peers.set_own_media(std::move(sockets)); }

  // One datagram, or one message of a stream, from a client. Who asks without a credential leaves nothing behind.
  void receive(const WallAnchor& now, const Path& client, ByteView bytes, Output& out);
  // What came to the relay socket `relay` from a peer.
  void receive_from_peer(Instant now, const SocketAddress& relay, const SocketAddress& peer, ByteView bytes,
                         Output& out);
  // The client's stream has ended.
  void disconnected(const Path& client, Output& out);

  void advance(Instant now, Output& out);
  Instant deadline() const { return timers_.deadline(); }

  const Stats& stats() const { return stats_; }

 private:
  using Key = Handle<Allocation>;
  struct Request;  // what the handlers of one request share

  Allocation* find(const Path& client);

  // --- server.cpp
  void receive_message(const WallAnchor& now, const Path& client, ByteView bytes, Output& out);
  void answer_binding(Request& request);
  bool authenticate(Request& request);
  void challenge(Request& request, int code);
  void refuse(Request& request, int code);
  void refuse_unknown(Request& request);
  void end(Key key, Output& out);

  // --- requests.cpp
  void allocate(Request& request);
  void tell_allocated(Request& request, const Allocation& allocation);
  const RelayAddress* relay_for(std::uint8_t family) const;
  void refresh(Request& request);
  void create_permission(Request& request);
  void bind_channel(Request& request);
  // 0: this client may reach that peer; else the code of the answer.
  int forbids(const Allocation& allocation, const SocketAddress& peer) const;

  // --- relaying.cpp
  void receive_indication(Instant now, const Path& client, const ice::stun::Message& message, Output& out);
  void receive_channel_data(Instant now, const Path& client, ByteView bytes, Output& out);
  void relay(Instant now, const Allocation& allocation, const SocketAddress& peer, ByteView data, Output& out);

  Config config_;
  const Credentials& credentials_;
  RelayPorts& ports_;
  Nonces nonces_;
  SlotMap<Allocation> allocations_;
  TimerQueue timers_;  // their expiry, by index
  std::unordered_map<Path, Key> by_client_;
  std::unordered_map<SocketAddress, Key> by_relay_;
  std::unordered_map<std::string, std::uint32_t> of_participant_;  // how many
  Stats stats_;
};

}  // namespace sfu::turn
